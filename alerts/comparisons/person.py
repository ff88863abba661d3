"""Evaluators of the comparisons about one person's work, insurance and whereabouts."""

from typing import Any

import numpy as np

from alerts.comparisons.difference import (
    DIFFERENCE,
    Differences,
    basis_of,
    of_members,
    places_of,
)
from alerts.comparisons.told import Told
from alerts.rules.situation import (
    REGISTERED,
    Bools,
    Floats,
    Ints,
    Keys,
    Situation,
    highest_bit,
    lowest_bit,
    packed_days,
)
from streams.state import read
from yujing.domain.codes import (
    Area,
    Channel,
    ExitReason,
    Form,
    InsuranceStatus,
    Student,
    number,
)
from yujing.domain.days import NEVER

COUNTY_UNIT, PREFECTURE_UNIT = 1_000_000, 100
DAYS_OF_MONTH = 30
HOLIDAYS = (2, 7, 8)  # months in which students work and stay students
_UNINSURED = tuple(map(number, (Form.SELF_EMPLOYED, Form.FLEXIBLE)))
_POSTS = tuple(map(number, (Form.PUBLIC_WELFARE, Form.WORKSHOP)))
_POST_CHANNELS = tuple(map(number, (Channel.PUBLIC_WELFARE, Channel.WORKSHOP)))
_AWAY = tuple(map(number, (Area.PROVINCE, Area.OUT_OF_PROVINCE)))
_NOT_STUDYING = tuple(map(number, (Student.UNKNOWN, Student.NO)))
_STOPPED = tuple(map(number, (InsuranceStatus.SUSPEND, InsuranceStatus.TERMINATE)))


def later_than(bits: Keys, bit: Ints) -> Keys:
    """Return the months of bit maps after a month each; bit -1 leaves them as they are.

    Examples
    --------
    >>> later_than(np.array([7, 7, 7], dtype=np.uint64), np.array([-1, 0, 63])).tolist()
    [7, 6, 0]
    """
    over = np.clip(bit + 1, 0, 64)
    shifted = np.left_shift(np.uint64(1), np.minimum(over, 63).astype(np.uint64))
    return bits & np.where(over >= 64, np.uint64(0), ~(shifted - np.uint64(1)))


def month_bit(situation: Situation, days: Ints) -> Ints:
    """Return the month bit of each day, -1 for NEVER and before the window."""
    months = np.maximum(days, 0).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    bit = months + 1970 * 12 - situation.state.base_month
    return np.where(days > NEVER, np.maximum(bit, -1), -1)


def month_of(situation: Situation, bit: Ints) -> Ints:
    """Return the month number of each month bit, 0 for -1."""
    return np.where(bit >= 0, bit + situation.state.base_month, 0)


def says_working(situation: Situation, months: Keys | None = None) -> tuple[Bools, Ints]:
    """Return whom the monthly sheets of late call working, and the bit of the latest such month.

    Parameters
    ----------
    months
        The months that count; all that were reported as worked by default.
    """
    members = situation.members
    reported = situation.bits(members["worked"])
    last = highest_bit(reported if months is None else months)
    idle = highest_bit(situation.bits(members["idle"]))
    now = situation.month - situation.state.base_month
    fresh = (last >= 0) & (now - last <= situation.of_members("comparison.recent_months"))
    ended, begun = packed_days(members["end"]), packed_days(members["job_order"])
    open_ = (ended < situation.month_day(last)) | (begun > ended)
    return fresh & (last > idle) & open_, last


def _now_of_insurance(situation: Situation) -> tuple[Ints, Floats]:
    """Return the last month bit paid, and how many months that are due by now miss since."""
    lag = situation.of_members("comparison.report_lag_months")
    last = highest_bit(situation.paid)
    now = situation.month - situation.state.base_month
    return last, now - 1 - lag - last


def _stopped_on(situation: Situation) -> Ints:
    """Return the latest day on which a line was stopped whose last word that is, NEVER none."""
    lines = situation.members["line"]
    stopped = np.isin(read.packed_value(lines).astype(np.int64) & 0xFF, _STOPPED)
    days: Ints = np.where(stopped, read.packed_day(lines).astype(np.int64), NEVER).max(axis=1)
    return days


