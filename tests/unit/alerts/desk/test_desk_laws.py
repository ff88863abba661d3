"""What holds at the desk whatever people, sweeps and clocks do to it, in any order."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, text

from alerts.desk import Desk
from alerts.desk.record import Card
from alerts.rules import RED
from tests.support.cases import LOWER, UPPER, Case, deal_of, signals_of
from tests.support.postgres import PostgresServer
from tests.support.unit_desk import NOTHING_DUE, Facts, homes_of
from yujing.domain.calendar import Calendar
from yujing.domain.codes import Outcome
from yujing.domain.days import to_day
from yujing.domain.policy import Policy
from yujing.errors import TransitionError
from yujing.storage.sql import open_postgres, open_sqlite, reading

POLICY = Policy.load()
ZERO = 4
HOUSEHOLDS = range(1, 9)
WORKERS = ("wang", "li")
cases = st.lists(
    st.builds(
        lambda home, number, person: Case(
            home, rule=number, person=person, region=UPPER if home % 2 else LOWER),
        st.sampled_from(HOUSEHOLDS), st.sampled_from([1, 2, ZERO, 9, 10]), st.integers(0, 1)),
    max_size=8, unique_by=lambda case: (case.household, case.rule, case.person))


class DeskMachine(RuleBasedStateMachine):
    """Sweeps, workers and supervisors at one desk."""

    @initialize()
    def start(self) -> None:
        self.engine = self.open_engine()
        self.desk = Desk(self.engine, POLICY, Calendar())
        self.day = date(2026, 11, 2)
        self.remarks: dict[int, tuple[str, object, int]] = {}   # what a new fact may not erase

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.clean_up()

    def open_engine(self) -> Engine:
        """Return an engine on an empty database."""
        folder = tempfile.TemporaryDirectory()
        self.clean_up = folder.cleanup
        return open_sqlite(Path(folder.name) / "desk.sqlite")

    @property
    def at(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 2, tzinfo=UTC)

    def live(self) -> list[Card]:
        return self.desk.live_cards()

    @rule(days=st.integers(1, 12))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule(found=cases, urgent=st.booleans(), seed=st.integers(0, 3))
    def deal(self, found: list[Case], urgent: bool, seed: int) -> None:
        view = self.desk.view(self.day)
        made = deal_of(found, view, others=3, as_of=self.day, seed=seed, urgent=urgent)
        self.desk.apply_deal(made, at=self.at)

        now = self.desk.view(self.day)
        cared_for = set(now.open_households.tolist()) | set(now.held.tolist())
        silent = set(now.cool_downs["household"][now.cool_downs["until"] >= to_day(self.day)])
        red = {case.household for case in found if case.rule == ZERO and RED == 3}
        assert red <= cared_for | silent | set(now.paused.tolist())

    @precondition(lambda self: self.live())
    @rule(pick=st.integers(0, 20), outcome=st.sampled_from(list(Outcome)[1:]),
          who=st.sampled_from(WORKERS))
    def visit(self, pick: int, outcome: Outcome, who: str) -> None:
        card = self.live()[pick % len(self.live())]
        self.desk.record_outcome(card.id, outcome, by=who, at=self.at)

    @precondition(lambda self: self.live())
    @rule(pick=st.integers(0, 20), who=st.sampled_from(WORKERS), days=st.integers(1, 9))
    def put_off_and_assign(self, pick: int, who: str, days: int) -> None:
        card = self.live()[pick % len(self.live())]
        self.desk.snooze(card.id, self.day + timedelta(days=days), by=who, at=self.at)
        self.desk.assign([card.id], who, by=who, at=self.at)

    @rule(pick=st.integers(0, 20), who=st.sampled_from(WORKERS))
    def undo(self, pick: int, who: str) -> None:
        everything = self.desk.live_cards() + self.desk.ended_cards("", since=date(2026, 1, 1))
        if not everything:
            return
        card = everything[pick % len(everything)]
        before = self.desk.transitions(card.id)
        try:
            self.desk.undo(card.id, by=who, at=self.at)
        except TransitionError:
            assert self.desk.transitions(card.id) == before
            assert self.desk.card(card.id) == card

    @precondition(lambda self: self.live())
    @rule(pick=st.integers(0, 20))
    def complete(self, pick: int) -> None:
        self.desk.complete(self.live()[pick % len(self.live())].id, by="wang", at=self.at)

    @rule(found=cases)
    def upkeep(self, found: list[Case]) -> None:
        homes = {home * 10: (home, LOWER if home % 3 else UPPER) for home in HOUSEHOLDS}
        before = {
            card.id: (card.assignee, card.snoozed_until, card.n_tries) for card in self.live()}
        self.desk.upkeep(
            signals_of(found), homes_of(homes, self.day), Facts(), due=NOTHING_DUE, at=self.at)
        for card in self.live():
            assert before[card.id] == (card.assignee, card.snoozed_until, card.n_tries)

    @rule(release=st.booleans())
    def decide_about_what_is_held(self, release: bool) -> None:
        for one in self.desk.held():
            if release:
                self.desk.release(one.id, by="boss", at=self.at)
            else:
                self.desk.discard(one.id, by="boss", at=self.at)

    @rule(home=st.sampled_from(HOUSEHOLDS), stops=st.booleans())
    def somebody_objects(self, home: int, stops: bool) -> None:
        if stops:
            self.desk.pause(home, 1, by="boss", at=self.at)
        else:
            self.desk.resume(home, by="boss", at=self.at)

    @invariant()
    def a_household_has_at_most_one_open_card(self) -> None:
        if hasattr(self, "desk"):
            households = [card.household for card in self.live()]
            assert len(households) == len(set(households))

    @invariant()
    def every_change_is_a_row_and_is_told(self) -> None:
        if not hasattr(self, "desk"):
            return
        with reading(self.engine) as connection:
            told = connection.exec_driver_sql(
                "SELECT count(*) FROM transitions WHERE id NOT IN"
                " (SELECT transition FROM outbox WHERE kind = 'card')").scalar()
            cards = connection.exec_driver_sql(
                "SELECT c.stage, c.ended_on, (SELECT to_stage FROM transitions WHERE card = c.id"
                " ORDER BY id DESC LIMIT 1), (SELECT count(*) FROM outcomes o JOIN transitions t"
                " ON o.transition = t.id WHERE o.card = c.id AND o.undone != t.undone)"
                " FROM cards c").all()
        assert told == 0
        for stage, ended_on, last, differing in cards:
            assert stage == last
            assert (ended_on is None) == (stage in ("open", "acknowledged"))
            assert differing == 0

    @invariant()
    def a_day_of_a_village_is_claimed_once_and_capacity_is_kept(self) -> None:
        if not hasattr(self, "desk"):
            return
        with reading(self.engine) as connection:
            for village in (UPPER, LOWER):
                normal = connection.execute(text(
                    "SELECT count(*), substr(opened_on, 1, 7) FROM cards WHERE region = :village"
                    " AND level < 3 AND kind IN ('fact', 'score', 'audit') AND id IN"
                    " (SELECT card FROM transitions WHERE what = 'dealt' AND by = 'yujing')"
                    " AND household NOT IN (SELECT household FROM held_cards)"
                    " AND id NOT IN (SELECT card FROM transitions WHERE what IN"
                    " ('moved', 'updated')) GROUP BY 2"), {"village": village}).all()
                assert all(n <= 12 for n, _ in normal)


TestDesk = DeskMachine.TestCase
TestDesk.settings = settings(
    max_examples=20, stateful_step_count=20, deadline=None, derandomize=True,
    phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))


def test_the_laws_hold_on_postgresql_too(postgres_server: PostgresServer) -> None:
    class OnPostgres(DeskMachine):
        def open_engine(self) -> Engine:
            url = postgres_server.new_database()
            self.clean_up = lambda: postgres_server.drop_database(url)
            return open_postgres(url)

    run_state_machine_as_test(OnPostgres, settings=settings(TestDesk.settings, max_examples=5))


def test_the_view_of_an_empty_desk_is_empty(tmp_path: Path) -> None:
    view = Desk(open_sqlite(tmp_path / "d.sqlite"), POLICY, Calendar()).view(date(2026, 11, 24))

    assert not len(view.open_households)
    assert view.used == {}
    assert np.array_equal(view.held, view.paused)
