"""Features of a household: income against the line, who earns, who depends, what happened."""

from dataclasses import dataclass

import numpy as np

from models.features.bits import (
    NO_DAY,
    Bools,
    Floats,
    months_counted,
    register_day,
    short_day,
)
from models.features.context import months_since_january, struck
from models.features.pay import earlier_wage, recent_wage, self_paid, year_wages
from models.features.snapshot import Rows, Snapshot, Structured, days_before
from models.features.work import EMPLOYED, Work
from streams.fact import MISSING_FEN
from streams.state.read import in_category
from yujing.domain.codes import MONITORED, Answer, Category, Health, Student, number

CHILD_BELOW, OLD_FROM = 16, 60
_YEAR, _EVER = 365, 10**5
_QUARTER_DAYS, _SETTLED_DAYS = 90, 30
_YES = number(Answer.YES)
_FEN = 100
_GRID = 2.0**10


@dataclass(frozen=True)
class HouseholdSums:
    """Sums over the present members of each household row of the state."""

    values: dict[str, Floats]

    def of(self, rows: Rows, name: str) -> Floats:
        """Return the sum `name` of each household row, NaN for row -1."""
        values = self.values[name]
        if not len(values):
            return np.full(len(rows), np.nan)
        return np.where(rows >= 0, values[rows], np.nan)


def sums_of(snapshot: Snapshot, work: Work) -> HouseholdSums:
    """Return what household features need of the members, added up by household."""
    members, last = snapshot.members, snapshot.last_month
    home, labourer = snapshot.household_of, snapshot.labourer
    inside = home >= 0
    n = len(snapshot.state.households)
    health, student = members["health"], members["student"]
    young = snapshot.age < CHILD_BELOW
    serious = (health & (1 << number(Health.SERIOUS))) > 0
    ill = serious | ((health & (1 << number(Health.CHRONIC) | 1 << number(Health.DISABLED))) > 0)
    employed = work.status == EMPLOYED
    out_of_work = (work.end_day >= snapshot.day - _QUARTER_DAYS) & ~employed & labourer
    paid = np.bitwise_or.reduce(members["paid"], axis=1)
    wage, before, year = recent_wage(snapshot), earlier_wage(snapshot), year_wages(snapshot)
    both = ~np.isnan(wage) & ~np.isnan(before)
    per_member = {
        "size": inside,
        "labourers": labourer,
        "employed_labourers": employed,
        "dependants": snapshot.in_school | young | (snapshot.age >= OLD_FROM),
        "higher_students": student >= number(Student.SENIOR),
        "ill_members": ill,
        "seriously_ill": serious,
        "months_worked_12": months_counted(members["worked"], last, 12) * labourer,
        "idle_months_3": months_counted(members["idle"], last, 3) * labourer,
        "job_ends_90d": out_of_work,
        "insured_members": months_counted(paid, last, 3) > 0,
        "returned_home": _settled_at_home(snapshot) & ~employed,
        "self_pay_yuan_3": self_paid(snapshot, 3),
        "self_pay_yuan_12": self_paid(snapshot, 12),
        "wages": np.nan_to_num(wage),
        "wages_known": ~np.isnan(wage),
        "wages_with_before": np.where(both, wage, 0.0),
        "wages_before": np.where(both, before, 0.0),
        "year_wages": np.nan_to_num(year),
        "year_wages_unknown": np.isnan(year),
    }
    sums: dict[str, Floats] = {}
    for name, values in per_member.items():
        # on a grid sums are exact, so the order of the rows cannot move them
        exact = np.round(values[inside].astype(np.float64) * _GRID) / _GRID
        sums[name] = np.bincount(home[inside], weights=exact, minlength=n).astype(np.float64)
    return HouseholdSums(sums)


def household_columns(
    snapshot: Snapshot, sums: HouseholdSums, rows: Rows
) -> dict[str, Floats]:
    """Return every household feature by name, one value a household row in `rows`."""
    columns = _income(snapshot, sums, rows)
    columns |= _people(sums, rows)
    columns |= _wages(sums, rows)
    columns |= _history(snapshot, rows)
    columns["left_members_12"] = _left(snapshot)[rows]
    columns["oldest_years"] = _oldest(snapshot)[rows]
    return columns


def monitored(snapshot: Snapshot) -> Bools:
    """Return which households are monitored now, in their own name or in a member's."""
    numbers = [number(category) for category in MONITORED]

    def open_in(rows: Structured) -> Bools:
        is_open = in_category(rows["category_open"], rows["category_close"], snapshot.day)
        return np.asarray(is_open[:, numbers].any(axis=1))

    own = open_in(snapshot.state.households)
    homes = snapshot.household_of[open_in(snapshot.members) & (snapshot.household_of >= 0)]
    own[homes] = True
    return own


def _settled_at_home(snapshot: Snapshot) -> Bools:
    """Return who has been home for a month to a year without leaving again."""
    back = register_day(snapshot.members["return_"])
    stayed = (back > NO_DAY) & (back >= register_day(snapshot.members["depart"]))
    return stayed & (snapshot.day - back >= _SETTLED_DAYS) & (snapshot.day - back <= _YEAR)