def working_uninsured(situation: Situation, _told: Told) -> Differences:
    """Return whom sheets call working while employee insurance stopped months ago."""
    at_work, _ = says_working(situation)
    months = situation.of_members("comparison.working_uninsured.months")
    within = situation.of_members("comparison.working_uninsured.within_months")
    last, missing = _now_of_insurance(situation)
    stopped = _stopped_on(situation)
    stopped_bit = month_bit(situation, stopped)
    now = situation.month - situation.state.base_month
    told = (stopped > NEVER) & (last <= stopped_bit)
    since = np.where(told, stopped, situation.month_day(np.minimum(last + 1, 63)))
    gone = np.where(told, now - stopped_bit, missing)
    begun, form = packed_days(situation.members["job_order"]), situation.members["form"]
    other = (begun >= since) & np.isin(form, _UNINSURED)   # a job that brings no such insurance
    mask = at_work & (told | (last >= 0)) & (gone >= months) & (gone <= within) & ~other
    return of_members(situation, mask, since=since, claims=(since, begun))


def paid_elsewhere(situation: Situation, told: Told) -> Differences:
    """Return who works in one place or firm and is insured in another."""
    members, insured = situation.members, told.insured
    place = places_of(insured["person"], members["key"])
    known = place >= 0
    row = np.zeros(len(known), dtype=insured.dtype)
    row[known] = insured[place[known]]
    region, firm = row["region"].astype(np.int64), row["employer"]
    own, own_firm = members["work_region"].astype(np.int64), members["employer"]
    both = (region != 0) & (own != 0)
    same_firm = (firm != 0) & (firm == own_firm)
    elsewhere = both & (region // PREFECTURE_UNIT != own // PREFECTURE_UNIT)
    # a firm written by name here and by code there looks like two: only where no place is known
    elsewhere |= ~both & (firm != 0) & (own_firm != 0)
    begun = packed_days(members["job_order"])
    start = _month_days(row["month"])
    settled = situation.of_members("comparison.paid_elsewhere.months") * DAYS_OF_MONTH
    _, missing = _now_of_insurance(situation)
    paying = (missing <= situation.of_members("comparison.recent_months")) | (
        _stopped_on(situation) < start
    )
    mask = known & elsewhere & ~same_firm & situation.works & paying & (begun > NEVER)
    since = np.maximum(begun, start)
    mask &= situation.day - since >= settled
    return of_members(
        situation, mask, since=since, month=row["month"],
        claims=(begun, own, own_firm, row["month"], region, firm),
    )  # fmt: skip


def _month_days(months: Any) -> Ints:
    """Return the first day of each month number."""
    starts = (np.asarray(months, dtype=np.int64) - 1970 * 12).astype("datetime64[M]")
    days: Ints = starts.astype("datetime64[D]").astype(np.int64)
    return days


def dead_working(situation: Situation, _told: Told) -> Differences:
    """Return who died and is called working in a later month."""
    return _gone_working(situation, ExitReason.DEATH)


def prison_working(situation: Situation, _told: Told) -> Differences:
    """Return who went to prison, was not registered since, and is called working later."""
    return _gone_working(situation, ExitReason.SENTENCED)


def _gone_working(situation: Situation, reason: ExitReason) -> Differences:
    """Return who left for a reason and is called working in a later month; the absent too."""
    state = situation.state
    register = state.members["exit"]
    left = np.flatnonzero((register != 0) & (state.members["household"] != 0))
    rows = state.members.take(left)
    gone = packed_days(rows["exit"])
    mask = (read.packed_value(rows["exit"]).astype(np.int64) & 0xFF) == number(reason)
    if reason is not ExitReason.DEATH:   # nobody comes back from the dead by a registration
        mask &= packed_days(rows["member_order"]) < gone
    worked = later_than(situation.bits(rows["worked"]), month_bit(situation, gone))
    begun = packed_days(rows["job_order"])
    again = (begun > gone) & (begun < situation.day)
    first = np.where(worked != 0, lowest_bit(worked), 99)
    first = np.minimum(first, np.where(again, month_bit(situation, begun), 99))
    last = np.maximum(highest_bit(worked), np.where(again, month_bit(situation, begun), -1))
    within = situation.policy.whole("comparison.gone_working.within_months", day=situation.as_of)
    now = situation.month - state.base_month
    mask &= (last >= 0) & (now - last <= within) & (gone < situation.day)
    return _of_rows(situation, rows.compress(mask), gone[mask], first[mask])


def _of_rows(situation: Situation, rows: Any, gone: Ints, first: Ints) -> Differences:
    found = np.zeros(len(rows), dtype=DIFFERENCE)
    found["household"], found["person"] = rows["household"], rows["key"]
    home = situation.state.household_rows(np.ascontiguousarray(rows["household"]))
    own = np.zeros(len(rows), dtype=np.int64)
    if (home >= 0).any():
        own[home >= 0] = situation.state.households["region"][home[home >= 0]]
    found["region"] = np.where(own != 0, own, rows["region"])
    found["since"], found["month"] = gone, month_of(situation, first)
    found["basis"] = basis_of(gone, first + situation.state.base_month)
    return found


def student_working(situation: Situation, _told: Told) -> Differences:
    """Return who is at school and called working outside the holidays."""
    student = situation.members["student"].astype(np.int64)
    base = situation.state.base_month
    term = sum(1 << i for i in range(64) if (base + i) % 12 + 1 not in HOLIDAYS)
    months = situation.bits(situation.members["worked"]) & np.uint64(term)
    at_work, last = says_working(situation, months)
    mask = at_work & ~np.isin(student, _NOT_STUDYING)
    since = situation.month_day(last)
    return of_members(
        situation, mask, since=since, month=month_of(situation, last), claims=(student,)
    )


def public_post_away(situation: Situation, _told: Told) -> Differences:
    """Return whose work lies out of the county and came by a public-welfare post or a workshop."""
    members = situation.members
    home = situation.regions[situation.household] // COUNTY_UNIT
    region = members["work_region"].astype(np.int64)
    area, form, channel = (members[name].astype(np.int64) for name in ("area", "form", "channel"))
    away = np.isin(area, _AWAY) | ((region != 0) & (home != 0) & (region != home))
    begun = packed_days(members["job_order"])
    post = np.isin(form, _POSTS) | np.isin(channel, _POST_CHANNELS)
    job = away & post & situation.works & (begun > NEVER)

    status = read.packed_value(members["status_month"]).astype(np.int64)
    at_work, last = says_working(situation)
    reported = situation.month_day(last) == packed_days(members["status_month"])
    sheet = at_work & reported & np.isin(status & 0xFF, _AWAY)
    sheet &= np.isin((status >> 16) & 0xFF, _POSTS)

    nothing = np.zeros(len(begun), dtype=np.int64)
    since = np.where(job, begun, situation.month_day(last))
    told = tuple(np.where(job, one, nothing) for one in (begun, region, area, form, channel))
    return of_members(
        situation, job | sheet, since=since,
        claims=(*told, np.where(job, nothing, status & 0xFF00FF)),
    )  # fmt: skip


def left_unreported(situation: Situation, _told: Told) -> Differences:
    """Return who left and of whom nothing was heard since."""
    members = situation.members
    left = packed_days(members["depart"])
    bit = month_bit(situation, left)
    heard = (
        situation.bits(members["worked"]) | situation.bits(members["idle"])
        | situation.bits(members["returned"]) | situation.paid
    )
    since = np.maximum.reduce([
        packed_days(members[name])
        for name in ("return_", "job_order", "end", "unemployment", "visit")
    ])
    silent = (later_than(heard, bit) == 0) & (since < left)
    age = situation.day - left
    mask = (left > NEVER) & silent
    mask &= age >= situation.of_members("comparison.left_unreported.days")
    mask &= age <= situation.of_members("comparison.left_unreported.within_days")
    return of_members(situation, mask, since=left, claims=(left,))


def jobless_insured(situation: Situation, _told: Told) -> Differences:
    """Return who is registered as jobless and goes on being insured as an employee."""
    registered, since = _registered(situation)
    later = later_than(situation.paid, month_bit(situation, since))
    _, missing = _now_of_insurance(situation)
    fresh = missing <= situation.of_members("comparison.recent_months")
    first = lowest_bit(later)
    month = month_of(situation, first)
    mask = registered & (first >= 0) & fresh
    return of_members(situation, mask, since=since, month=month, claims=(since, month))


def jobless_working(situation: Situation, _told: Told) -> Differences:
    """Return who is registered as jobless and called working in a later month."""
    registered, since = _registered(situation)
    worked = later_than(
        situation.bits(situation.members["worked"]), month_bit(situation, since)
    )
    at_work, last = says_working(situation)
    first = lowest_bit(worked)
    month = month_of(situation, first)
    mask = registered & (first >= 0) & at_work & (last >= first)
    return of_members(situation, mask, since=since, month=month, claims=(since, month))


def _registered(situation: Situation) -> tuple[Bools, Ints]:
    register = situation.members["unemployment"]
    since = packed_days(register)
    held = (read.packed_value(register).astype(np.int64) & 0xFF) == REGISTERED
    return held & (since > NEVER) & (since < situation.day), since
