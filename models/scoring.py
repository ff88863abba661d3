"""Both risks of everybody on a day, from the state and two scorecards, by table look-up."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from models.card import Scorecard
from models.features.bits import Floats
from models.features.context import Context
from models.features.declared import HOUSEHOLD, MEMBER
from models.features.household import household_columns, sums_of
from models.features.pay import year_wages
from models.features.person import person_columns
from models.features.policy import IncomePolicy
from models.features.snapshot import Rows, Snapshot, StateRows, household_members
from models.features.tables import FeatureTable, make_table, state_context
from models.features.work import EMPLOYED, Work, work_of
from models.points import probability

_FEN = 100
_WORTH_THREADS = 5_000  # members; below, two threads cost more than they save

T = TypeVar("T")


@dataclass(frozen=True)
class Scores:
    """What the models say of some members and of their households.

    Attributes
    ----------
    as_of
        The day of the question.
    members
        Row in the state of each member scored, rising.
    u90
        Probability of losing work within 90 days; NaN unless in work.
    work
        NOT_APPLICABLE, EMPLOYED, JOBLESS or STALE (see `models.features`), by member.
    jobless_days
        Days without work, NaN unless jobless.
    households
        Row in the state of each household scored, rising.
    p12
        Probability of falling below the line or of being monitored anew within twelve months.
    without_wage
        By member: the household's p12 if this member's wage were lost; NaN unless in work.
    household_of
        By member: place in `households`, -1 for none.
    member_table, household_table
        The features, for reasons.
    u90_id, p12_id
        The cards used.
    """

    as_of: date
    members: Rows
    u90: Floats
    work: npt.NDArray[np.uint8]
    jobless_days: Floats
    households: Rows
    p12: Floats
    without_wage: Floats
    household_of: Rows
    member_table: FeatureTable
    household_table: FeatureTable
    u90_id: str
    p12_id: str


def score(
    state: StateRows, *, as_of: date, u90: Scorecard, p12: Scorecard, policy: IncomePolicy,
    persons: Rows | None = None, context: Context | None = None,
) -> Scores:
    """Return both risks as of a day.

    Parameters
    ----------
    state
        Folded from facts known before `as_of`.
    u90, p12
        The cards in force.
    persons
        Member rows touched; scored are they and everybody of their households. None = all.
    context
        Context of the whole state of this day, when it was computed before.

    Notes
    -----
    With several processors the look-ups of members and households run side by side, unless they
    are so few that starting threads would take longer.
    """
    context = state_context(state, as_of=as_of, policy=policy) if context is None else context
    snapshot, homes = _looked_at(state, as_of, policy, persons)
    work = work_of(snapshot)
    sums = sums_of(snapshot, work)
    member_table, household_table = _both(
        lambda: make_table(
            MEMBER, person_columns(snapshot, work, sums, context), _rows(snapshot)),
        lambda: make_table(HOUSEHOLD, household_columns(snapshot, sums, homes), homes),
        at_once=len(snapshot.members) >= _WORTH_THREADS,
    )
    u90_logit, p12_logit = _both(
        lambda: u90.logit(member_table), lambda: p12.logit(household_table),
        at_once=len(snapshot.members) >= _WORTH_THREADS,
    )
    member_score = np.where(work.status == EMPLOYED, probability(u90_logit), np.nan)
    place = np.full(len(state.households) + 1, -1, dtype=np.int64)
    place[homes] = np.arange(len(homes))
    household_of = place[snapshot.household_of]
    return Scores(
        as_of, _rows(snapshot), member_score, work.status, work.jobless_days, homes,
        probability(p12_logit), _without_wage(snapshot, work, household_table, p12, household_of),
        household_of, member_table, household_table, u90.id, p12.id,
    )


def _both(one: Callable[[], T], other: Callable[[], T], *, at_once: bool) -> tuple[T, T]:
    """Return what two functions return, called side by side or one after the other."""
    if not at_once:
        return one(), other()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(one)
        second = other()
        return first.result(), second


def _looked_at(
    state: StateRows, as_of: date, policy: IncomePolicy, persons: Rows | None
) -> tuple[Snapshot, Rows]:
    """Return the snapshot of all members concerned and the household rows concerned."""
    if persons is None:
        return Snapshot(state, as_of, policy), np.arange(len(state.households))
    touched = np.asarray(persons, dtype=np.int64)
    keys = np.ascontiguousarray(state.members["household"][touched])
    homes = np.unique(state.household_rows(keys))
    homes = homes[homes >= 0]
    rows = np.union1d(household_members(state, homes), touched)
    return Snapshot(state, as_of, policy, rows), homes


def _rows(snapshot: Snapshot) -> Rows:
    """Return the member rows of a snapshot."""
    return np.arange(len(snapshot.members)) if snapshot.rows is None else snapshot.rows


def _without_wage(
    snapshot: Snapshot, work: Work, table: FeatureTable, p12: Scorecard, household_of: Rows
) -> Floats:
    """Return each worker's household risk had it no longer this worker's wage.

    Only the features that speak of wages now and of who is in work are moved; what a loss would
    change later is left out, so this is a lower bound.
    """
    out = np.full(len(snapshot.members), np.nan)
    rows = np.flatnonzero((work.status == EMPLOYED) & (household_of >= 0))
    if not len(rows):
        return out
    X = table.X[household_of[rows]].astype(np.float64)
    at = {name: column for column, name in enumerate(table.names)}
    homes = table.rows[household_of[rows]]
    line = snapshot.line_fen[homes] / _FEN
    a_head = np.nan_to_num(year_wages(snapshot)[rows]) / np.maximum(X[:, at["size"]], 1)
    X[:, at["projected_margin"]] -= a_head / line
    X[:, at["employed_labourers"]] -= 1
    X[:, at["employed_share"]] = X[:, at["employed_labourers"]] / np.maximum(
        X[:, at["labourers"]], 1)
    X[:, at["single_earner"]] = X[:, at["employed_labourers"]] == 1
    moved = FeatureTable(table.names, X.astype(np.float32), homes)
    out[rows] = p12.probability(moved)
    return out
