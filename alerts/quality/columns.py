"""Columns that the rules over the state read: households and members of a situation, by name.

An unknown value is NEVER. What the state keeps only the latest of (help given, risks told) comes
from the facts of the log, `Told`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from alerts.quality.told import Told
from alerts.rules.means import income_lines_fen, income_reference_fen
from alerts.rules.situation import Situation, highest_bit, packed_days
from streams.fact import MISSING_FEN
from streams.state import read
from streams.state.layout import LINES, N_VALUE_MONTHS, VALUE_MONTH_OFFSET
from yujing.domain.codes import (
    MONITORED,
    Area,
    Category,
    Form,
    Insurance,
    Measure,
    Risk,
    Skill,
    Student,
    number,
)
from yujing.domain.days import NEVER

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

CODE_SETS: Mapping[str, Any] = MappingProxyType({"skill": Skill})
_UNABLE = tuple(number(skill) for skill in (Skill.LOST, Skill.NONE))
_STUDYING = tuple(
    number(kind)
    for kind in (Student.COMPULSORY, Student.SENIOR, Student.VOCATIONAL, Student.HIGHER)
)
_AWAY = tuple(number(area) for area in (Area.PROVINCE, Area.OUT_OF_PROVINCE))
_MEDICAL_LINE = LINES.index(number(Insurance.EMPLOYEE_MEDICAL))
_PUBLIC_POST = number(Form.PUBLIC_WELFARE)
_YEAR_DAYS = 366
_PAID_LATELY_MONTHS = 6   # employee insurance reaches us up to four months late
_TOLD_BEFORE_DAYS = 60    # a risk leads to an identification within weeks


@dataclass(frozen=True)
class Ground:
    """A situation and what was told about its households, column by column.

    Parameters
    ----------
    situation
        Who is present where.
    told
        Risks, warnings and help from the log.
    """

    situation: Situation
    told: Told

    def households(self) -> "Table":
        """Return the columns of households, by `Situation.keys`."""
        return Table(self, HOUSEHOLD_COLUMNS)

    def members(self) -> "Table":
        """Return the columns of members, in the order of `Situation.members`."""
        return Table(self, MEMBER_COLUMNS)

    # --- what several columns need

    @cached_property
    def place_of(self) -> Ints:
        """Return the place in `Situation.keys` of each told fact's household, -1 elsewhere."""
        situation, subject = self.situation, self.told.subject
        keys = situation.members["key"]
        order = np.argsort(keys)
        found = _places(keys[order], subject)
        of_person = np.where(found >= 0, situation.household[order[np.maximum(found, 0)]], -1) \
            if len(keys) else np.full(len(subject), -1, dtype=np.int64)
        return np.where(self.told.of_household, _places(situation.keys, subject), of_person)

    @cached_property
    def identified(self) -> Ints:
        """Return the day on which each household was identified, NEVER where none is monitored.

        The latest opening that stands counts, of the household or of one of its members.
        """
        situation = self.situation
        numbers = [number(category) for category in MONITORED]
        latest = np.full(len(situation.keys), NEVER, dtype=np.int64)
        for table, spread in ((situation.households, False), (situation.members, True)):
            opened = table["category_open"][:, numbers]
            closed = table["category_close"][:, numbers]
            held = read.in_category(opened, closed, situation.day)
            days = np.where(held, read.day_of_short(opened).astype(np.int64), NEVER)
            newest = days.max(axis=1, initial=NEVER)
            if spread:
                np.maximum.at(latest, situation.household, newest)
            else:
                latest = np.maximum(latest, newest)
        return latest

    def sum(self, mask: Bools) -> Ints:
        """Return how many members of each household a mask picks."""
        return self.situation.count(mask)

    def last_told(self, mask: Bools, since: Ints) -> Ints:
        """Return the latest day of told facts on or after each household's `since`, else NEVER."""
        return self._told(mask, since, np.maximum, NEVER)

    def first_told(self, mask: Bools, since: Ints) -> Ints:
        """Return the earliest day of told facts on or after each household's `since`."""
        far = np.iinfo(np.int64).max
        days = self._told(mask, since, np.minimum, far)
        return np.where(days == far, NEVER, days)

    def _told(self, mask: Bools, since: Ints, pick: Any, start: int) -> Ints:
        place, day = self.place_of, self.told.day
        out = np.full(len(self.situation.keys), start, dtype=np.int64)
        rows = np.flatnonzero(mask & (place >= 0) & (day <= self.situation.day))
        rows = rows[day[rows] >= since[place[rows]]]
        pick.at(out, place[rows], day[rows])
        return out

    def risk_days(self, risk: Risk) -> Ints:
        """Return for how many days a risk is known of each monitored household, else NEVER."""
        since = np.where(self.identified > NEVER, self.identified - _TOLD_BEFORE_DAYS, NEVER)
        first = self.first_told(self.told.risks & (1 << number(risk)) > 0, since)
        return _ago(self.situation, np.where(self.identified > NEVER, first, NEVER))

    def measure_day(self, *measures: Measure) -> Ints:
        """Return the first day of help of some groups since the identification, else NEVER."""
        given = np.isin(self.told.measure, [number(measure) for measure in measures])
        first = self.first_told(given, self.identified)
        return np.where(self.identified > NEVER, first, NEVER)


