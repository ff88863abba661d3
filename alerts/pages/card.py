"""One card: why, what to ask, what can help, what clears it, what happened, what models saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from starlette.responses import Response

from alerts.comparisons.words import questions_of
from alerts.desk.desk import Desk
from alerts.desk.record import Card, Transition
from alerts.desk.visits import UNDOABLE
from alerts.evidence import SHOWN_COLUMNS, DatedFact, dated_facts
from alerts.pages.help import HelpBox, help_boxes
from alerts.pages.lines import lines
from alerts.pages.words import CHANGES, STAGES, age_words
from alerts.plans import service_plan
from alerts.prefilled import known_answers
from alerts.reasons import Asked, clears, questions
from streams.fact import FactArray
from streams.state.fact_index import SAME
from yujing.access.roles import ROLES_ZH, Right, Role
from yujing.domain.codes import Outcome, Relation, members, zh
from yujing.errors import AccessDeniedError
from yujing.web import people
from yujing.web.page import Ask, Pages
from yujing.web.security import address_of
from yujing.web.services import Services
from yujing.web.words import masked

MOST_FACTS, FACTS_AT_FIRST = 15, 5
OUTCOMES = tuple(outcome for outcome in Outcome if outcome is not Outcome.UNKNOWN)
_SYSTEM = {"yujing": "系统", "event": "报送的走访结果"}


@dataclass(frozen=True)
class ShownFact:
    """A dated fact with whose it is and how old it is."""

    fact: DatedFact
    who: str
    age: str


@dataclass(frozen=True)
class ShownFactor:
    """A contribution with the length of its bar in hundredths."""

    zh: str
    words: str
    length: int
    helps: bool


@dataclass(frozen=True)
class ShownChange:
    """A transition for the page."""

    at: datetime
    what: str
    who: str
    why: str
    undone: bool


@dataclass(frozen=True)
class Phone:
    """Somebody who can be called."""

    name: str
    role: str
    number: str | None


class CardPages:
    """/cards/{id} and the call.

    Parameters
    ----------
    pages
        Renders.
    services
        The open stores.
    """

    def __init__(self, pages: Pages, services: Services[Desk]) -> None:
        self._pages = pages
        self._services = services

    def card_of(self, ask: Ask, right: Right) -> Card:
        """Return the card of the address.

        Raises
        ------
        AccessDeniedError
            If there is none or it lies outside the visitor's scope: both look the same.
        """
        number = ask.path["id"]
        card = None
        if number.isascii() and number.isdigit() and len(number) < 16:
            card = self._services.desk.card(int(number))
        if card is None:
            raise AccessDeniedError("no such card")
        ask.require(right, card.region)
        return card

    def show(self, ask: Ask) -> Response:
        """Show a card and note that it was seen."""
        card = self.card_of(ask, Right.CARDS)
        account = ask.visitor.account
        if ask.may(Right.RECORD, card.region) and account.role is Role.WORKER:
            self._services.desk.see(card.id, by=account.username, at=ask.now, role=account.role)
        return self.page(ask, card)

    def page(
        self, ask: Ask, card: Card, *, line: str = "", filled: Mapping[str, str] | None = None,
        phones: Sequence[Phone] | None = None, status: int = 200,
    ) -> Response:  # fmt: skip
        """Return the page of a card; `filled` is what was typed into a form that was refused."""
        services, desk = self._services, self._services.desk
        evidence = desk.evidence(card.id)
        rules = [{"rule": e.rule} for e in evidence if e.gone_on is None and e.rule]
        with services.reading():
            state = services.state()
            home = people.households(state, services.vault, [card.household], as_of=ask.today)[
                card.household
            ]
            facts = self._facts(state, card, home)
            plan = self._plan(state, card, home, ask.today)
            known = known_answers(
                state, card.household, card.person, as_of=ask.today, policy=services.policy
            )
        transitions = desk.transitions(card.id)
        return self._pages.render(
            ask, "alerts/card.html", status=status, card=card, row=lines(services, ask, [card])[0],
            evidence=[e for e in evidence if not e.gone_on and e.sentence not in card.sentence],
            gone=[e for e in evidence if e.gone_on],
            facts=self._shown_facts(facts, home, ask.today), n_first=FACTS_AT_FIRST,
            asked=self._asked(ask, card, rules, known, home),
            objection_due=desk.paused().get(card.household),
            may_settle=ask.may(Right.SUPERVISE, card.region),
            plan=plan, clears=clears(rules), outcomes=[(o.value, zh(o)) for o in OUTCOMES],
            changes=self._changes(transitions), factors=shown_factors(desk.factors(card.id)),
            model=card.score_reason.split(" ")[1] if " " in card.score_reason else "",
            stage=STAGES[card.stage], notes=self._notes(ask, card), line=line, filled=filled or {},
            phones=phones, may_undo=can_undo(transitions, ask), outcome_words=outcome_words,
            undone=ask.query.get("undone") == "1",
        )  # fmt: skip

    def call(self, ask: Ask) -> Response:
        """Show whom to call; every number shown is written down first."""
        card = self.card_of(ask, Right.REVEAL)
        services = self._services
        with services.reading():
            home = people.households(
                services.state(), services.vault, [card.household], as_of=ask.today
            )[card.household]
        wanted = [m for m in home.members if m.key == card.person or m.key == home.head]
        shown = []
        for member in wanted:
            services.access.audit.note(
                ask.visitor.account, what="phone", subject=member.key, reason="拨打",
                address=address_of(ask.request), at=ask.now,
            )  # fmt: skip
            record = services.vault.person(member.key)
            words = [
                zh(members(Relation)[member.relation]),
                f"{member.age} 岁" if member.age else "",
            ]
            shown.append(
                Phone(
                    name=(record and record.name) or "姓名未登记",
                    role="，".join(word for word in words if word),
                    number=record.phone if record else None,
                )
            )
        return self.page(ask, card, phones=shown)

    def _plan(self, state: Any, card: Card, home: people.Household, today: date) -> list[HelpBox]:
        names = {member.key: member.name for member in home.members}
        items = service_plan(
            state, card.household, as_of=today, policy=self._services.policy,
            calendar=self._services.calendar,
        )  # fmt: skip
        return help_boxes(items, names, today=today)

    def _facts(self, state: Any, card: Card, home: people.Household) -> FactArray:
        keys = {card.household, card.person, *(member.key for member in home.members)} - {0}
        facts: FactArray = self._services.log.newest_of(
            np.array(sorted(keys), dtype=np.uint64), columns=SHOWN_COLUMNS
        )
        standing: FactArray = facts[state.index.ask(facts) == SAME]
        return standing

    @staticmethod
    def _shown_facts(facts: FactArray, home: people.Household, today: date) -> list[ShownFact]:
        names = {member.key: member.name for member in home.members}
        return [
            ShownFact(fact, names.get(fact.person, ""), age_words(fact.age_days))
            for fact in dated_facts(facts, as_of=today, most=MOST_FACTS)
        ]

    def _asked(
        self, ask: Ask, card: Card, rules: Sequence[Any], known: dict[str, str],
        home: people.Household,
    ) -> list[Asked]:  # fmt: skip
        """Return at most three questions: what sources contradict each other in comes first."""
        desk = self._services.desk
        for outcome in desk.outcomes(card.id):
            if not outcome.undone:
                known |= outcome.answers
        open_ = desk.differences.open_of(card.household) if card.is_live else []
        names = {member.key: member.name for member in home.members}
        gone = {one.person for one in open_} - names.keys() - {0}
        names |= {key: masked(name) for key, name in self._services.vault.persons(gone).items()}
        first, covered = questions_of(open_, names, as_of=ask.today)
        return questions(rules, known, first=first, without=covered)

    def _notes(self, ask: Ask, card: Card) -> list[str]:
        notes: list[str] = self._services.vault.notes(card.id)
        if notes:
            self._services.access.audit.note(
                ask.visitor.account, what="note", subject=card.household, reason="查看提醒",
                address=address_of(ask.request), at=ask.now,
            )  # fmt: skip
        return notes

    def _changes(self, transitions: Sequence[Transition]) -> list[ShownChange]:
        names: dict[str, str] = dict(_SYSTEM)
        for by in {t.by for t in transitions} - names.keys():
            account = self._services.access.accounts.get(by)
            names[by] = account.name if account else by
        return [
            ShownChange(
                datetime.fromtimestamp(t.at, UTC),
                CHANGES.get(t.what, t.what),
                names[t.by] + (f"（{ROLES_ZH[Role(t.role)]}）" if _is_role(t) else ""),
                t.why,
                t.undone,
            )
            for t in reversed(transitions)
        ]


def shown_factors(factors: Sequence[Any]) -> list[ShownFactor]:
    """Return contributions with bars in proportion to the largest one."""
    most = max((abs(factor.points) for factor in factors), default=0.0)
    return [
        ShownFactor(f.zh, f.words, round(100 * abs(f.points) / most) if most else 0, f.points < 0)
        for f in factors
    ]


def last_step(transitions: Sequence[Transition]) -> Transition | None:
    """Return the last change that stands, looks aside."""
    steps = [t for t in transitions if t.what not in ("undo", "seen") and not t.undone]
    return steps[-1] if steps else None


def can_undo(transitions: Sequence[Transition], ask: Ask) -> bool:
    """Tell whether the last step was the visitor's own of today."""
    last = last_step(transitions)
    if last is None or last.what not in UNDOABLE:
        return False
    return last.by == ask.visitor.account.username and last.day == ask.today


def outcome_words(word: str) -> str:
    """Return an outcome in Chinese, empty for none."""
    return zh(Outcome(word)) if word else ""


def _is_role(transition: Transition) -> bool:
    return transition.by not in _SYSTEM and transition.role in set(Role)
