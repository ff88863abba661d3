"""Evaluators of the rules about means: income, medical cost, the resident pension."""

from typing import Any

import numpy as np

from alerts.rules.signal import Hits, of_households, of_members
from alerts.rules.situation import Floats, Ints, Situation, packed_days
from streams.fact import MISSING_FEN
from streams.state import read
from streams.state.layout import N_VALUE_MONTHS, VALUE_MONTH_OFFSET
from yujing.domain.codes import MONITORED, Category, Measure, number
from yujing.domain.days import NEVER, from_day, months_of_days

PENSION_GROUPS = (
    Category.MINIMUM_LIVING, Category.DESTITUTE, *MONITORED, Category.SEVERELY_DISABLED,
)
_RELIEF = (number(Measure.MEDICAL), number(Measure.SOCIAL_ASSISTANCE))


def income_reference_fen(households: Any) -> Floats:
    """Return the yearly income reference (纳入监测的收入参考) per head in fen, NaN unknown.

    Net income (wage + business + property + transfer - business expense) + insurance claims -
    compliant self-paid medical cost, by the members of the assessment. Claims and self-paid cost
    are reported only when there were any; the five others must be known.

    Parameters
    ----------
    households
        Anything that gives the columns of `HOUSEHOLD_ROW` by name.
    """
    must = [
        "income_wage_fen", "income_business_fen", "income_property_fen", "income_transfer_fen",
        "expense_fen",
    ]
    known = (households["income_order"] != 0) & (households["income_members"] > 0)
    for name in must:
        known &= households[name] != MISSING_FEN
    total = sum(np.where(known, households[name], 0).astype(np.float64) for name in must[:4])
    total = total - np.where(known, households["expense_fen"], 0)
    for name, sign in (("claim_fen", 1.0), ("self_pay_fen", -1.0)):
        amount = households[name]
        total = total + sign * np.where(known & (amount != MISSING_FEN), amount, 0)
    heads = np.maximum(households["income_members"], 1)
    result: Floats = np.where(known, total / heads, np.nan)
    return result


def income_under_line(situation: Situation) -> Hits:
    """Return households whose latest assessment lies under the line of the year it ended in.

    A household whose place or year has no line is left out; `missing_line_years` names the years.
    """
    households = situation.households
    ended = packed_days(households["income_order"])
    line = income_lines_fen(situation, ended)
    reference = income_reference_fen(households)
    within = situation.of_households("rule.income_under_line.within_days")
    age = situation.day - ended
    with np.errstate(invalid="ignore"):
        mask = (reference < line) & (ended > NEVER) & (age <= within) & (age >= 0)
    return of_households(mask, ended, np.floor(reference / 100), line / 100)


def income_lines_fen(situation: Situation, ended: Ints) -> Floats:
    """Return the line of each household's place in the year its assessment ended, NaN unknown."""
    lines = np.full(len(situation.keys), np.nan)
    year = months_of_days(np.maximum(ended, 0).astype(np.int32)) // 12
    for one in np.unique(year[ended > NEVER]):
        here = (year == one) & (ended > NEVER)
        lines[here] = situation.policy.income_lines_fen(situation.regions[here], int(one))
    return lines


def missing_line_years(situation: Situation) -> list[int]:
    """Return the years of assessments for which no line is known; their line rule is skipped."""
    ended = packed_days(situation.households["income_order"])
    missing = np.isnan(income_lines_fen(situation, ended)) & (ended > NEVER)
    return sorted({from_day(int(day)).year for day in ended[missing]})


def self_pay(situation: Situation) -> Hits:
    """Return households whose compliant self-paid medical cost of the span reaches the threshold.

    Medical or social assistance given after the cost began covers it.
    """
    threshold = situation.of_households("rule.self_pay.yuan")
    n = situation.policy.whole("rule.self_pay.months", day=situation.as_of)
    last = situation.month - situation.state.base_month - VALUE_MONTH_OFFSET
    last = min(last, N_VALUE_MONTHS - 1)
    first = max(last - n + 1, 0)
    paid = situation.members["self_pay_yuan"][:, first : last + 1].astype(np.int64)
    sums = np.zeros(len(situation.keys), dtype=np.int64)
    np.add.at(sums, situation.household, paid.sum(axis=1))
    months = np.arange(first, last + 1)
    newest = np.where(paid > 0, months[None, :], -1).max(axis=1, initial=-1)
    newest_of = np.full(len(situation.keys), -1, dtype=np.int64)
    np.maximum.at(newest_of, situation.household, newest)
    since = situation.month_day(np.where(newest_of >= 0, newest_of + VALUE_MONTH_OFFSET, -1))
    return of_households((sums >= threshold) & ~_relieved(situation, since), since, sums)


def _relieved(situation: Situation, since: np.ndarray) -> np.ndarray:
    """Return the households that got medical or social assistance on or after a day."""
    register = situation.households["measure"]
    relieved = np.isin(read.packed_value(register).astype(np.int64) & 0xFF, _RELIEF)
    relieved &= packed_days(register) >= since
    own = situation.members["measure"]
    helped = np.isin(read.packed_value(own).astype(np.int64) & 0xFF, _RELIEF)
    helped &= packed_days(own) >= since[situation.household]
    result: np.ndarray = relieved | (situation.count(helped) > 0)
    return result


def pension_year(situation: Situation) -> int | None:
    """Return the year whose resident pension should be paid by now, None out of season."""
    month = situation.policy.whole("rule.pension_unpaid.month", day=situation.as_of)
    until = situation.policy.whole("rule.pension_unpaid.until_month", day=situation.as_of)
    if situation.as_of.month >= month:
        return situation.as_of.year
    return situation.as_of.year - 1 if situation.as_of.month <= until else None


def pension_unpaid(situation: Situation) -> Hits:
    """Return who could have the resident pension paid for and is not paid for the year."""
    everybody = np.zeros(len(situation.members), dtype=np.int64)
    year = pension_year(situation)
    if year is None:
        return of_members(situation, everybody.astype(bool), everybody, everybody)
    bit = year - situation.state.base_month // 12
    paid = (situation.members["resident_paid"][:, 0] >> np.uint16(bit)) & 1
    oldest = situation.of_members("pension.age_to")
    youngest = situation.of_members("labour.age_from")
    january = year * 12 - situation.state.base_month
    as_employee = (situation.paid >> np.uint64(max(january, 0))) != 0
    mask = situation.categories(PENSION_GROUPS) & (paid == 0) & ~as_employee
    mask &= (situation.age >= youngest) & (situation.age <= oldest)
    mask &= np.isin(situation.members["student"], (0, 1))
    since = np.full(len(situation.members), situation.day, dtype=np.int64)
    return of_members(situation, mask, since, np.full(len(since), year))
