"""P12: whether a household falls below the line, or is newly monitored, within 12 months.

The two parts are told apart (`reason`), because the second depends on who was looked at. A
household that splits is positive if any household that holds its members is.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from models.features.policy import PROVINCE, IncomePolicy
from models.labels.knowledge import IDENTITY_LINK, Knowledge, resolve
from models.labels.outcome import NEGATIVE, POSITIVE, UNKNOWN, Outcomes, label_date
from streams.fact import HOUSEHOLD, MISSING_FEN, PERSON, FactArray
from yujing.domain.codes import MONITORED, number
from yujing.domain.days import to_day

P12_HORIZON_DAYS = 365

_MEMBER, _OPEN, _INCOME = 1, 5, 18
_KINDS = (IDENTITY_LINK, _MEMBER, _OPEN, _INCOME)
_MONITORED = [number(category) for category in MONITORED]
_COUNTY = 10**6

ABOVE_LINE, BELOW_LINE, MONITORED_NEW, NOT_ASSESSED, ALREADY_MONITORED = 0, 1, 2, 3, 4

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class HouseholdCohort:
    """Households asked about, with their members on the day.

    Attributes
    ----------
    keys
        Household keys.
    members
        Keys of the members present.
    member_of
        Place in `keys` of each member's household.
    """

    keys: Keys
    members: Keys
    member_of: Rows


def p12(
    knowledge: Knowledge, as_of: date, cohort: HouseholdCohort, policy: IncomePolicy, *,
    known: date | None = None,
) -> Outcomes:
    """Return whether each household of a cohort fell below the line or was newly monitored.

    Parameters
    ----------
    knowledge
        The history.
    as_of
        The day of the question.
    cohort
        Households not monitored and not known to be below the line on `as_of`.
    policy
        Income lines; a missing year raises.
    known
        Day of the knowledge that is used; by default the label date, 425 days later.

    Raises
    ------
    ReferenceDataError
        If the line of a year in which an income was assessed is missing.
    """
    facts = knowledge.effective(known or label_date(as_of, P12_HORIZON_DAYS), _KINDS)
    links = facts[facts["kind"] == IDENTITY_LINK]
    first, last = to_day(as_of), to_day(as_of) + P12_HORIZON_DAYS
    holders = _holders(facts, links, cohort)
    homes = np.unique(np.concatenate([cohort.keys, holders.household]))
    events = _events(facts, links, cohort, homes, policy, first, last)
    pair_of = np.concatenate([np.arange(len(cohort.keys)), holders.cohort])
    pair_home = np.searchsorted(homes, np.concatenate([cohort.keys, holders.household]))
    below = _first_day(pair_of, events.below[pair_home], len(cohort.keys))
    opened = _first_day(pair_of, events.opened[pair_home], len(cohort.keys))
    assessed = _first_day(pair_of, events.assessed[pair_home], len(cohort.keys)) < _LATER
    before = events.monitored_before[np.searchsorted(homes, cohort.keys)]

    onset = np.minimum(below, opened)
    y = np.where(onset < _LATER, POSITIVE, np.where(assessed, NEGATIVE, UNKNOWN))
    reason = np.where(below < _LATER, BELOW_LINE, np.where(opened < _LATER, MONITORED_NEW,
                      np.where(assessed, ABOVE_LINE, NOT_ASSESSED)))
    y = np.where(before, UNKNOWN, y).astype(np.int8)
    reason = np.where(before, ALREADY_MONITORED, reason).astype(np.uint8)
    return Outcomes(cohort.keys, y, np.where(y == POSITIVE, onset, 0).astype(np.int32), reason)


@dataclass(frozen=True)
class _Holders:
    """Which households hold the members of the cohort at the label date."""

    cohort: Rows
    household: Keys


@dataclass(frozen=True)
class _Events:
    """First day of each event by household, `_LATER` for none."""

    below: Rows
    opened: Rows
    assessed: Rows
    monitored_before: npt.NDArray[np.bool_]


_LATER = 2**40


def _memberships(facts: FactArray, links: FactArray) -> tuple[Keys, Keys]:
    """Return the persons, sorted, and the household of each by the latest statement."""
    rows = facts[facts["kind"] == _MEMBER]
    person = resolve(rows["subject"], links)
    order = np.lexsort((rows["fact"], rows["known_at"], rows["occurred_from"], person))
    person = person[order]
    latest = np.flatnonzero(np.append(person[1:] != person[:-1], True)) if len(person) else order
    return person[latest], rows["other"][order][latest]


def _holders(facts: FactArray, links: FactArray, cohort: HouseholdCohort) -> _Holders:
    """Return the households that hold the cohort's members at the label date."""
    persons, households = _memberships(facts, links)
    asked = resolve(cohort.members, links)
    if not len(persons):
        return _Holders(np.empty(0, np.int64), np.empty(0, np.uint64))
    place = np.minimum(np.searchsorted(persons, asked), len(persons) - 1)
    found = (persons[place] == asked) & (households[place] != 0)
    return _Holders(cohort.member_of[found], households[place][found])


