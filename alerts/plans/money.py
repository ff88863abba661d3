"""Who could get which subsidy, for all members at once: status, amount, what is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from alerts.plans.catalogue import Lack, Status, clause_of
from alerts.rules.situation import Bools, Ints, Situation, packed_days
from streams.state import read
from streams.state.layout import SHORT_DAY_EPOCH
from yujing.domain.codes import (
    MONITORED,
    THREE_CATEGORIES,
    Answer,
    Area,
    Category,
    number,
)
from yujing.domain.days import NEVER

COUNTY_UNIT = 1_000_000        # of a 12-digit region code
PROVINCE_UNIT = 10_000         # of a 6-digit region code
DAYS_OF_MONTH = 30
PENSION_DIFFICULT = (Category.MINIMUM_LIVING, Category.DESTITUTE, *MONITORED)
_YES, _NO = number(Answer.YES), number(Answer.NO)
_PAPERS = Lack.FARE | Lack.ATTENDANCE   # brought by the person; no data show them


@dataclass(frozen=True)
class Eligibility:
    """Where every member stands with one clause; arrays by `Situation.members`.

    Parameters
    ----------
    status
        `Status` numbers.
    amount_fen
        What could be paid now, or once the rest is met.
    lack
        `Lack` flags.
    days_left
        Days until a span is full, 0 where it is or does not matter.
    """

    status: npt.NDArray[np.uint8]
    amount_fen: Ints
    lack: npt.NDArray[np.uint32]
    days_left: Ints


class _Draft:
    """Collects what is missing and what rules somebody out."""

    def __init__(self, situation: Situation, code: str) -> None:
        self.situation, self.clause = situation, clause_of(code)
        n = len(situation.members)
        self.lack = np.zeros(n, dtype=np.uint32)
        self.out = np.zeros(n, dtype=bool)
        self.days_left = np.zeros(n, dtype=np.int64)

    def missing(self, flag: Lack, where: Bools) -> None:
        """Note what is missing or still to be brought."""
        self.lack[where] |= np.uint32(flag)

    def ruled_out(self, flag: Lack, where: Bools) -> None:
        """Note what rules somebody out."""
        self.missing(flag, where)
        self.out |= where

    def amount_fen(self) -> Ints:
        """Return the amount of the clause for each member."""
        yuan = self.situation.of_members(self.clause.key)
        self.ruled_out(Lack.NOT_IN_GROUP, np.isnan(yuan))
        fen: Ints = np.rint(np.nan_to_num(yuan) * 100).astype(np.int64)
        return fen

    def done(self, amount_fen: Ints, finished: Bools | None = None) -> Eligibility:
        """Return where everybody stands."""
        waits = (self.lack & ~np.uint32(_PAPERS)) != 0
        status = np.where(waits, Status.MISSING, Status.POSSIBLE)
        status = np.where(self.out, Status.NOT_ELIGIBLE, status)
        if finished is not None:
            status = np.where(finished & ~self.out, Status.DONE, status)
        return Eligibility(status.astype(np.uint8), amount_fen, self.lack, self.days_left)


def organised_in_province(situation: Situation) -> Eligibility:
    """Return M2: first organised export to another county of the province."""
    return _organised(situation, "M2", cross_province=False)


def organised_cross_province(situation: Situation) -> Eligibility:
    """Return M3: first organised export to another province."""
    return _organised(situation, "M3", cross_province=True)


def _organised(situation: Situation, code: str, *, cross_province: bool) -> Eligibility:
    """Return M2 or M3; they are alternatives for one first event (default: once in a life)."""
    members, draft = situation.members, _Draft(situation, code)
    amount = draft.amount_fen()
    first = read.day_of_short(members["first_organised"]).astype(np.int64)
    never = members["first_organised"] == 0
    job_day, works = packed_days(members["job_order"]), situation.works
    depart_day = packed_days(members["depart"])
    away = np.maximum(job_day, depart_day)
    began = np.where(never, np.where(away > NEVER, away, situation.day), first)
    draft.ruled_out(Lack.NOT_IN_GROUP, ~in_groups(situation, THREE_CATEGORIES, began))
    draft.ruled_out(Lack.NOT_LABOUR, ~situation.labour)
    said = np.where(job_day >= depart_day, members["organised"],
                    (read.packed_value(members["depart"]).astype(np.int64) >> 24) & 0xFF)
    draft.ruled_out(Lack.NOT_ORGANISED, never & works & (said == _NO))
    draft.missing(Lack.ORGANISED, never)

    region, known = _work_region(situation, first)
    home = situation.regions[situation.household] // COUNTY_UNIT
    outside = region // PROVINCE_UNIT != home // PROVINCE_UNIT
    draft.missing(Lack.WORK_PLACE, ~known)
    draft.ruled_out(Lack.IN_COUNTY, known & (region == home))
    draft.ruled_out(Lack.OTHER_PLACE, known & (region != home) & (outside != cross_province))
    draft.missing(Lack.JOB_START, ~never & (job_day < first))
    return draft.done(amount)


def _work_region(situation: Situation, first: Ints) -> tuple[Ints, Bools]:
    """Return the 6-digit place of the first organised work, and whether it is known.

    The job or departure on that day tells it; a job begun within two months after a departure is
    taken as its place. Who never left organised has the place of the present work.
    """
    members = situation.members
    depart, job = packed_days(members["depart"]), packed_days(members["job_order"])
    to = read.packed_value(members["depart"]).astype(np.int64) & 0xFFFFFF
    work = members["work_region"].astype(np.int64)
    never = members["first_organised"] == 0
    by_job = (job >= first) & (job - first <= 2 * DAYS_OF_MONTH) & (work > 0)
    by_depart = (depart == first) & (to > 0)
    present = never & situation.works & (work > 0)
    region = np.where(by_job | present, work, np.where(by_depart, to, 0))
    return region, region > 0


def cross_province_fare(situation: Situation) -> Eligibility:
    """Return M4: the fare of new work in another province, stable for three months."""
    members, draft = situation.members, _Draft(situation, "M4")
    amount = draft.amount_fen()
    first = read.day_of_short(members["first_cross_province"]).astype(np.int64)
    never = members["first_cross_province"] == 0
    began = np.where(never, situation.day, first)
    groups = (Category.EX_POOR, *MONITORED)   # narrower than the three categories
    draft.ruled_out(Lack.NOT_IN_GROUP, ~in_groups(situation, groups, began))
    draft.ruled_out(Lack.NOT_CROSS_PROVINCE, never)
    within = situation.of_members("subsidy.M4.new_within_days")
    draft.ruled_out(Lack.NOT_NEW, ~never & (situation.day - first > within))
    there = situation.works & (members["area"] == number(Area.OUT_OF_PROVINCE))
    draft.missing(Lack.JOB_START, ~never & ~there)

    months = situation.of_members("subsidy.M4.stable_months")
    span = situation.day - first
    full = ~never & (span >= months * DAYS_OF_MONTH)
    draft.missing(Lack.STABLE, ~never & ~full)
    left = np.nan_to_num(months) * DAYS_OF_MONTH - span
    draft.days_left = np.where(~never & ~full, left, 0).astype(np.int64)
    month = np.maximum(first, 0).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    bit = np.clip(month + 1970 * 12 - situation.state.base_month, 0, 63).astype(np.uint64)
    seen = situation.bits(members["worked"]) | situation.bits(members["started"]) | situation.paid
    shown = seen >> bit
    draft.missing(Lack.PROOF_OF_WORK, full & (np.bitwise_count(shown) < months))
    draft.missing(Lack.FARE, ~draft.out)
    return draft.done(amount)


def training_allowance(situation: Situation) -> Eligibility:
    """Return M13: living allowance by the day of a short farm course for ex-poor labourers."""
    members, draft = situation.members, _Draft(situation, "M13")
    daily = draft.amount_fen()
    days = members["training_days"].astype(np.int64)
    today = np.full(len(days), situation.day, dtype=np.int64)
    draft.ruled_out(Lack.NOT_IN_GROUP, ~in_groups(situation, (Category.EX_POOR,), today))
    draft.ruled_out(Lack.NOT_LABOUR, ~situation.labour)
    draft.missing(Lack.TRAINING, ~draft.out & (days == 0))
    draft.missing(Lack.TRAINING_KIND, ~draft.out & (days > 0))   # data do not say who held it
    draft.missing(Lack.ATTENDANCE, ~draft.out & (days > 0))
    return draft.done(daily * np.maximum(days, 1))


def pension_premium(situation: Situation) -> Eligibility:
    """Return M15: the resident pension's lowest premium, paid in part or whole for some groups."""
    members, draft = situation.members, _Draft(situation, "M15")
    draft.amount_fen()
    today = np.full(len(members), situation.day, dtype=np.int64)
    difficult = in_groups(situation, PENSION_DIFFICULT, today)
    disabled = in_groups(situation, (Category.SEVERELY_DISABLED,), today)
    yuan = np.maximum(
        np.where(difficult, situation.of_members("subsidy.M15.minimum_living"), 0),
        np.where(disabled, situation.of_members("subsidy.M15.severely_disabled"), 0),
    )
    draft.ruled_out(Lack.NOT_IN_GROUP, ~(difficult | disabled))
    oldest = situation.of_members("pension.age_to")
    youngest = situation.of_members("labour.age_from")
    draft.ruled_out(Lack.AGE, ~((situation.age >= youngest) & (situation.age <= oldest)))
    year = situation.as_of.year - situation.state.base_month // 12
    january = year * 12
    draft.ruled_out(Lack.AS_EMPLOYEE, (situation.paid >> np.uint64(january)) != 0)
    enrolled = members["resident_paid"][:, 0] != 0
    draft.missing(Lack.ENROLMENT, ~draft.out & ~enrolled)
    paid = ((members["resident_paid"][:, 0] >> np.uint16(year)) & 1) != 0
    return draft.done(np.rint(yuan * 100).astype(np.int64), finished=paid)


def in_groups(situation: Situation, groups: tuple[Category, ...], days: Ints) -> Bools:
    """Return who was in one of the groups on a day of his or her own.

    By the person's own category or the household's. Only the last opening and closing are kept, so
    an earlier span that ended is not seen.
    """
    numbers = [number(group) for group in groups]
    found = np.zeros(len(situation.members), dtype=bool)
    short = np.clip(days - SHORT_DAY_EPOCH, 1, 65535)[:, None]
    for table, place in ((situation.members, None), (situation.households, situation.household)):
        opened = table["category_open"][:, numbers].astype(np.int64)
        closed = table["category_close"][:, numbers].astype(np.int64)
        if place is not None:
            opened, closed = opened[place], closed[place]
        held = (opened > 0) & (opened <= short) & ~((closed >= opened) & (closed <= short))
        found |= held.any(axis=1)
    return found


CLAUSES: Mapping[str, Callable[[Situation], Eligibility]] = MappingProxyType({
    "M2": organised_in_province, "M3": organised_cross_province, "M4": cross_province_fare,
    "M13": training_allowance, "M15": pension_premium,
})
