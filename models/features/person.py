"""Features of a member: own work, insurance, migration and surroundings."""

import numpy as np
import numpy.typing as npt

from models.features.bits import (
    NO_DAY,
    Bools,
    Floats,
    code,
    known,
    months_counted,
    months_since,
    register_day,
    register_value,
)
from models.features.context import (
    Context,
    festival_days,
    sector_keys,
    struck,
    township_keys,
)
from models.features.household import HouseholdSums
from models.features.pay import earlier_wage, newest_wage, recent_wage, wage_before, wages_in_job
from models.features.snapshot import Snapshot, days_before
from models.features.work import EMPLOYED, Work, month_ends
from yujing.domain.codes import Answer, Health, InsuranceStatus, number

_YEAR, _TWO_YEARS = 365, 730
_PLAN_DAYS = 120
_NO_TERM_MONTHS = 12        # a contract whose term is not said counts as a year
_NO, _YES = number(Answer.NO), number(Answer.YES)
_STOPS = (number(InsuranceStatus.SUSPEND), number(InsuranceStatus.TERMINATE))
_REGISTERED = 1             # low byte of the unemployment register


def person_columns(
    snapshot: Snapshot, work: Work, sums: HouseholdSums, context: Context
) -> dict[str, Floats]:
    """Return every member feature by name, one value a row of the snapshot."""
    columns = _demography(snapshot)
    columns |= _job(snapshot, work)
    columns |= _wage(snapshot, work, context)
    columns |= _insurance(snapshot, work)
    columns |= _migration(snapshot, work)
    columns |= _surroundings(snapshot, sums, context)
    return columns


def ill_health(health: npt.NDArray[np.uint8]) -> Floats:
    """Return 0 healthy, 1 chronic illness, 2 serious illness or disability, NaN unknown."""
    chronic = (health & (1 << number(Health.CHRONIC))) > 0
    serious = (health & (1 << number(Health.SERIOUS) | 1 << number(Health.DISABLED))) > 0
    unknown = (health & ~np.uint8(1 << number(Health.UNKNOWN))) == 0
    return np.where(unknown, np.nan, np.where(serious, 2.0, chronic.astype(np.float64)))


def at_home(snapshot: Snapshot) -> Bools:
    """Return who came home, as far as is known, and has not left again."""
    back = register_day(snapshot.members["return_"])
    return (back > NO_DAY) & (back >= register_day(snapshot.members["depart"]))


def _demography(snapshot: Snapshot) -> dict[str, Floats]:
    members = snapshot.members
    return {
        "age_years": np.floor(snapshot.age),
        "schooling": code(members["schooling"]),
        "skill": code(members["skill"]),
        "ill_health": ill_health(members["health"]),
    }


def _job(snapshot: Snapshot, work: Work) -> dict[str, Floats]:
    members, last, day = snapshot.members, snapshot.last_month, snapshot.day
    in_job = (work.status == EMPLOYED) & (work.start_day > work.end_day)
    ended = days_before(day, work.end_day, _TWO_YEARS)
    reason = register_value(members["end"]) & 0xFF
    reported = members["worked"] | members["idle"]
    term = np.where(members["contract_months"] > 0, members["contract_months"], _NO_TERM_MONTHS)
    contract = np.where(members["contract"] == _YES, term, 0)
    return {
        "evidence_age_days": days_before(day, work.evidence_day, 10**5),
        "tenure_days": np.where(in_job, days_before(day, work.start_day, 10**5), np.nan),
        "months_worked_12": months_counted(members["worked"], last, 12),
        "months_worked_24": months_counted(members["worked"], last, 24),
        "idle_months_12": months_counted(members["idle"], last, 12),
        "unreported_months_6": 6 - months_counted(reported, last, 6),
        "job_starts_24": months_counted(members["started"], last + 1, 24),
        "job_ends_24": months_counted(members["ended"], last + 1, 24),
        "days_since_job_end": ended,
        "last_end_reason": np.where(np.isnan(ended), np.nan, code(reason)),
        "industry": code(members["industry"]),
        "form": code(members["form"]),
        "area": code(members["area"]),
        "channel": code(members["channel"]),
        "contract_months": known(contract, members["contract"] > 0),
        "organised": known(members["organised"] == _YES, members["organised"] > 0),
    }


