"""The desk: cards and decisions in SQL. Every method that changes something is one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine

from alerts.dealing import Deal
from alerts.desk import dealt, differences, helping, holds, money, picture, queries, tending, visits
from alerts.desk.record import (
    LIVE,
    OPEN,
    Card,
    Change,
    Evidence,
    Transition,
    find_card,
)
from alerts.desk.tables import ROOM
from alerts.drafts import CardDraft, Drafting, FactorDraft
from alerts.reasons import Explain
from alerts.rules import Signals
from alerts.view import DeskView
from alerts.whereabouts import Whereabouts
from streams.fact import FactArray
from yujing.domain.calendar import Calendar
from yujing.domain.codes import Answer, Outcome, Source, VisitMode, number
from yujing.domain.policy import Policy
from yujing.storage.revisions import migrate_sql
from yujing.storage.signed import all_signed
from yujing.storage.sql import reading, take_turn, writing

VERIFICATION_RESULT = 24   # number of the event type


class Desk:
    """Cards, deals, outcomes, held bursts, money due and the outbox; any thread may call it.

    Parameters
    ----------
    engine
        The desk's database; missing tables are made.
    policy, calendar
        Deadlines, cool-downs and working days.
    """

    def __init__(self, engine: Engine, policy: Policy, calendar: Calendar) -> None:
        migrate_sql(engine, ROOM)
        self._engine = engine
        self.policy, self.calendar = policy, calendar
        self.differences = differences.DifferenceBook(engine)

    # ---- the sweep and the deal ----

    def view(self, as_of: date) -> DeskView:
        """Return the desk as a deal of a day sees it."""
        with reading(self._engine) as connection:
            return picture.read_view(connection, as_of)

    def live_among(self, households: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """Return which of these households have a live card, rising."""
        with reading(self._engine) as connection:
            live = queries.live_among(connection, all_signed(households))
        return np.unique(np.array(live, dtype=np.int64).view(np.uint64))

    def apply_deal(
        self, deal: Deal, *, at: datetime, position: int = 0, explain: Explain | None = None,
        late_sources: Sequence[str] = (),
    ) -> dealt.Applied:
        """Write a deal with its cards, renewed cards, held bursts and outbox rows, all or nothing.

        Parameters
        ----------
        position
            The last place in the log that the deal saw.
        explain
            Factors of a household's scores.
        late_sources
            Sources that were behind at the cut-off.
        """
        drafting = Drafting(deal.as_of, self.policy, self.calendar, explain)
        with writing(self._engine) as connection:
            return dealt.apply_deal(
                connection, deal, drafting, at=at, position=position, late_sources=late_sources,
            )

    def upkeep(
        self, signals: Signals, there: Whereabouts, facts: tending.FactSource, *,
        due: npt.NDArray[np.void], at: datetime, opened_before: int | None = None,
    ) -> dict[str, int]:
        """Follow moves, end what is gone, expire what nobody acted on, list the money due.

        Parameters
        ----------
        due
            From `alerts.plans.money_due_table`.
        opened_before
            Cards opened at this second or later are left alone: signals and whereabouts know
            nothing that was learned since.

        Returns
        -------
        How many cards moved, ended and expired, and how many subsidies are due.
        """
        items = money.due_of(due)
        with writing(self._engine) as connection:
            take_turn(connection, dealt.TURN)
            moved = tending.follow(connection, there, at=at, opened_before=opened_before)
            gone = tending.cancel_where_gone(
                connection, signals, there, facts, at=at, policy=self.policy,
                opened_before=opened_before,
            )
            expired = tending.expire(
                connection, at=at, policy=self.policy, calendar=self.calendar,
            )
            money.replace_money_due(connection, items, None, there.as_of)
        return {
            "moved": len(moved), "ended": len(gone), "expired": len(expired),
            "money_due": len(items),
        }

    def cancel_where_gone(
        self, signals: Signals, there: Whereabouts, facts: tending.FactSource, *, at: datetime,
    ) -> list[int]:
        """End cards whose reasons on facts are gone; return their numbers."""
        with writing(self._engine) as connection:
            return tending.cancel_where_gone(
                connection, signals, there, facts, at=at, policy=self.policy,
            )

    def follow(self, there: Whereabouts, *, at: datetime) -> list[int]:
        """Let cards follow households and members that moved; return their numbers."""
        with writing(self._engine) as connection:
            return tending.follow(connection, there, at=at)

    def expire(self, *, at: datetime) -> list[int]:
        """End cards on which nobody acted in time; return their numbers."""
        with writing(self._engine) as connection:
            return tending.expire(connection, at=at, policy=self.policy, calendar=self.calendar)

    def measured(self, *, before: date | None = None) -> dict[int, tuple[int, int]]:
        """Return (right, wrong) outcomes by rule number, recorded before a day."""
        with reading(self._engine) as connection:
            return visits.measured(connection, before=before)

    # ---- what people do ----

    def record_outcome(
        self, card: int, outcome: Outcome, *, by: str, at: datetime, role: str = "",
        mode: VisitMode = VisitMode.UNKNOWN, worked: Answer = Answer.UNKNOWN,
        risks: Sequence[str] = (), answers: dict[str, str] | None = None, note: int | None = None,
        settled: Mapping[int, str] | None = None,
    ) -> int:
        """Record a visit or call; return the number of its transition. See `visits`.

        Parameters
        ----------
        settled
            Answers to differences by their numbers; see `differences.answer`.
        """
        visit = visits.Visit(
            outcome, mode, worked, tuple(risks), answers or {}, note,
        )
        change = Change("outcome", at, by, role, visits.outcome_words(outcome, mode))
        with writing(self._engine) as connection:
            transition = visits.record_outcome(
                connection, card, visit, change, policy=self.policy, calendar=self.calendar,
            )
            if settled:
                differences.answer(
                    connection, visits.the_card(connection, card), settled, change, transition
                )
            return transition

    def take_answers(self, facts: FactArray, *, at: datetime) -> list[int]:
        """Record the outcomes that events from outside bring; return the cards.

        Parameters
        ----------
        facts
            Effective facts of any kind; only `verification.result` with a card number counts, and
            not what this desk told the log itself. A fact that came before counts once.
        """
        mine = facts[
            (facts["kind"] == VERIFICATION_RESULT) & (facts["card"] > 0)
            & (facts["source"] != number(Source.YUJING))
        ]
        with writing(self._engine) as connection:
            return visits.take_outcomes(
                connection, mine, at=at, policy=self.policy, calendar=self.calendar,
            )

    def undo(self, card: int, *, by: str, at: datetime, role: str = "") -> int:
        """Take back the last thing that `by` did to a card today."""
        with writing(self._engine) as connection:
            return visits.undo(connection, card, Change("undo", at, by, role, "已撤销"))

    def see(self, card: int, *, by: str, at: datetime, role: str = "") -> None:
        """Note that somebody opened a card for the first time."""
        with writing(self._engine) as connection:
            visits.see(connection, card, Change("seen", at, by, role, "已查看"))

    def assign(
        self, cards: Sequence[int], assignee: str, *, by: str, at: datetime, role: str = "",
    ) -> None:
        """Give cards to somebody, all or none."""
        change = Change("assigned", at, by, role, f"指派给 {assignee}" if assignee else "取消指派")
        with writing(self._engine) as connection:
            for card in sorted(cards):   # two that give the same cards wait in one order
                visits.assign(connection, card, assignee, change)

    def snooze(self, card: int, until: date, *, by: str, at: datetime, role: str = "") -> int:
        """Put a card off until a day."""
        why = f"{until.month} 月 {until.day} 日再联系"
        with writing(self._engine) as connection:
            return visits.snooze(connection, card, until, Change("snoozed", at, by, role, why))

    def complete(
        self, card: int, *, by: str, at: datetime, role: str = "", why: str = "", event: int = 0,
    ) -> int:
        """Complete a card whose help was given."""
        with writing(self._engine) as connection:
            change = Change("completed", at, by, role, why or "帮扶已落实", event)
            return visits.complete(connection, card, change, policy=self.policy)

    def take_help(self, facts: FactArray, *, at: datetime) -> list[int]:
        """Complete the confirmed cards that `service.delivered` events answer; return them."""
        mine = helping.that_help(facts)
        if not len(mine):
            return []
        with writing(self._engine) as connection:
            return helping.complete_by(connection, mine, at=at, policy=self.policy)

    # ---- bursts, objections, money ----

    def held(self, *, waiting_only: bool = True) -> list[holds.HeldBurst]:
        """Return held bursts, oldest first."""
        with reading(self._engine) as connection:
            return holds.held_bursts(connection, waiting_only=waiting_only)

    def held_drafts(self, held: int) -> list[CardDraft]:
        """Return the cards of a held burst as they would be opened."""
        with reading(self._engine) as connection:
            return holds.held_drafts(connection, held)

    def release(self, held: int, *, by: str, at: datetime, role: str = "") -> list[int]:
        """Open every card of a held burst; return their numbers."""
        with writing(self._engine) as connection:
            return holds.release(connection, held, Change("dealt", at, by, role))

    def discard(self, held: int, *, by: str, at: datetime, role: str = "") -> int:
        """Discard a held burst; return how many households it had."""
        with writing(self._engine) as connection:
            return holds.discard(
                connection, held, Change("discarded", at, by, role), policy=self.policy,
            )

    def pause(self, household: int, person: int, *, by: str, at: datetime) -> None:
        """Stop rules and scores for a household whose member objects."""
        change = Change("paused", at, by)
        days = self.policy.whole("deadline.objection", day=change.day)
        due = self.calendar.add_workdays(change.day, days)
        with writing(self._engine) as connection:
            money.pause(connection, household, person, due, change)

    def resume(self, household: int, *, by: str, at: datetime) -> None:
        """Let rules and scores speak again."""
        with writing(self._engine) as connection:
            money.resume(connection, household, Change("resumed", at, by))

    def paused(self) -> dict[int, date]:
        """Return the households whose member objects, with the day by which to answer."""
        with reading(self._engine) as connection:
            return money.paused(connection)

    def replace_money_due(
        self, items: Sequence[money.MoneyDue], *, households: Sequence[int] | None, day: date,
    ) -> None:
        """Replace the money due of households, of all with None."""
        with writing(self._engine) as connection:
            money.replace_money_due(connection, items, households, day)

    def money_due(self, prefix: str = "", *, household: int | None = None) -> list[money.MoneyDue]:
        """Return money due in a place or of a household."""
        with reading(self._engine) as connection:
            return money.money_due(connection, prefix, household=household)

    # ---- reading ----

    def open_cards(
        self, prefix: str = "", *, stages: tuple[str, ...] = (OPEN,), today: date | None = None,
        assignee: str | None = None,
    ) -> list[Card]:
        """Return cards of a place, the most urgent first; see `queries.open_cards`."""
        with reading(self._engine) as connection:
            return queries.open_cards(
                connection, prefix, stages=stages, today=today, assignee=assignee,
            )

    def live_cards(self, prefix: str = "") -> list[Card]:
        """Return every card of a place that has not ended."""
        return self.open_cards(prefix, stages=LIVE)

    def ended_cards(
        self, prefix: str, *, since: date,
        stages: tuple[str, ...] = ("completed", "cancelled", "expired"),
    ) -> list[Card]:
        """Return cards of a place that ended on or after a day, newest first."""
        with reading(self._engine) as connection:
            return queries.ended_cards(connection, prefix, since=since, stages=stages)

    def card(self, card: int) -> Card | None:
        """Return a card."""
        with reading(self._engine) as connection:
            return find_card(connection, card)

    def evidence(self, card: int) -> list[Evidence]:
        """Return the signals behind a card."""
        with reading(self._engine) as connection:
            return queries.evidence_of(connection, card)

    def factors(self, card: int) -> list[FactorDraft]:
        """Return the contributions to the scores behind a card."""
        with reading(self._engine) as connection:
            return queries.factors_of(connection, card)

    def transitions(self, card: int) -> list[Transition]:
        """Return the changes of a card, oldest first."""
        with reading(self._engine) as connection:
            return queries.transitions_of(connection, card)

    def outcomes(self, card: int | None = None) -> list[queries.RecordedOutcome]:
        """Return recorded outcomes."""
        with reading(self._engine) as connection:
            return queries.outcomes_of(connection, card)

    def used(self, village: int, *, today: date) -> int:
        """Return how many cards a village got this month."""
        with reading(self._engine) as connection:
            return queries.used_of(connection, village, today)

    def not_sent(self, village: int, *, day: date | None = None) -> dealt.PastDeal | None:
        """Return a village's deal, the latest by default, with what did not fit."""
        with reading(self._engine) as connection:
            return queries.not_sent(connection, village, day)

    def last_deal_day(self) -> date | None:
        """Return the day of the newest deal."""
        with reading(self._engine) as connection:
            return queries.last_deal_day(connection)

    def villages_dealt(self, prefix: str = "") -> list[int]:
        """Return the villages of a place that ever had a deal, rising."""
        with reading(self._engine) as connection:
            return queries.villages_dealt(connection, prefix)

    def canonical_deals(self) -> list[bytes]:
        """Return the content of every deal in a fixed order and form, for the digest."""
        with reading(self._engine) as connection:
            return list(queries.canonical_deals(connection))

    def waiting(
        self, *, kinds: tuple[str, ...] | None = None, most: int = 10_000,
    ) -> list[queries.OutboxRow]:
        """Return what has to leave the desk, oldest first."""
        with reading(self._engine) as connection:
            return queries.waiting_rows(connection, kinds=kinds, most=most)

    def take(
        self, *, at: datetime, for_s: int, kinds: tuple[str, ...] | None = None,
        most: int = 10_000,
    ) -> list[queries.OutboxRow]:
        """Take what has to leave the desk, oldest first; for some seconds nobody else gets it."""
        now = int(at.timestamp())
        with writing(self._engine) as connection:
            return queries.take_rows(
                connection, now=now, until=now + for_s, kinds=kinds, most=most,
            )

    def mark_sent(self, ids: Sequence[int], *, at: datetime) -> None:
        """Note that rows of the outbox were delivered."""
        with writing(self._engine) as connection:
            queries.mark_sent(connection, list(ids), int(at.timestamp()))