def _events(
    facts: FactArray, links: FactArray, cohort: HouseholdCohort, homes: Keys,
    policy: IncomePolicy, first: int, last: int,
) -> _Events:
    """Return what happened to each household of `homes` after day `first` and up to day `last`."""
    income = facts[(facts["kind"] == _INCOME) & (facts["occurred_to"] > first)
                   & (facts["occurred_to"] <= last)]
    under = _is_below(income, policy)
    opens = facts[(facts["kind"] == _OPEN) & np.isin(facts["category"], _MONITORED)]
    household = _household_of(opens, facts, links, cohort)
    day = opens["occurred_from"]
    new = (day > first) & (day <= last)
    # known only later, so the state of `as_of` could not leave it out
    earlier = household[(day <= first) & (day > first - P12_HORIZON_DAYS)]
    return _Events(
        below=_day_by_home(homes, income["subject"][under], income["occurred_to"][under]),
        opened=_day_by_home(homes, household[new], day[new]),
        assessed=_day_by_home(homes, income["subject"], income["occurred_to"]),
        monitored_before=np.isin(homes, earlier),
    )


def _household_of(
    opens: FactArray, facts: FactArray, links: FactArray, cohort: HouseholdCohort
) -> Keys:
    """Return the household that each opened category concerns; a person's counts for the home."""
    persons, households = _memberships(facts, links)
    if not len(persons):
        return np.where(opens["subject_kind"] == HOUSEHOLD, opens["subject"], 0).astype(np.uint64)
    asked = resolve(opens["subject"], links)
    place = np.minimum(np.searchsorted(persons, asked), len(persons) - 1)
    is_person = (opens["subject_kind"] == PERSON) & (persons[place] == asked)
    return np.where(is_person, households[place], opens["subject"])


def _is_below(income: FactArray, policy: IncomePolicy) -> npt.NDArray[np.bool_]:
    """Return which assessments lie below the line of their place and year."""
    year = 1970 + income["occurred_to"].astype("datetime64[D]").astype("datetime64[Y]").astype(int)
    county = income["region"] // _COUNTY
    line = np.zeros(len(income))
    pairs, inverse = np.unique(np.column_stack([county, year]), axis=0, return_inverse=True)
    for place, (code, when) in enumerate(pairs):
        region = int(code) * _COUNTY or PROVINCE
        line[inverse.reshape(-1) == place] = policy.income_line_fen(region, int(when))
    return reference_fen(income) < line


def reference_fen(income: FactArray) -> npt.NDArray[np.float64]:
    """Return the income a head that is compared with the line, in fen (收入参考).

    Wages, business, property and transfers, less the cost of business, plus insurance claims, less
    self-paid medical cost, over the members. A part that was not reported counts as nothing.
    """
    def fen(name: str) -> npt.NDArray[np.float64]:
        return np.where(income[name] == MISSING_FEN, 0, income[name]).astype(np.float64)

    gained = (fen("income_wage_fen") + fen("income_business_fen") + fen("income_property_fen")
              + fen("income_transfer_fen") + fen("claim_fen"))
    kept = gained - fen("expense_fen") - fen("self_pay_fen")
    a_head: npt.NDArray[np.float64] = kept / np.maximum(income["n_members"], 1)
    return a_head


def _day_by_home(homes: Keys, keys: Keys, days: npt.NDArray[np.int32]) -> Rows:
    """Return the first day by household, `_LATER` where there is none."""
    first = np.full(len(homes), _LATER, dtype=np.int64)
    if len(homes) and len(keys):
        place = np.minimum(np.searchsorted(homes, keys), len(homes) - 1)
        found = homes[place] == keys
        np.minimum.at(first, place[found], days[found].astype(np.int64))
    return first


def _first_day(pair_of: Rows, days: Rows, n: int) -> Rows:
    """Return the first day over all households that hold members of each cohort household."""
    first = np.full(n, _LATER, dtype=np.int64)
    np.minimum.at(first, pair_of, days)
    return first
