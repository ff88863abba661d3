"""What a worker does with a card: record, undo, put off; every tap saves and can be taken back."""

from collections.abc import Mapping
from datetime import date, timedelta

from starlette.responses import Response

from alerts.comparisons.words import split
from alerts.desk.desk import Desk
from alerts.desk.record import Card
from alerts.pages.card import CardPages
from yujing.access.roles import Right
from yujing.domain.codes import Answer, Outcome, VisitMode
from yujing.errors import UsageError
from yujing.web.page import Ask, Pages, redirect
from yujing.web.services import Services

MOST_NOTE = 500
LONGEST_SNOOZE = timedelta(days=60)  # judgement: later than that the reason has changed
SNOOZES = {"1": 1, "3": 3, "7": 7}  # days
_WORKED = {"有活": Answer.YES, "没活": Answer.NO}  # answers of the question "works"


class RecordPages:
    """The forms of a card.

    Parameters
    ----------
    pages
        Renders.
    services
        The open stores.
    cards
        Shows the card again when a form is refused.
    """

    def __init__(self, pages: Pages, services: Services[Desk], cards: CardPages) -> None:
        self._pages = pages
        self._services = services
        self._cards = cards

    def record(self, ask: Ask) -> Response:
        """Save a visit: one tap on an outcome; answers and a note if there are any."""
        card = self._cards.card_of(ask, Right.RECORD)
        account = ask.visitor.account
        try:
            outcome = _outcome(ask.form.get("outcome", ""))
            note = ask.form.get("note", "").strip()
            if len(note) > MOST_NOTE:
                raise UsageError(f"备注最多 {MOST_NOTE} 字，请缩短一些。")
        except UsageError as error:
            return self._cards.page(ask, card, line=str(error), filled=ask.form, status=400)
        answers, settled = split(told(ask.form, outcome))
        number = self._services.vault.keep_note(card.id, note) if note else None
        self._services.desk.record_outcome(
            card.id,
            outcome,
            by=account.username,
            at=ask.now,
            role=account.role,
            mode=_mode(ask.form.get("mode", "")),
            worked=self._worked(card, answers, settled),
            answers=answers,
            note=number,
            settled=settled,
        )
        return redirect(f"/queue?done={card.id}")

    def _worked(
        self, card: Card, answers: Mapping[str, str], settled: Mapping[int, str]
    ) -> Answer:
        """Return what was told about the work of the card's person."""
        told = _WORKED.get(answers.get("works", ""), Answer.UNKNOWN)
        if told is not Answer.UNKNOWN or not settled or not card.person:
            return told
        for one in self._services.desk.differences.open_of(card.household):
            word = one.of.answer(settled.get(one.id, "")) if one.of else None
            if word and one.person == card.person and word.works is not Answer.UNKNOWN:
                return word.works
        return told

    def undo(self, ask: Ask) -> Response:
        """Take back the last step."""
        card = self._cards.card_of(ask, Right.RECORD)
        account = ask.visitor.account
        self._services.desk.undo(card.id, by=account.username, at=ask.now, role=account.role)
        return redirect(f"/cards/{card.id}?undone=1")

    def snooze(self, ask: Ask) -> Response:
        """Put a card off."""
        card = self._cards.card_of(ask, Right.RECORD)
        account = ask.visitor.account
        try:
            until = _until(ask)
        except UsageError as error:
            return self._cards.page(ask, card, line=str(error), filled=ask.form, status=400)
        self._services.desk.snooze(
            card.id, until, by=account.username, at=ask.now, role=account.role
        )
        return redirect(f"/queue?done={card.id}")


def told(form: Mapping[str, str], outcome: Outcome) -> dict[str, str]:
    """Return the answers that were given.

    An answer that the page filled in from the data and nobody changed says something only where
    the worker confirms the case; else data would come back as evidence of itself. Whom nobody
    reached answered nothing.
    """
    if outcome is Outcome.NO_CONTACT:
        return {}
    answers = {
        name.removeprefix("answer_"): value
        for name, value in form.items()
        if name.startswith("answer_") and value
    }
    if outcome is Outcome.CONFIRMED:
        return answers
    return {code: value for code, value in answers.items() if form.get(f"known_{code}") != value}


def _outcome(word: str) -> Outcome:
    try:
        outcome = Outcome(word)
    except ValueError:
        outcome = Outcome.UNKNOWN
    if outcome is Outcome.UNKNOWN:
        raise UsageError("请选一个走访结果。")
    return outcome


def _mode(word: str) -> VisitMode:
    try:
        return VisitMode(word)
    except ValueError:
        return VisitMode.UNKNOWN


def _until(ask: Ask) -> date:
    if ask.form.get("days") in SNOOZES:
        return ask.today + timedelta(days=SNOOZES[ask.form["days"]])
    try:
        until = date.fromisoformat(ask.form.get("until", ""))
    except ValueError:
        raise UsageError("请选推迟到哪一天。") from None
    if not ask.today < until <= ask.today + LONGEST_SNOOZE:
        raise UsageError("只能推迟到明天以后、60 天以内，请换一个日期。")
    return until
