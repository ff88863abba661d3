"""The fold: effective facts into member and household rows, one compiled loop.

Each fact is folded exactly once (the fact index sees to it); every operation commutes, so order and
batching do not matter. `streams.state.layout` says what each piece is.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from streams.content import fact_version_hash
from streams.fact import HOUSEHOLD, MISSING_FEN, PERSON, FactArray
from streams.state.layout import (
    DAY_SHIFT,
    N_CATEGORIES,
    N_LINES,
    N_MONTHS,
    N_VALUE_MONTHS,
    SHORT_DAY_EPOCH,
    VALUE_MONTH_OFFSET,
)
from streams.state.priority import priorities
from streams.wire import (
    assist_measure,
    category_close,
    category_open,
    department_warning,
    employment_end,
    employment_monthly_status,
    employment_plan,
    employment_start,
    hardship_report,
    household_upsert,
    income_report,
    insurance_payment,
    insurance_resident_annual,
    insurance_status,
    medical_settlement,
    member_exit,
    member_upsert,
    migration_depart,
    migration_return,
    service_delivered,
    unemployment_deregister,
    unemployment_register,
    verification_result,
)
from yujing.domain.codes import Answer, Area, Insurance, Payer, Service, ServiceResult, number
from yujing.domain.days import months_of_days

MEMBER_UPSERT, MEMBER_EXIT = member_upsert.KIND, member_exit.KIND
HOUSEHOLD_UPSERT = household_upsert.KIND
CATEGORY_OPEN, CATEGORY_CLOSE = category_open.KIND, category_close.KIND
START, END = employment_start.KIND, employment_end.KIND
MONTHLY_STATUS, PLAN = employment_monthly_status.KIND, employment_plan.KIND
REGISTER, DEREGISTER = unemployment_register.KIND, unemployment_deregister.KIND
INSURANCE_STATUS, PAYMENT = insurance_status.KIND, insurance_payment.KIND
RESIDENT_ANNUAL = insurance_resident_annual.KIND
DEPART, RETURN = migration_depart.KIND, migration_return.KIND
INCOME, MEDICAL, HARDSHIP = income_report.KIND, medical_settlement.KIND, hardship_report.KIND
WARNING, MEASURE = department_warning.KIND, assist_measure.KIND
VISIT, SERVICE = verification_result.KIND, service_delivered.KIND

NO, YES = number(Answer.NO), number(Answer.YES)
OUT_OF_PROVINCE = number(Area.OUT_OF_PROVINCE)
GUIZHOU = 52  # GB/T 2260
RESIDENT_PENSION, RESIDENT_MEDICAL = (
    number(Insurance.RESIDENT_PENSION),
    number(Insurance.RESIDENT_MEDICAL),
)
PERSON_PAYS = number(Payer.PERSON)
REFERRAL, TRAINING = number(Service.REFERRAL), number(Service.TRAINING)
REFUSED, NO_CONTACT = number(ServiceResult.REFUSED), number(ServiceResult.NO_CONTACT)

Rows = npt.NDArray[np.int64]
Record = Any  # a row inside compiled code; numba gives its fields their types


@numba.njit(cache=True, inline="always")  # type: ignore[misc, unused-ignore]  # numba has no types
def pack(day: int, priority: int, value: int) -> int:
    """Return a packed register: the later day wins, then authority, then the larger value."""
    return ((day + DAY_SHIFT) << 40) | (priority << 32) | value


@numba.njit(cache=True, inline="always")  # type: ignore[misc, unused-ignore]  # numba has no types
def short(day: int) -> int:
    """Return the short form of a day (see `streams.state.read.short_day`)."""
    return min(max(day - SHORT_DAY_EPOCH, 1), 65535)


@numba.njit(cache=True, inline="always")  # type: ignore[misc, unused-ignore]  # numba has no types
def month_bit(month: int, base_month: int) -> np.uint64:
    """Return the bit of a month, 0 outside the window."""
    i = month - base_month
    if 0 <= i < N_MONTHS:
        return np.uint64(1) << np.uint64(i)
    return np.uint64(0)


@numba.njit(cache=True, inline="always")  # type: ignore[misc, unused-ignore]  # numba has no types
def first_day(held: int, day: int) -> int:
    """Return the earlier of a short day (0 = none) and a day."""
    return short(day) if held == 0 else min(held, short(day))


@numba.njit(cache=True, inline="always")  # type: ignore[misc, unused-ignore]  # numba has no types
def _wage(member: Record, month: int, base_month: int, wage_fen: int) -> None:
    i = month - base_month - VALUE_MONTH_OFFSET
    if wage_fen != MISSING_FEN and 0 <= i < N_VALUE_MONTHS:
        member.wage_yuan[i] = max(member.wage_yuan[i], min(max(wage_fen // 100, 0), 65535))


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _membership(member: Record, fact: Record, order: int) -> None:
    if order > member.member_order or (
        order == member.member_order and fact.fact > member.member_fact
    ):
        if member.member_order > 0 and member.household != fact.other:
            member.other_household_order = member.member_order
            member.other_household_fact = member.member_fact
            member.other_household = member.household
        member.member_order, member.member_fact = order, fact.fact
        member.household, member.region, member.birth = fact.other, fact.region, fact.birth
        member.relation, member.schooling = fact.relation, fact.schooling
        member.student, member.skill = fact.student, fact.skill
        member.health, member.disability = fact.health, fact.disability
        member.sex, member.ethnicity = fact.sex, fact.ethnicity
    elif fact.other != member.household and (
        order > member.other_household_order
        or (order == member.other_household_order and fact.fact > member.other_household_fact)
    ):
        member.other_household_order = order
        member.other_household_fact = fact.fact
        member.other_household = fact.other


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _job(member: Record, fact: Record, order: int, month: int, base_month: int) -> None:
    member.started |= month_bit(month, base_month)
    _wage(member, month, base_month, fact.wage_fen)
    if fact.organised == YES:
        member.first_organised = first_day(member.first_organised, fact.occurred_from)
    if fact.area == OUT_OF_PROVINCE or (
        fact.work_region != 0 and fact.work_region // 10000 != GUIZHOU
    ):
        member.first_cross_province = first_day(member.first_cross_province, fact.occurred_from)
    if order > member.job_order or (order == member.job_order and fact.fact > member.job_fact):
        member.job_order, member.job_fact = order, fact.fact
        member.employer, member.work_region = fact.employer, fact.work_region
        member.area, member.form = fact.area, fact.form
        member.industry, member.channel = fact.industry, fact.channel
        member.contract, member.organised = fact.contract, fact.organised
        member.contract_months = fact.contract_months


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _monthly_status(
    member: Record, fact: Record, priority: int, month_day: int, base_month: int
) -> None:
    if fact.worked == NO:
        member.idle |= month_bit(fact.month, base_month)
    elif fact.worked == YES:
        member.worked |= month_bit(fact.month, base_month)
        _wage(member, fact.month, base_month, fact.wage_fen)
        value = fact.area | (fact.industry << 8) | (fact.form << 16)
        member.status_month = max(member.status_month, pack(month_day, priority, value))
        if fact.area == OUT_OF_PROVINCE:
            member.first_cross_province = first_day(member.first_cross_province, month_day)


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _insurance(
    member: Record, fact: Record, priority: int, month_day: int, base_month: int
) -> None:
    year = (fact.month - base_month) // 12
    resident = fact.insurance == RESIDENT_PENSION or fact.insurance == RESIDENT_MEDICAL
    if fact.kind == INSURANCE_STATUS:
        if 1 <= fact.insurance <= N_LINES:
            i = fact.insurance - 1
            member.line[i] = max(member.line[i], pack(month_day, priority, fact.status))
    elif fact.kind == PAYMENT and fact.amount_fen <= 0:
        return  # a reversal pays nothing
    elif not resident:
        if fact.kind == PAYMENT and 1 <= fact.insurance <= N_LINES:
            member.paid[fact.insurance - 1] |= month_bit(fact.month, base_month)
    elif 0 <= year < 16:
        line = 0 if fact.insurance == RESIDENT_PENSION else 1
        member.resident_paid[line] |= np.uint16(1 << year)
        if line == 0 and fact.payer > PERSON_PAYS:
            member.resident_assisted |= np.uint16(1 << year)


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _migration(member: Record, fact: Record, priority: int, month: int, base_month: int) -> None:
    if fact.kind == RETURN:
        member.returned |= month_bit(month, base_month)
        value = fact.reason | (fact.intent << 8)
        member.return_ = max(member.return_, pack(fact.occurred_from, priority, value))
        return
    member.departed |= month_bit(month, base_month)
    value = fact.work_region | (fact.organised << 24)
    member.depart = max(member.depart, pack(fact.occurred_from, priority, value))
    if fact.organised == YES:
        member.first_organised = first_day(member.first_organised, fact.occurred_from)
    if fact.area == OUT_OF_PROVINCE or (
        fact.work_region != 0 and fact.work_region // 10000 != GUIZHOU
    ):
        member.first_cross_province = first_day(member.first_cross_province, fact.occurred_from)


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _service(member: Record, fact: Record) -> None:
    if fact.result == REFUSED or fact.result == NO_CONTACT or fact.service >= 6:
        return
    day = short(fact.occurred_to)
    member.service_last[fact.service] = max(member.service_last[fact.service], day)
    if fact.service == TRAINING:
        days = fact.occurred_to - fact.occurred_from + 1
        member.training_days = min(member.training_days + days, 65535)
    if fact.service == REFERRAL:
        for i in range(3):  # three latest distinct days, falling
            if day == member.referral_days[i]:
                return
            if day > member.referral_days[i]:
                held = member.referral_days[i]
                member.referral_days[i] = day
                day = held


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _person(
    member: Record, fact: Record, priority: int, month: int, month_day: int, base_month: int
) -> None:
    kind, day = fact.kind, fact.occurred_from
    order = pack(day, priority, 0)
    if kind == MEMBER_UPSERT:
        _membership(member, fact, order)
    elif kind == MEMBER_EXIT:
        member.exit = max(member.exit, pack(day, priority, fact.reason))
    elif kind == START:
        _job(member, fact, order, month, base_month)
    elif kind == END:
        member.ended |= month_bit(month, base_month)
        _wage(member, month, base_month, fact.wage_fen)
        member.end = max(member.end, pack(day, priority, fact.reason | (fact.arrears << 8)))
    elif kind == MONTHLY_STATUS:
        _monthly_status(member, fact, priority, month_day, base_month)
    elif kind == PLAN:
        value = fact.planned | (fact.training_wish << 8)
        member.plan = max(member.plan, pack(month_day, priority, value))
    elif kind == REGISTER:
        member.unemployment = max(member.unemployment, pack(day, priority, 1 | (fact.reason << 8)))
    elif kind == DEREGISTER:
        member.unemployment = max(member.unemployment, pack(day, priority, 2 | (fact.reason << 8)))
    elif kind in (INSURANCE_STATUS, PAYMENT, RESIDENT_ANNUAL):
        _insurance(member, fact, priority, month_day, base_month)
    elif kind in (DEPART, RETURN):
        _migration(member, fact, priority, month, base_month)
    elif kind == MEDICAL:
        i = month - base_month - VALUE_MONTH_OFFSET
        if fact.self_pay_fen > 0 and 0 <= i < N_VALUE_MONTHS:
            total = member.self_pay_yuan[i] + fact.self_pay_fen // 100
            member.self_pay_yuan[i] = min(total, 65535)
    elif kind == SERVICE:
        _service(member, fact)


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _household(row: Record, fact: Record, priority: int) -> None:
    if fact.kind == HOUSEHOLD_UPSERT:
        order = pack(fact.occurred_from, priority, 0)
        if order > row.place_order or (order == row.place_order and fact.fact > row.place_fact):
            row.place_order, row.place_fact = order, fact.fact
            row.region, row.household_type = fact.region, fact.household_type
            row.relocation = fact.relocation
    elif fact.kind == INCOME:
        order = pack(fact.occurred_to, priority, 0)
        if order > row.income_order or (order == row.income_order and fact.fact > row.income_fact):
            row.income_order, row.income_fact = order, fact.fact
            row.income_members = fact.n_members
            row.income_wage_fen = fact.income_wage_fen
            row.income_business_fen = fact.income_business_fen
            row.income_property_fen = fact.income_property_fen
            row.income_transfer_fen = fact.income_transfer_fen
            row.expense_fen, row.claim_fen = fact.expense_fen, fact.claim_fen
            row.self_pay_fen = fact.self_pay_fen


@numba.njit(cache=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _either(row: Record, fact: Record, priority: int) -> None:
    """Fold what may concern a person or a household; both layouts have these fields."""
    kind, day = fact.kind, fact.occurred_from
    inside = fact.category < N_CATEGORIES  # else compiled code would write into the next column
    if kind == CATEGORY_OPEN and inside:
        row.category_open[fact.category] = max(row.category_open[fact.category], short(day))
    elif kind == CATEGORY_CLOSE and inside:
        row.category_close[fact.category] = max(row.category_close[fact.category], short(day))
    elif kind == VISIT:
        value = fact.outcome | (fact.worked << 8) | ((fact.card & 0xFFFFF) << 12)
        row.visit = max(row.visit, pack(day, priority, value))
    elif kind == WARNING:
        row.warning = max(row.warning, pack(day, priority, fact.warning))
    elif kind == HARDSHIP:
        row.hardship = max(row.hardship, pack(day, priority, fact.risks))
    elif kind == MEASURE:
        row.measure = max(row.measure, pack(day, priority, fact.measure))


@numba.njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]  # numba has no types
def _fold(
    members: Record,
    households: Record,
    facts: Record,
    rows: Rows,
    hashes: npt.NDArray[np.uint64],
    priority_of: npt.NDArray[np.uint8],
    months: npt.NDArray[np.int32],
    month_days: npt.NDArray[np.int32],
    base_month: int,
) -> None:
    for i in range(facts.shape[0]):
        if rows[i] < 0:
            continue
        fact = facts[i]
        known = fact.kind < priority_of.shape[0] and fact.source < priority_of.shape[1]
        priority = int(priority_of[fact.kind, fact.source]) if known else 0
        if fact.subject_kind == PERSON:
            member = members[rows[i]]
            member.n_facts += 1
            member.facts_xor ^= hashes[i]
            _person(member, fact, priority, months[i], month_days[i], base_month)
            _either(member, fact, priority)
        elif fact.subject_kind == HOUSEHOLD:
            row = households[rows[i]]
            row.n_facts += 1
            row.facts_xor ^= hashes[i]
            _household(row, fact, priority)
            _either(row, fact, priority)


def fold(
    members: npt.NDArray[np.void],
    households: npt.NDArray[np.void],
    facts: FactArray,
    rows: Rows,
    *,
    base_month: int,
) -> None:
    """Fold effective facts into member and household rows, in place.

    Parameters
    ----------
    members, households
        Rows of `MEMBER` and `HOUSEHOLD_ROW`.
    facts
        Facts, shape (n,); an effective one is folded once in the life of these rows.
    rows
        Row of each fact's subject in `members` or `households`, -1 to pass it over, shape (n,).
    base_month
        First month of the window.
    """
    if not len(facts):
        return
    starts = (facts["month"].astype(np.int64) - 1970 * 12).astype("datetime64[M]")
    month_days = starts.astype("datetime64[D]").astype(np.int64).astype(np.int32)
    _fold(
        members,
        households,
        facts,
        rows,
        fact_version_hash(facts),
        priorities(),
        months_of_days(np.ascontiguousarray(facts["occurred_from"])),
        month_days,
        base_month,
    )
