"""The two feature tables, in the declared order, for all rows or some."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from models.features.bits import Floats
from models.features.context import Context, context_from, neighbours
from models.features.declared import HOUSEHOLD, MEMBER, features_of
from models.features.household import household_columns, sums_of
from models.features.pay import recent_wage
from models.features.person import person_columns
from models.features.policy import IncomePolicy
from models.features.snapshot import Rows, Snapshot, StateRows, household_members
from models.features.tallies import ContextPart
from models.features.work import work_of


@dataclass(frozen=True)
class FeatureTable:
    """Feature values of some rows of the state.

    Attributes
    ----------
    names
        Names of the columns, in the declared order.
    X
        Values, float32, NaN = unknown; shape (n_rows, n_features).
    rows
        Row in the state of each row of `X`.
    """

    names: tuple[str, ...]
    X: npt.NDArray[np.float32]
    rows: Rows

    def column(self, name: str) -> npt.NDArray[np.float32]:
        """Return one column by name."""
        return self.X[:, self.names.index(name)]


def person_table(
    state: StateRows, *, as_of: date, policy: IncomePolicy, rows: Rows | None = None,
    context: Context | None = None,
) -> FeatureTable:
    """Return the member features of a state folded from what was known before `as_of`.

    Parameters
    ----------
    state
        Folded from facts with `known_at` before `cutoff_s(as_of)`.
    rows
        Member rows wanted; None = all.
    context
        Context of the whole state, when it was computed before; it must be of the same day.

    Notes
    -----
    For some rows only their households are looked at, so a batch costs what it touches (and one
    pass to find the members, and one for the context when it is not given).
    """
    wanted = np.arange(len(state.members)) if rows is None else np.asarray(rows, dtype=np.int64)
    context = state_context(state, as_of=as_of, policy=policy) if context is None else context
    snapshot = Snapshot(state, as_of, policy)
    if rows is not None:
        homes = state.household_rows(np.ascontiguousarray(state.members["household"][wanted]))
        around = household_members(state, np.unique(homes[homes >= 0]))
        snapshot = Snapshot(state, as_of, policy, np.union1d(around, wanted))
    work = work_of(snapshot)
    columns = person_columns(snapshot, work, sums_of(snapshot, work), context)
    picked = wanted if snapshot.rows is None else np.searchsorted(snapshot.rows, wanted)
    return make_table(MEMBER, {name: values[picked] for name, values in columns.items()}, wanted)


def household_table(
    state: StateRows, *, as_of: date, policy: IncomePolicy, rows: Rows | None = None
) -> FeatureTable:
    """Return the household features of a state folded from what was known before `as_of`.

    Parameters
    ----------
    state
        Folded from facts with `known_at` before `cutoff_s(as_of)`.
    rows
        Household rows wanted; None = all.
    """
    wanted = np.arange(len(state.households)) if rows is None else np.asarray(rows, np.int64)
    around = None if rows is None else household_members(state, np.unique(wanted))
    snapshot = Snapshot(state, as_of, policy, around)
    columns = household_columns(snapshot, sums_of(snapshot, work_of(snapshot)), wanted)
    return make_table(HOUSEHOLD, columns, wanted)


def state_context(state: StateRows, *, as_of: date, policy: IncomePolicy) -> Context:
    """Return the context of a whole state, to be shared by several tables of one day."""
    return context_from(state_context_part(state, as_of=as_of, policy=policy))


def state_context_part(state: StateRows, *, as_of: date, policy: IncomePolicy) -> ContextPart:
    """Return what a part of a county's state adds to its context of a day."""
    part = Snapshot(state, as_of, policy)
    said = neighbours(part, work_of(part), recent_wage(part))
    return said.part(np.arange(len(part.members)))


def state_context_parts(
    state: StateRows, groups: npt.NDArray[np.int64], *, as_of: date, policy: IncomePolicy
) -> dict[int, ContextPart]:
    """Return what each group of members adds to the context of a day.

    Parameters
    ----------
    groups
        Number of the group of each member row.
    """
    whole = Snapshot(state, as_of, policy)
    said = neighbours(whole, work_of(whole), recent_wage(whole))
    order = np.argsort(groups, kind="stable")
    numbers, first = np.unique(groups[order], return_index=True)
    ends = [*first[1:], len(order)]
    return {
        int(number): said.part(order[start:end])
        for number, start, end in zip(numbers, first, ends[: len(numbers)], strict=True)
    }


def make_table(level: str, columns: dict[str, Floats], rows: Rows) -> FeatureTable:
    """Return columns in the declared order as one array."""
    names = tuple(feature.name for feature in features_of(level))
    X = np.empty((len(rows), len(names)), dtype=np.float32)
    for place, name in enumerate(names):
        X[:, place] = columns[name]
    return FeatureTable(names, X, rows)