def _income(snapshot: Snapshot, sums: HouseholdSums, rows: Rows) -> dict[str, Floats]:
    """Return income against the line, as assessed and as the months since suggest."""
    homes = snapshot.state.households[rows]
    amounts = {name: _yuan(homes[f"{name}_fen"]) for name in (
        "income_wage", "income_business", "income_property", "income_transfer", "expense",
        "claim", "self_pay",
    )}
    assessed = homes["income_order"] > 0
    other = (amounts["income_business"] + amounts["income_property"] + amounts["income_transfer"]
             - amounts["expense"] + amounts["claim"])
    line = snapshot.line_fen[rows] / _FEN
    size = sums.values["size"][rows]
    heads = np.where(homes["income_members"] > 0, homes["income_members"], size)
    reference = _over(amounts["income_wage"] + other - amounts["self_pay"], heads)
    wages_now = np.where(
        sums.values["year_wages_unknown"][rows] > 0, np.nan, sums.values["year_wages"][rows]
    )
    projected = wages_now + other - sums.values["self_pay_yuan_12"][rows]
    gross = (amounts["income_wage"] + amounts["income_business"] + amounts["income_property"]
             + amounts["income_transfer"])
    day = register_day(homes["income_order"])
    known = {
        "margin_to_line": reference / line - 1,
        "projected_margin": _over(projected, size) / line - 1,
        "income_age_days": days_before(snapshot.day, day, _EVER),
        "wage_share": _over(amounts["income_wage"], gross),
        "transfer_share": _over(amounts["income_transfer"], gross),
        "farm_share": _over(amounts["income_business"], gross),
        "assessed_self_pay": _over(amounts["self_pay"], gross),
    }
    return {name: np.where(assessed, values, np.nan) for name, values in known.items()}


def _people(sums: HouseholdSums, rows: Rows) -> dict[str, Floats]:
    """Return who lives in the household and who of them works."""
    names = (
        "size", "labourers", "employed_labourers", "dependants", "higher_students", "ill_members",
        "seriously_ill", "idle_months_3", "job_ends_90d", "insured_members", "returned_home",
        "self_pay_yuan_3", "self_pay_yuan_12",
    )
    columns = {name: sums.values[name][rows] for name in names}
    labourers = columns["labourers"]
    columns["employed_share"] = _over(columns["employed_labourers"], labourers)
    columns["single_earner"] = (columns["employed_labourers"] == 1).astype(np.float64)
    columns["household_months_worked_12"] = _over(sums.values["months_worked_12"][rows], labourers)
    return columns


def _wages(sums: HouseholdSums, rows: Rows) -> dict[str, Floats]:
    """Return wages a head and their change."""
    values = {name: column[rows] for name, column in sums.values.items()}
    a_head = _over(values["wages"], values["size"])
    return {
        "wages_yuan_3": np.where(values["wages_known"] > 0, a_head, np.nan),
        "household_wage_change": _over(values["wages_with_before"], values["wages_before"]) - 1,
    }


def _history(snapshot: Snapshot, rows: Rows) -> dict[str, Floats]:
    """Return dated facts of the household itself."""
    homes, day = snapshot.state.households[rows], snapshot.day
    closed = short_day(homes["category_close"])
    is_open = in_category(homes["category_open"], homes["category_close"], day)
    monitored = [number(category) for category in MONITORED]
    support = [number(Category.MINIMUM_LIVING), number(Category.DESTITUTE)]
    relocated = is_open[:, number(Category.RELOCATED)] | (homes["relocation"] == _YES)
    return {
        "relocated": relocated.astype(np.float64),
        "minimum_living": is_open[:, support].any(axis=1).astype(np.float64),
        "days_since_monitored": days_before(day, closed[:, monitored].max(axis=1), _EVER),
        "days_since_warning": days_before(day, register_day(homes["warning"]), _YEAR),
        "days_since_hardship": days_before(day, register_day(homes["hardship"]), _YEAR),
        "household_disaster": struck(snapshot.state, homes["region"], day).astype(np.float64),
        "months_since_line_change": np.full(len(rows), float(months_since_january(day))),
    }


def _left(snapshot: Snapshot) -> Floats:
    """Return how many members left each household in twelve months."""
    members = snapshot.members
    gone = days_before(snapshot.day, register_day(members["exit"]), _YEAR)
    rows = snapshot.state.household_rows(np.ascontiguousarray(members["household"]))
    counted = ~np.isnan(gone) & ~snapshot.present & (rows >= 0)
    return np.bincount(rows[counted], minlength=len(snapshot.state.households)).astype(np.float64)


def _oldest(snapshot: Snapshot) -> Floats:
    """Return the age of the oldest present member, NaN unknown."""
    oldest = np.full(len(snapshot.state.households), -np.inf)
    known = (snapshot.household_of >= 0) & ~np.isnan(snapshot.age)
    np.maximum.at(oldest, snapshot.household_of[known], np.floor(snapshot.age[known]))
    return np.where(np.isfinite(oldest), oldest, np.nan)


def _yuan(fen: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """Return fen as yuan, NaN where no amount was reported."""
    return np.where(fen == MISSING_FEN, np.nan, fen / _FEN)


def _over(numerator: Floats, denominator: Floats) -> Floats:
    """Return a ratio, NaN where the denominator is not positive or unknown."""
    shape = np.broadcast_shapes(np.shape(numerator), np.shape(denominator))
    positive = np.broadcast_to(denominator > 0, shape)
    ratio: Floats = np.divide(numerator, denominator, out=np.full(shape, np.nan), where=positive)
    return ratio


__all__ = ["HouseholdSums", "household_columns", "sums_of"]
