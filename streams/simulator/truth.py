"""The reader of the hidden truth, for the simulated worker and evaluation; nobody else opens it.

What happened is read from the files; true hazards are worked out by living the same world again.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from streams.simulator import oracle
from streams.simulator.array import NEVER, Array, Flags, Floats, Ints
from streams.simulator.county import County, live
from streams.simulator.labour import RETURNED
from streams.simulator.parameter import load
from streams.simulator.world import Order
from yujing.domain.calendar import spring_festival
from yujing.domain.days import month_end, to_day, to_month
from yujing.errors import UsageError

U90_DAYS, SPELL_DAYS, P12_MONTHS = 90, 30, 12
_FESTIVAL_FIRST, _FESTIVAL_LAST, _AGAIN_AT_WORK = -25, 20, 35   # days from the Spring Festival


@dataclass(frozen=True)
class Truth:
    """What truly happened in a simulated county.

    Attributes
    ----------
    id_numbers, household_numbers
        By person and household.
    person, start, end, following, reason
        Spells of work sorted by person and day: first day, first day after it, first day of the
        next spell (`NEVER` when there is none), codes.EndReason.
    approved
        Day of identification of each household, `NEVER` when there is none.
    below, reference
        By household and month from `begin_month` on: below the line, yuan a head.
    """

    order: Order
    id_numbers: Array
    household_numbers: Array
    person: Ints
    start: Ints
    end: Ints
    following: Ints
    reason: Ints
    member_person: Ints
    member_household: Ints
    member_first: Ints
    member_last: Ints
    begin_month: int
    below: Array
    reference: Array
    size: Array
    monitored: Flags
    approved: Ints

    @classmethod
    def read(cls, folder: Path) -> "Truth":
        """Return the truth in a folder that `simulate` wrote.

        Raises
        ------
        UsageError
            If there is none.
        """
        if not (folder / "order.json").is_file():
            raise UsageError(f"{folder} holds no truth of a simulated county")
        told = json.loads((folder / "order.json").read_text(encoding="utf-8"))
        order = Order(**{**told, "end": date.fromisoformat(told["end"])})
        with np.load(folder / "people.npz") as people, np.load(folder / "jobs.npz") as work, \
                np.load(folder / "members.npz") as members, \
                np.load(folder / "households.npz") as homes:
            person, start, end, following, reason = _spells(work["jobs"])
            return cls(
                order, people["id_number"], homes["household_no"], person, start, end, following,
                reason, members["person"], members["household"], members["first"], members["last"],
                int(homes["begin_month"]), homes["below"], homes["reference"], homes["size"],
                homes["monitored"], homes["approved"])

    @cached_property
    def county(self) -> County:
        """The same county lived again, for its hazards."""
        return live(self.order, load(self.order.world), lambda _what, _part: None)

    @cached_property
    def _by_household(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.member_household, kind="stable")
        return order, self.member_household[order]

    def members_of(self, household: int) -> Ints:
        """Return the rows of the memberships of a household."""
        order, sorted_households = self._by_household
        first, last = np.searchsorted(sorted_households, [household, household + 1])
        return order[first:last]

    def spells_of(self, person: int) -> slice:
        """Return the rows of the spells of work of a person."""
        first, last = np.searchsorted(self.person, [person, person + 1])
        return slice(int(first), int(last))

    def present(self, day: int) -> tuple[Ints, Ints]:
        """Return person and household of all who are there on a day."""
        there = (self.member_first <= day) & (day < self.member_last)
        return self.member_person[there], self.member_household[there]

    def at_work(self, day: int) -> Flags:
        """Return who is in work on a day, by person."""
        flags = np.zeros(len(self.id_numbers), bool)
        flags[self.person[(self.start <= day) & (self.end > day)]] = True
        return flags

    def idle_until(self, day: int) -> Ints:
        """Return for each person without work on a day the first day of work after it.

        0 for who is in work or never worked; `NEVER` for who finds none.
        """
        until = np.zeros(len(self.id_numbers), np.int64)
        idle = (self.end <= day) & (self.following > day)
        until[self.person[idle]] = self.following[idle]
        return until

    def u90_outcome(self, as_of: date) -> tuple[Array, Flags]:
        """Return ID numbers of those in work on `as_of`, and who then lost it for 30 days or more.

        A spell counts when it begins within 90 days after `as_of`. A return for the Spring Festival
        with work again by day +35 does not count. Those who leave the register are left out.
        """
        day = to_day(as_of)
        lost = (self.end > day) & (self.end <= day + U90_DAYS)
        lost &= (self.following - self.end >= SPELL_DAYS) & ~self._festive()
        flags = np.zeros(len(self.id_numbers), bool)
        flags[self.person[lost]] = True
        there = np.zeros(len(self.id_numbers), bool)
        there[self.present(day)[0]] = True
        stays = np.zeros(len(self.id_numbers), bool)
        stays[self.present(day + U90_DAYS)[0]] = True
        who = np.flatnonzero(self.at_work(day) & there & stays)
        return self.id_numbers[who], flags[who]

    def _festive(self) -> Flags:
        festive = np.zeros(len(self.end), bool)
        for year in range(self.begin_month // 12, self.order.end.year + 2):
            festival = to_day(spring_festival(year))
            away = self.end - festival
            near = (away >= _FESTIVAL_FIRST) & (away <= _FESTIVAL_LAST)
            festive |= near & (self.following <= festival + _AGAIN_AT_WORK)
        visits: Flags = festive & (self.reason == RETURNED)
        return visits

    def u90_hazard(self, as_of: date) -> tuple[Array, Floats]:
        """Return ID numbers of those in work on `as_of` and their true chance of U90."""
        who, chance = oracle.u90(self.county, to_day(as_of))
        return self.id_numbers[who], chance

    def p12_outcome(self, as_of: date) -> tuple[Array, Flags, Ints]:
        """Return household numbers, who fell into poverty within twelve months, and the day.

        Households that are monitored or below the line on `as_of` are left out. Poverty begins with
        the end of the first month below the line or with the approval, whichever comes first.
        """
        column, day = self._column(as_of), to_day(as_of)
        below = self.below[:, column:column + P12_MONTHS]
        first = np.where(below.any(axis=1), below.argmax(axis=1), NEVER)
        months = range(to_month(as_of), to_month(as_of) + P12_MONTHS)
        ends = np.array([to_day(month_end(month)) for month in months])
        poor = np.where(first < NEVER, ends[np.minimum(first, P12_MONTHS - 1)], NEVER)
        found = np.where((self.approved >= day) & (self.approved < day + 365), self.approved, NEVER)
        onset = np.minimum(poor, found)
        who = self._free(as_of)
        return self.household_numbers[who], onset[who] < NEVER, onset[who]

    def p12_hazard(self, as_of: date, *, futures: int = 40) -> tuple[Array, Floats]:
        """Return household numbers and their true chance of P12, averaged over other futures.

        Births, deaths and illnesses to come are those of the one true world in all futures.
        """
        chance = oracle.p12(self.county, to_month(as_of), futures)
        who = self._free(as_of)
        return self.household_numbers[who], chance[who]

    def _column(self, as_of: date) -> int:
        return to_month(as_of) - self.begin_month

    def _free(self, as_of: date) -> Ints:
        """Return households that are there, not monitored and not below the line on a day."""
        column = self._column(as_of)
        free: Ints = np.flatnonzero(
            (self.size[:, column] > 0) & ~self.below[:, column - 1] & ~self.monitored
            & (self.approved >= to_day(as_of)))
        return free


def _spells(jobs: Array) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    order = np.lexsort((jobs["start"], jobs["person"]))
    person, start = jobs["person"][order].astype(np.int64), jobs["start"][order].astype(np.int64)
    same = np.r_[person[1:] == person[:-1], np.zeros(min(len(person), 1), bool)]
    following = np.where(same, np.r_[start[1:], start[:1] * 0], NEVER)
    return (person, start, jobs["end"][order].astype(np.int64), following,
            jobs["reason"][order].astype(np.int64))
