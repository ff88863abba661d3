"""What happens around a member: employer, sector, township, calendar."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from models.features.bits import NO_DAY, Bools, Floats, lately
from models.features.snapshot import Rows, Snapshot, StateRows, Structured
from models.features.tallies import ContextPart, Tally, ValueTally
from models.features.work import Work
from yujing.domain.calendar import days_to_festival, spring_festival
from yujing.domain.days import from_day

RECENT_END_DAYS = 60        # an end is known 35 days late at the median; shorter would see little
_AT_WORK_DAYS = 120         # evidence of work this recent still counts as a worker of the employer
_DISASTER_DAYS = 180
_TOWNSHIP, _COUNTY = 10**3, 10**6   # divisors of a 12-digit region code
_CODES = 256                # more than any code set holds
_MONTH_DAYS = 30.44

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Groups:
    """Values by group, looked up for many rows at once."""

    keys: Keys
    values: Floats

    def of(self, keys: Keys) -> Floats:
        """Return the value of each key, NaN for keys that no group has and for key 0."""
        if not len(self.keys):
            return np.full(len(keys), np.nan)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where((self.keys[place] == keys) & (keys != 0), self.values[place], np.nan)


@dataclass(frozen=True)
class Context:
    """What the whole state says about employers, sectors and townships on a day."""

    employer_end_share: Groups
    employer_workers: Groups
    sector_end_share: Groups
    sector_wage: Groups
    township_return_excess: Groups


@dataclass(frozen=True)
class Neighbours:
    """What members say about their employers, sectors and townships; one entry a member.

    Parameters
    ----------
    employer, sector, township
        Keys, 0 for unknown.
    ended
        Whether a job ended lately.
    excess
        1 for who came home lately, minus 1 for the same a year ago.
    wage
        Recent monthly wage, NaN unknown.
    at_work, labourer, housed
        Who counts for employers and sectors, for townships, and for wages.
    """

    employer: Keys
    sector: Keys
    township: Keys
    ended: Floats
    excess: Floats
    wage: Floats
    at_work: Bools
    labourer: Bools
    housed: Bools

    def part(self, rows: Rows) -> ContextPart:
        """Return what some members add to the context."""
        at_work = rows[self.at_work[rows]]
        employed = at_work[self.employer[at_work] != 0]
        labourer, housed = rows[self.labourer[rows]], rows[self.housed[rows]]
        return ContextPart(
            employers=Tally.of(self.employer[employed], self.ended[employed]),
            sectors=Tally.of(self.sector[at_work], self.ended[at_work]),
            townships=Tally.of(self.township[labourer], self.excess[labourer]),
            wages=ValueTally.of(self.sector[housed], self.wage[housed]),
        )


def neighbours(snapshot: Snapshot, work: Work, wage: Floats) -> Neighbours:
    """Return what the rows of a snapshot say about others; who has no household says nothing.

    Parameters
    ----------
    snapshot
        A whole state, or the whole households of a part of one.
    work
        Work of its rows.
    wage
        Recent monthly wage of its rows, NaN unknown.
    """
    members, day = snapshot.members, snapshot.day
    housed = members["household"] != 0
    ended = (work.end_day > NO_DAY) & (work.end_day >= work.start_day)
    ended &= (day - work.end_day <= RECENT_END_DAYS) & snapshot.present
    return Neighbours(
        np.ascontiguousarray(members["employer"]), sector_keys(members), township_keys(members),
        ended.astype(np.float64), _return_excess(snapshot), wage,
        housed & snapshot.present & (day - work.evidence_day <= _AT_WORK_DAYS),
        housed & snapshot.labourer, housed,
    )


def context_from(part: ContextPart) -> Context:
    """Return the context that the members of a part make, of the whole county as a rule."""
    employers, sectors = part.employers, part.sectors
    return Context(
        employer_end_share=Groups(employers.keys, employers.means),
        employer_workers=Groups(employers.keys, employers.counts.astype(np.float64)),
        sector_end_share=Groups(sectors.keys, sectors.means),
        sector_wage=Groups(*part.wages.medians()),
        township_return_excess=Groups(part.townships.keys, part.townships.means),
    )


def sector_keys(members: Structured) -> Keys:
    """Return a key of (county, sector) for each member, 0 when the sector is unknown."""
    keys = (members["region"] // _COUNTY).astype(np.uint64) * np.uint64(_CODES)
    return np.where(members["industry"] > 0, keys + members["industry"], 0).astype(np.uint64)


def township_keys(members: Structured) -> Keys:
    """Return the key of the township of each member."""
    return (members["region"] // _TOWNSHIP).astype(np.uint64)


def festival_shift(as_of: date) -> int:
    """Return how many months before `as_of` the same weeks of the lunar year lie, 12 or 13.

    Examples
    --------
    >>> festival_shift(date(2026, 3, 1)), festival_shift(date(2025, 3, 1))
    (13, 12)
    """
    gap = spring_festival(as_of.year) - spring_festival(as_of.year - 1)
    return round(gap.days / _MONTH_DAYS)


def festival_days(day: int) -> int:
    """Return the days to the nearest Spring Festival, negative when it is past."""
    return int(days_to_festival(np.array([day], dtype=np.int32))[0])


def struck(state: StateRows, regions: npt.NDArray[np.int64], day: int) -> Bools:
    """Return which places lie in an area struck by a disaster in the last 180 days."""
    areas = state.areas
    since = day - areas["occurred_from"]
    recent = areas[(since > 0) & (since <= _DISASTER_DAYS)]
    hit = np.zeros(len(regions), dtype=bool)
    for unit in (1, _TOWNSHIP, _COUNTY):
        # a code padded with zeros stands for the whole township or county
        smaller = recent["region"] % (unit * _TOWNSHIP) != 0
        own = (recent["region"] % unit == 0) & (smaller | (unit == _COUNTY))
        codes = recent["region"][own] // unit
        hit |= np.isin(regions // unit, codes)
    return hit


def months_since_january(day: int) -> int:
    """Return the months since the income line last changed, which it does in January."""
    return from_day(day).month - 1


def _return_excess(snapshot: Snapshot) -> Floats:
    """Return 1 for who came home in two months, minus 1 for the same weeks a year ago."""
    bits, newest = snapshot.members["returned"], snapshot.last_month + 1
    before = newest - festival_shift(snapshot.as_of)
    now = lately(bits, newest, 2) > 0
    return now.astype(np.float64) - (lately(bits, before, 2) > 0)