def _wage(snapshot: Snapshot, work: Work, context: Context) -> dict[str, Floats]:
    wage, before = recent_wage(snapshot), earlier_wage(snapshot)
    in_job = wages_in_job(snapshot, work.start_day)   # another job pays another wage
    return {
        "wage_yuan": wage,
        "wage_to_sector": wage / context.sector_wage.of(sector_keys(snapshot.members)),
        "wage_change": wage / before - 1,
        "wage_drop": newest_wage(snapshot, in_job) / wage_before(snapshot, in_job) - 1,
    }


def _insurance(snapshot: Snapshot, work: Work) -> dict[str, Floats]:
    members, last, day = snapshot.members, snapshot.last_month, snapshot.day
    lines = np.ascontiguousarray(members["paid"])
    paid = np.bitwise_or.reduce(lines, axis=1)
    status = members["line"]
    stopped = np.isin(register_value(status) & 0xFF, _STOPS)
    stop_day = np.where(stopped, register_day(status), NO_DAY).max(axis=1)
    stop_day = np.where(stop_day > work.start_day, stop_day, NO_DAY)   # not of an earlier job
    in_payment = [months_counted(lines[:, line], last, 3) > 0 for line in range(lines.shape[1])]
    gap = months_since(paid, last, 24)
    gap_days = days_before(day, month_ends(snapshot, last - gap), _TWO_YEARS)
    since_start = np.where(work.start_day > NO_DAY, day - work.start_day, _TWO_YEARS)
    return {
        "insured_months_6": months_counted(paid, last, 6),
        "insurance_gap_months": gap,
        "insurance_gap_in_job": np.where(gap_days < since_start, gap, np.nan),
        "insurance_lines": np.sum(in_payment, axis=0, dtype=np.float64),
        "insurance_stop_days": days_before(day, stop_day, _YEAR),
    }


def _migration(snapshot: Snapshot, work: Work) -> dict[str, Floats]:
    members, day = snapshot.members, snapshot.day
    home = days_before(day, register_day(members["return_"]), _YEAR)
    since_start = register_day(members["return_"]) >= work.start_day
    home = np.where(at_home(snapshot) & since_start, home, np.nan)
    value = register_value(members["return_"])
    plan = days_before(day, register_day(members["plan"]), _PLAN_DAYS)
    planned = register_value(members["plan"]) & 0xFF
    signed = register_value(members["unemployment"]) & 0xFF == _REGISTERED
    signed_days = days_before(day, register_day(members["unemployment"]), _YEAR)
    return {
        "home_days": home,
        "return_reason": np.where(np.isnan(home), np.nan, code(value & 0xFF)),
        "return_intent": np.where(np.isnan(home), np.nan, code((value >> 8) & 0xFF)),
        "plans_to_leave": known(planned == _YES, ~np.isnan(plan) & (planned > 0)),
        "registered_jobless_days": np.where(signed, signed_days, np.nan),
    }


def _surroundings(
    snapshot: Snapshot, sums: HouseholdSums, context: Context
) -> dict[str, Floats]:
    members, home = snapshot.members, snapshot.household_of
    employer = np.ascontiguousarray(members["employer"])
    labourers = np.maximum(sums.of(home, "labourers"), 1)
    festival = float(festival_days(snapshot.day))
    return {
        "dependants_per_labourer": sums.of(home, "dependants") / labourers,
        "ill_in_household": sums.of(home, "ill_members"),
        "employer_end_share": context.employer_end_share.of(employer),
        "employer_workers": context.employer_workers.of(employer),
        "sector_end_share": context.sector_end_share.of(sector_keys(members)),
        "township_return_excess": context.township_return_excess.of(township_keys(members)),
        "days_to_festival": np.full(len(members), festival),
        "disaster": struck(snapshot.state, members["region"], snapshot.day).astype(np.float64),
    }


__all__ = ["at_home", "ill_health", "person_columns"]
