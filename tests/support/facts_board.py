"""The numbers of the leaders' page, worked out slowly in plain Python from rows of `facts`.

Nothing is shared with `dashboards` or `streams.state` but code sets and the order of sources: this
is the second opinion of their tests.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from streams.fact import PERSON
from streams.state.priority import priorities
from tests.support.plain_state import row_keys
from yujing.domain.codes import Answer, Outcome, ServiceResult, Skill, Student, number
from yujing.domain.days import NEVER, from_day, to_day
from yujing.domain.policy import Policy

COLUMNS = (
    "fact", "kind", "source", "subject", "subject_kind", "region", "occurred_from", "occurred_to",
    "month", "other", "birth", "skill", "student", "worked", "outcome", "service", "result", "card",
)  # fmt: skip
Row = dict[str, int]
_MEMBER, _EXIT, _HOUSEHOLD, _END, _MONTH, _MEASURE, _VISIT, _SERVICE = 1, 2, 4, 8, 9, 23, 24, 25
_NEVER = -(10**9)


class FactsBoard:
    """A county on one day.

    Parameters
    ----------
    rows
        Effective facts.
    policy
        Ages of labour.
    today
        The day.
    """

    def __init__(self, rows: list[Row], policy: Policy, today: date) -> None:
        self.today = today
        names = row_keys(rows)
        self._rows: dict[int, list[Row]] = defaultdict(list)
        for row in rows:
            if row["subject_kind"] == PERSON:
                row = row | {"subject": names.get(row["subject"], row["subject"])}
            self._rows[row["kind"]].append(row)
        self._ages = tuple(policy.whole(f"labour.age_{end}", day=today) for end in ("from", "to"))
        self._member = self._latest(_MEMBER)
        self.home = {
            person: row["other"] for person, row in self._member.items() if not self._left(row)
        }
        self.homes = set(self.home.values())
        self.place = self._places()
        self.labour = {person for person in self.home if self._is_labour(self._member[person])}

    def numbers(self, live: Iterable[int]) -> dict[str, tuple[set[int], set[int]]]:
        """Return the households of numerator and denominator of every number."""
        since = to_day(self.today) - 90
        visits, helped = self._visits(), self._helped()
        lately = {h: o for h, (d, o) in visits.items() if d > since and h in self.homes}
        open_ = (number(Outcome.CONFIRMED), number(Outcome.KNOWN))
        unsolved = {home for home, outcome in lately.items() if outcome in open_}
        solved = {home for home, outcome in lately.items() if outcome == number(Outcome.SOLVED)}
        labour = {self.home[person] for person in self.labour}
        return {
            "needs": (self.homes & set(live), self.homes),
            "helping": ({home for home in unsolved if helped[home] > since}, unsolved),
            "helped": (solved, unsolved | solved),
            "unseen": (labour - self._told_of(2), labour),
        }

    def cells(self, live: Iterable[int], places: str) -> dict[str, tuple[int, int]]:
        """Return every number of the places that begin with some digits."""
        return {
            code: (self._within(some, places), self._within(among, places))
            for code, (some, among) in self.numbers(live).items()
        }

    def ends(self, places: str) -> Mapping[tuple[int, int], int]:
        """Return how many persons of some places had a job end, by year and month."""
        found: dict[tuple[int, int], set[int]] = defaultdict(set)
        for row in self._rows[_END]:
            home = self.home.get(row["subject"], 0)
            if home and str(self.place[home]).startswith(places):
                when = from_day(row["occurred_from"])
                found[when.year, when.month].add(row["subject"])
        return defaultdict(int, {when: len(persons) for when, persons in found.items()})

    def villages(self, places: str) -> set[int]:
        """Return the villages of some places where a household is."""
        return {at for at in self.place.values() if str(at).startswith(places)}

    def silent(self, places: str) -> tuple[int, int]:
        """Return villages that reported nothing for the last month, and those with labourers."""
        labour = {self.place[self.home[person]] for person in self.labour}
        told = {self.place[home] for home in self._told_of(1)}
        inside = labour & self.villages(places)
        return len(inside - told), len(inside)

    def _within(self, homes: set[int], places: str) -> int:
        return sum(str(self.place[home]).startswith(places) for home in homes)

    def _rank(self, row: Row) -> tuple[int, int]:
        return row["occurred_from"], int(priorities()[row["kind"], row["source"]])

    def _latest(self, kind: int) -> dict[int, Row]:
        rows = sorted(self._rows[kind], key=lambda row: (*self._rank(row), row["fact"]))
        return {row["subject"]: row for row in rows}

    def _left(self, member: Row) -> bool:
        exits = [
            self._rank(row) for row in self._rows[_EXIT] if row["subject"] == member["subject"]
        ]
        day = max(exits)[0] if exits else _NEVER
        return member["occurred_from"] < day <= to_day(self.today)

    def _places(self) -> dict[int, int]:
        own = self._latest(_HOUSEHOLD)
        places = {home: own[home]["region"] for home in self.homes if home in own}
        for person, home in self.home.items():
            if home not in own:
                places[home] = max(places.get(home, 0), self._member[person]["region"])
        return places

    def _home_of(self, row: Row) -> int:
        if row["subject_kind"] == PERSON:
            return self.home.get(row["subject"], 0)
        return row["subject"]

    def _visits(self) -> dict[int, tuple[int, int]]:
        """Return day and outcome of the latest visit of each household."""
        best: dict[int, tuple[int, int, int]] = {}
        for row in self._rows[_VISIT]:
            value = row["outcome"] | row["worked"] << 8 | (row["card"] & 0xFFFFF) << 12
            home, rank = self._home_of(row), (*self._rank(row), value)
            best[home] = max(best.get(home, rank), rank)
        return {home: (rank[0], rank[2] & 0xFF) for home, rank in best.items()}

    def _helped(self) -> Mapping[int, int]:
        days: dict[int, int] = defaultdict(lambda: _NEVER)
        not_given = (number(ServiceResult.REFUSED), number(ServiceResult.NO_CONTACT))
        given = [(row, row["occurred_from"]) for row in self._rows[_MEASURE]]
        given += [
            (row, row["occurred_to"])
            for row in self._rows[_SERVICE]
            if row["result"] not in not_given
        ]
        for row, day in given:
            home = self._home_of(row)
            days[home] = max(days[home], day)
        return days

    def _is_labour(self, row: Row) -> bool:
        age = (to_day(self.today) - row["birth"]) / 365.25
        return (
            row["birth"] != NEVER
            and self._ages[0] <= age < self._ages[1] + 1
            and row["student"] in (number(Student.UNKNOWN), number(Student.NO))
            and row["skill"] not in (number(Skill.LOST), number(Skill.NONE))
        )

    def _told_of(self, n_months: int) -> set[int]:
        """Return households of whose labourers some month of the last `n_months` was reported."""
        said = (number(Answer.YES), number(Answer.NO))
        this_month = self.today.year * 12 + self.today.month - 1
        return {
            self.home[row["subject"]]
            for row in self._rows[_MONTH]
            if row["worked"] in said
            and row["subject"] in self.labour
            and this_month - n_months <= row["month"] < this_month
        }
