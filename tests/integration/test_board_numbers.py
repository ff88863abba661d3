"""Every number of the leaders' page, recomputed in plain Python from the view `facts` of the log.

Cards are recomputed from their transitions in the log, as the desk's outbox tells them.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alerts.desk.desk import Desk
from alerts.desk.opening import open_card
from dashboards.numbers import NUMBERS, counts_of
from dashboards.picture import draw, live_households
from dashboards.sentences import ends_by_month
from streams.content import content_hashes
from streams.fact import HOUSEHOLD, PERSON, FactArray
from streams.log.card_events import CardEvent, CardLog
from streams.log.log import EventLog
from streams.state.layout import base_month_of
from streams.state.priority import priorities
from streams.state.state import State
from tests.support.engines import engine
from tests.support.small_county import draft
from tests.support.written import KINDS, key_of, written
from yujing.access.scope import Scope
from yujing.domain.calendar import Calendar
from yujing.domain.codes import (
    Answer,
    Outcome,
    Service,
    ServiceResult,
    Skill,
    Source,
    Student,
    number,
)
from yujing.domain.days import from_day, month_start, to_day
from yujing.domain.policy import Policy
from yujing.storage.sqlite import open_engine, writing

pytestmark = pytest.mark.integration

TODAY = date(2026, 11, 24)
SOURCES = (Source.EMPLOYMENT_PLATFORM, Source.VILLAGE_REPORT, Source.FANGPIN_CLOUD)
VILLAGES = (520526111202, 520526111203, 520526113202)
N_PERSONS, N_HOMES = 90, 40
COLUMNS = (
    "fact", "kind", "source", "subject", "subject_kind", "region", "occurred_from", "occurred_to",
    "month", "other", "birth", "skill", "student", "worked", "outcome", "service", "result", "card",
)  # fmt: skip


def day(rng: np.random.Generator, *, back: int = 500) -> str:
    """Return a day of the last months."""
    return from_day(to_day(TODAY) - int(rng.integers(1, back))).isoformat()


def month(rng: np.random.Generator) -> str:
    """Return a month of the last five, the present one included."""
    return f"2026-{int(rng.integers(7, 12)):02d}"


def history(seed: int) -> FactArray:
    """Return versions of facts of every kind that the numbers read: moves, exits, corrections."""
    rng = np.random.default_rng(seed)

    def pick(words: Any) -> Any:
        return words[int(rng.integers(len(words)))]

    facts: list[list[Any]] = [
        ["household.upsert", f"H{i}", day(rng), {"region": pick(VILLAGES)}] for i in range(N_HOMES)
    ]
    facts += [
        ["member.upsert", f"p{i}", day(rng), {
            "household": f"H{int(rng.integers(N_HOMES + 4))}", "region": pick(VILLAGES),
            "birth": pick(("1985-05-01", "1972-01-01", "1950-01-01", "2014-02-02")),
            "skill": pick(("ordinary", "weak", "lost", "unknown")),
            "student": pick(("no", "no", "no", "higher")),
        }]
        for i in range(N_PERSONS)
        for _ in range(1 + int(rng.integers(2)))
    ]  # fmt: skip
    for _ in range(900):
        person = f"p{int(rng.integers(N_PERSONS))}"
        either = person if rng.random() < 0.7 else f"H{int(rng.integers(N_HOMES))}"
        kind = pick(("monthly", "monthly", "monthly", "end", "exit", "visit", "service", "measure"))
        facts.append({
            "monthly": ["employment.monthly_status", person, day(rng),
                        {"month": month(rng), "worked": pick(("yes", "no", "unknown"))}],
            "end": ["employment.end", person, day(rng), {"reason": "closed"}],
            "exit": ["member.exit", person, day(rng), {"reason": "moved_out"}],
            "visit": ["verification.result", either, day(rng, back=150), {
                "outcome": pick(("confirmed", "solved", "unfounded", "no_contact", "known"))}],
            "service": ["service.delivered", person, day(rng, back=150), {
                "service": pick(("guidance", "training")),
                "result": pick(("done", "refused", "no_contact", "hired"))}],
            "measure": ["assist.measure", either, day(rng, back=150), {"measure": "industry"}],
        }[kind])  # fmt: skip
    rows = written(facts)
    rows["source"] = [number(pick(SOURCES)) for _ in range(len(rows))]
    later = rows[rng.random(len(rows)) < 0.15].copy()  # corrections and retractions
    later["version"] = 2
    later["occurred_from"] -= 3
    later["occurred_to"] = later["occurred_from"]
    later["retracted"] = rng.random(len(later)) < 0.5
    both = np.concatenate([rows, later, rows[:50]])  # and copies
    both["content"] = content_hashes(both)
    both["position"] = 0
    rng.shuffle(both)
    return both


class FromFacts:
    """The same numbers, from rows of the view."""

    def __init__(self, rows: list[dict[str, int]], policy: Policy) -> None:
        self.by_kind: dict[int, list[dict[str, int]]] = defaultdict(list)
        for row in rows:
            self.by_kind[row["kind"]].append(row)
        self.ages = tuple(policy.whole(f"labour.age_{end}", day=TODAY) for end in ("from", "to"))
        self.member = self._latest(KINDS["member.upsert"])
        left = defaultdict(lambda: -(10**9))
        for row in self.by_kind[KINDS["member.exit"]]:
            left[row["subject"]] = max(left[row["subject"]], row["occurred_from"])
        self.home = {
            person: row["other"]
            for person, row in self.member.items()
            if row["other"] and left[person] < row["occurred_from"]
        }
        self.homes = sorted(set(self.home.values()))

    def _latest(self, kind: int) -> dict[int, dict[str, int]]:
        table = priorities()
        best: dict[int, dict[str, int]] = {}
        for row in self.by_kind[kind]:

            def rank(r: dict[str, int]) -> tuple[int, int, int]:
                return r["occurred_from"], int(table[kind, r["source"]]), r["fact"]

            known = best.get(row["subject"])
            if known is None or rank(row) > rank(known):
                best[row["subject"]] = row
        return best

    def place(self) -> dict[int, int]:
        own = self._latest(KINDS["household.upsert"])
        places = {home: own[home]["region"] if home in own else 0 for home in self.homes}
        for person, home in self.home.items():
            if home not in own:
                places[home] = max(places[home], self.member[person]["region"])
        return places

    def _home_of(self, row: dict[str, int]) -> int:
        if row["subject_kind"] == PERSON:
            return self.home.get(row["subject"], 0)
        assert row["subject_kind"] == HOUSEHOLD
        return row["subject"]

    def visits(self) -> dict[int, tuple[int, int]]:
        """Return day and outcome of the latest visit of each household."""
        kind, table = KINDS["verification.result"], priorities()
        best: dict[int, tuple[int, int, int]] = {}
        for row in self.by_kind[kind]:
            value = row["outcome"] | row["worked"] << 8 | (row["card"] & 0xFFFFF) << 12
            rank = (row["occurred_from"], int(table[kind, row["source"]]), value)
            home = self._home_of(row)
            best[home] = max(best.get(home, rank), rank)
        return {home: (rank[0], rank[2] & 0xFF) for home, rank in best.items()}

    def helped(self) -> dict[int, int]:
        days: dict[int, int] = defaultdict(lambda: -(10**9))
        for row in self.by_kind[KINDS["assist.measure"]]:
            home = self._home_of(row)
            days[home] = max(days[home], row["occurred_from"])
        for row in self.by_kind[KINDS["service.delivered"]]:
            given = (number(ServiceResult.DONE), number(ServiceResult.HIRED))
            if row["result"] in given and row["service"] in range(1, len(Service)):
                home = self._home_of(row)
                days[home] = max(days[home], row["occurred_to"])
        return days

    def is_labour(self, person: int) -> bool:
        row = self.member[person]
        age = (to_day(TODAY) - row["birth"]) / 365.25
        return (
            self.ages[0] <= age < self.ages[1] + 1
            and row["student"] in (number(Student.UNKNOWN), number(Student.NO))
            and row["skill"] not in (number(Skill.LOST), number(Skill.NONE))
        )

    def told(self, months: set[int]) -> set[int]:
        """Return the persons of whom a month with or without work was reported."""
        said = (number(Answer.YES), number(Answer.NO))
        return {
            row["subject"]
            for row in self.by_kind[KINDS["employment.monthly_status"]]
            if row["worked"] in said and row["month"] in months
        }

    def numbers(self, live: set[int]) -> dict[str, tuple[set[int], set[int]]]:
        """Return the households of numerator and denominator of every number."""
        since = to_day(TODAY) - 90
        visits, helped = self.visits(), self.helped()
        lately = {h: o for h, (d, o) in visits.items() if d > since and h in set(self.homes)}
        unsolved = {
            h for h, o in lately.items() if o in (number(Outcome.CONFIRMED), number(Outcome.KNOWN))
        }
        solved = {h for h, o in lately.items() if o == number(Outcome.SOLVED)}
        labour = {h for p, h in self.home.items() if self.is_labour(p)}
        told = self.told({2026 * 12 + 8, 2026 * 12 + 9})
        seen = {h for p, h in self.home.items() if self.is_labour(p) and p in told}
        return {
            "needs": (live & set(self.homes), set(self.homes)),
            "helping": ({h for h in unsolved if helped[h] > since}, unsolved),
            "helped": (solved, unsolved | solved),
            "unseen": (labour - seen, labour),
        }

    def ends(self) -> dict[int, int]:
        """Return persons with a job end by month."""
        found: dict[int, set[int]] = defaultdict(set)
        for row in self.by_kind[KINDS["employment.end"]]:
            if row["subject"] in self.home:
                when = from_day(row["occurred_from"])
                found[when.year * 12 + when.month - 1].add(row["subject"])
        return {when: len(persons) for when, persons in found.items()}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with engine(tmp_path_factory.mktemp("engine")) as client:
        yield client


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load(None)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_number_equals_its_recomputation_from_facts(
    client: Any, policy: Policy, tmp_path: Path, seed: int
) -> None:
    log = EventLog(client)
    client.command("TRUNCATE TABLE events")
    client.command("TRUNCATE TABLE card_events")
    facts = history(seed)
    log.append(facts, [f"r{i}" for i in range(len(facts))])
    state = State.build(log.history(), base_month_of(TODAY.year))
    desk_engine = open_engine(tmp_path / "desk.sqlite")
    desk = Desk(desk_engine, policy, Calendar.load(None))
    deal_some(desk, desk_engine, CardLog(client))
    picture = draw(state, live_households(desk_engine), as_of=TODAY, policy=policy)

    rows = client.query(f"SELECT {', '.join(COLUMNS)} FROM facts").result_rows
    plain = FromFacts([dict(zip(COLUMNS, row, strict=True)) for row in rows], policy)
    places = plain.place()
    counts = counts_of(picture)
    expected = plain.numbers(live_by_transitions(client))
    assert set(expected) == {one.code for one in NUMBERS}
    for code, (numerator, denominator) in expected.items():
        assert len(numerator) > 0, f"the history shows nothing of {code}"
        for prefix in ("520526", "520526111", *map(str, VILLAGES)):
            scope = Scope(prefix)
            cell = counts[code].within(scope)
            inside = {home for home in denominator if scope.covers(places[home])}
            assert (cell.n, cell.of) == (len(numerator & inside), len(inside)), (code, prefix)
    assert dict(zip(picture.keys.tolist(), picture.regions.tolist(), strict=True)) == places
    ends = plain.ends()
    for when, cell in zip(picture.months, ends_by_month(picture, Scope("")), strict=True):
        assert cell.n == ends.get(when, 0), month_start(when)
    desk_engine.dispose()


def deal_some(desk: Desk, desk_engine: Any, cards: CardLog) -> None:
    """Open cards, end some, and tell the log as the outbox does, some of it twice."""
    at = datetime(2026, 11, 20, 7, tzinfo=UTC)
    for i in range(0, N_HOMES, 2):
        home = key_of(f"H{i}")
        with writing(desk_engine) as connection:
            open_card(connection, draft(home, 0, VILLAGES[0]), day=TODAY, at=at, by="yujing")
    for card in desk.live_cards("")[::3]:
        desk.record_outcome(card.id, Outcome.SOLVED, by="wang", at=at)
    for card in desk.live_cards("")[::4]:
        desk.record_outcome(card.id, Outcome.CONFIRMED, by="wang", at=at)
    told = [CardEvent(**row.body) for row in desk.waiting(kinds=("card",))]
    cards.append(told)
    cards.append(told[::2])


def live_by_transitions(client: Any) -> set[int]:
    """Return the households whose card is open after its last transition in the log."""
    rows = client.query(
        "SELECT argMax(household, transition), argMax(to_stage, transition) AS stage"
        " FROM card_events FINAL GROUP BY card HAVING stage IN ('open', 'acknowledged')"
    ).result_rows
    return {int(row[0]) for row in rows}