class Table:
    """Columns by name, each computed once, as conditions read them."""

    def __init__(
        self, ground: Ground, columns: Mapping[str, Callable[[Ground], Ints]]
    ) -> None:
        self._ground, self._columns = ground, columns
        self._made: dict[str, Ints] = {}

    def read(self, name: str, at: slice) -> tuple[Ints, Bools | None]:
        """Return a column and which of its values are known."""
        if name not in self._made:
            self._made[name] = self._columns[name](self._ground)
        values = self._made[name][at]
        return values, values != NEVER


def _places(sorted_keys: npt.NDArray[np.uint64], keys: npt.NDArray[np.uint64]) -> Ints:
    """Return the place of each key among rising ones, -1 where it is not."""
    if not len(sorted_keys):
        return np.full(len(keys), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    return np.where(sorted_keys[at] == keys, at, -1).astype(np.int64)


def _ago(situation: Situation, days: Ints) -> Ints:
    return np.where(days > NEVER, situation.day - days, NEVER)


# --- households


def _ex_poor(ground: Ground) -> Ints:
    held = ground.situation.categories((Category.EX_POOR,))
    return (ground.sum(held) > 0).astype(np.int64)


def _labour_percent(ground: Ground) -> Ints:
    situation = ground.situation
    return 100 * ground.sum(situation.labour) // ground.sum(np.ones(len(situation.members), bool))


def _could_work(ground: Ground) -> Ints:
    """Count who is not known to be unable: unknown is not unable."""
    situation = ground.situation
    unable = np.isin(situation.members["skill"], _UNABLE)
    unable |= np.isin(situation.members["student"], _STUDYING)
    age = situation.age
    unable |= (age >= 0) & (age < situation.of_members("labour.age_from"))
    unable |= age > situation.of_members("labour.age_to")
    return ground.sum(~unable)


def _worked_since(ground: Ground) -> Ints:
    situation = ground.situation
    since = ground.identified[situation.household]
    return ground.sum((since > NEVER) & (situation.working_since >= since))


def _reported_since(ground: Ground) -> Ints:
    situation = ground.situation
    told = situation.members["worked"] | situation.members["idle"]
    since = ground.identified[situation.household]
    latest = situation.month_day(highest_bit(situation.bits(told)))
    return ground.sum((since > NEVER) & (latest >= since))


def _left_since(ground: Ground) -> Ints:
    """Count who began to work outside the county, or left, on or after the identification."""
    situation = ground.situation
    members, since = situation.members, ground.identified[situation.household]
    job = (packed_days(members["job_order"]) >= since) & np.isin(members["area"], _AWAY)
    month = members["status_month"]
    area = read.packed_value(month).astype(np.int64) & 0xFF
    sheet = (packed_days(month) >= since) & np.isin(area, _AWAY)
    left = packed_days(members["depart"]) >= since
    return ground.sum((since > NEVER) & (job | sheet | left))


def _self_pay(ground: Ground) -> Ints:
    """Return the self-paid cost in yuan: of the latest report, or of bills where they are more."""
    situation = ground.situation
    last = min(situation.month - situation.state.base_month - VALUE_MONTH_OFFSET,
               N_VALUE_MONTHS - 1)
    first = max(last - 11, 0)
    paid = situation.members["self_pay_yuan"][:, first : last + 1].astype(np.int64).sum(axis=1)
    bills = np.zeros(len(situation.keys), dtype=np.int64)
    np.add.at(bills, situation.household, paid)
    told = situation.households["self_pay_fen"]
    known = (situation.households["income_order"] != 0) & (told != MISSING_FEN)
    return np.where(known, np.maximum(np.where(known, told, 0) // 100, bills),
                    np.where(bills > 0, bills, NEVER))


def _water_open(ground: Ground) -> Ints:
    """Return for how many days a water problem is told and neither mended nor denied."""
    told = ground.told
    ever = np.full(len(ground.situation.keys), NEVER, dtype=np.int64)
    last = ground.last_told(told.water, ever)
    solved = ground.last_told(told.answers_water, ever)
    return _ago(ground.situation, np.where(solved >= last, NEVER, last))


def _reference(ground: Ground) -> Ints:
    fen = income_reference_fen(ground.situation.households)
    return np.where(np.isnan(fen), NEVER, np.floor(np.nan_to_num(fen) / 100)).astype(np.int64)


def _line(ground: Ground) -> Ints:
    ended = packed_days(ground.situation.households["income_order"])
    fen = income_lines_fen(ground.situation, ended)
    return np.where(np.isnan(fen), NEVER, np.nan_to_num(fen) / 100).astype(np.int64)


def _report_after(ground: Ground) -> Ints:
    ended = packed_days(ground.situation.households["income_order"])
    known = (ended > NEVER) & (ground.identified > NEVER)
    return np.where(known, ended - ground.identified, NEVER)


def _cover_lapsed(ground: Ground) -> Ints:
    """Count members who were insured for medical cost before and are not this year.

    Who never was reported may be insured elsewhere: unknown is not uninsured.
    """
    situation = ground.situation
    bit = situation.as_of.year - situation.state.base_month // 12
    resident = situation.members["resident_paid"][:, 1].astype(np.int64)
    now = (resident >> bit) & 1
    months = situation.bits(situation.members["paid"][:, _MEDICAL_LINE])
    latest = highest_bit(months)
    lately = latest >= situation.month - situation.state.base_month - _PAID_LATELY_MONTHS
    before = ((resident & ((1 << bit) - 1)) != 0) | (latest >= 0)
    return ground.sum(before & (now == 0) & ~lately)


HOUSEHOLD_COLUMNS: Mapping[str, Callable[[Ground], Ints]] = MappingProxyType({
    "monitored": lambda g: (g.identified > NEVER).astype(np.int64),
    "ex_poor": _ex_poor,
    "month_of_year": lambda g: np.full(len(g.situation.keys), g.situation.as_of.month, np.int64),
    "n_members": lambda g: g.sum(np.ones(len(g.situation.members), dtype=bool)),
    "labour_percent": _labour_percent,
    "could_work": _could_work,
    "with_work_record": lambda g: g.sum(g.situation.working_since > NEVER),
    "worked_since_identified": _worked_since,
    "reported_since_identified": _reported_since,
    "left_county_since": _left_since,
    "risk_unstable_job": lambda g: (g.risk_days(Risk.UNSTABLE_JOB) > NEVER).astype(np.int64),
    "risk_no_labour": lambda g: (g.risk_days(Risk.NO_LABOUR) > NEVER).astype(np.int64),
    "risk_illness": lambda g: (g.risk_days(Risk.ILLNESS) > NEVER).astype(np.int64),
    "housing_risk_days": lambda g: g.risk_days(Risk.HOUSING),
    "water_risk_days": lambda g: g.risk_days(Risk.WATER),
    "housing_measure": lambda g: (g.measure_day(Measure.HOUSING) > NEVER).astype(np.int64),
    "water_measure": lambda g: (g.measure_day(Measure.WATER) > NEVER).astype(np.int64),
    "work_measure_days": lambda g: _ago(
        g.situation, g.measure_day(Measure.EMPLOYMENT, Measure.PUBLIC_POST)),
    "export_measure_days": lambda g: _ago(g.situation, g.measure_day(Measure.LABOUR_EXPORT)),
    "self_pay_yuan": _self_pay,
    "water_open_days": _water_open,
    "reference_yuan": _reference,
    "line_yuan": _line,
    "report_age_days": lambda g: _ago(
        g.situation, packed_days(g.situation.households["income_order"])),
    "report_after_identified_days": _report_after,
    "members_cover_lapsed": _cover_lapsed,
})


# --- members


def _age(ground: Ground) -> Ints:
    return np.where(ground.situation.age >= 0, ground.situation.age, NEVER)


def _public_post(ground: Ground) -> Ints:
    """Tell whether the latest word on the form of work is a public-welfare post."""
    members = ground.situation.members
    month = members["status_month"]
    of_month = (read.packed_value(month).astype(np.int64) >> 16) & 0xFF
    later = (packed_days(month) >= packed_days(members["job_order"])) & (of_month > 0)
    form = np.where(later, of_month, members["form"])
    held: Bools = form == _PUBLIC_POST
    return held.astype(np.int64)


def _claimed(ground: Ground) -> Ints:
    """Return for how many days another household claims a member too, NEVER where none does."""
    members = ground.situation.members
    claimed = packed_days(members["other_household_order"])
    return _ago(ground.situation, np.where(standing_claims(members), claimed, NEVER))


def standing_claims(members: Any) -> Bools:
    """Return whom two households claim; who left after the older claim is claimed by one."""
    claimed = packed_days(members["other_household_order"])
    gone = packed_days(members["exit"])
    other = members["other_household"]
    stands: Bools = (other != 0) & (other != members["household"])
    return stands & (claimed > NEVER) & (gone <= claimed)


def _claimed_by_monitored(ground: Ground) -> Ints:
    situation = ground.situation
    at = _places(situation.keys, situation.members["other_household"])
    monitored = ground.identified > NEVER
    found = np.zeros(len(at), dtype=bool)
    found[at >= 0] = monitored[at[at >= 0]]
    both: Bools = found & (_claimed(ground) > NEVER)
    return both.astype(np.int64)


def _idle_without_end(ground: Ground) -> Ints:
    """Return the days since the month that says idle of a job that began and has no end."""
    situation = ground.situation
    members = situation.members
    began, ended = packed_days(members["job_order"]), packed_days(members["end"])
    idle = highest_bit(situation.bits(members["idle"]))
    worked = highest_bit(situation.bits(members["worked"]))
    since = situation.month_day(idle)
    mask = (began > NEVER) & (ended < began) & (idle > worked) & (since > began)
    return _ago(situation, np.where(mask, since, NEVER))


MEMBER_COLUMNS: Mapping[str, Callable[[Ground], Ints]] = MappingProxyType({
    "works": lambda g: g.situation.works.astype(np.int64),
    "age": _age,
    "skill": lambda g: g.situation.members["skill"].astype(np.int64),
    "public_post": _public_post,
    "monitored": lambda g: (g.identified > NEVER).astype(np.int64)[g.situation.household],
    "claimed_days": _claimed,
    "claimed_by_monitored": _claimed_by_monitored,
    "idle_without_end_days": _idle_without_end,
})

