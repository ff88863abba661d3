"""Rolling data sets: who was in the cohort on each index date, and what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from models.features.context import Context
from models.features.declared import HOUSEHOLD, MEMBER, features_of
from models.features.household import household_columns, monitored, sums_of
from models.features.person import person_columns
from models.features.policy import IncomePolicy
from models.features.snapshot import Rows, Snapshot, StateRows
from models.features.tables import make_table, state_context
from models.features.work import EMPLOYED, work_of
from models.labels.knowledge import Knowledge
from models.labels.outcome import UNKNOWN, Outcomes, label_date
from models.labels.poverty import P12_HORIZON_DAYS, HouseholdCohort, p12
from models.labels.work import U90_HORIZON_DAYS, u90
from streams.fact import FactArray
from streams.state.layout import base_month_of
from yujing.domain.days import from_day, month_start, to_month

Build = Callable[[FactArray, int], StateRows]
Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]

HORIZON_DAYS = {"u90": U90_HORIZON_DAYS, "p12": P12_HORIZON_DAYS}
LEVELS = {"u90": MEMBER, "p12": HOUSEHOLD}
_AUDIT = np.dtype([("sex", "u1"), ("ethnicity", "u1"), ("age", "f4")])


@dataclass(frozen=True)
class Cohort:
    """Rows of one kind on one index date; features by what was known then.

    Attributes
    ----------
    as_of
        The index date.
    keys
        Person or household keys.
    group
        Household key of each row: rows of a household stay together in a split.
    village
        Region code of each row.
    X
        Features in the declared order.
    outcomes
        What became of them, as known at the label date; None before it.
    audit
        Sex, ethnicity and age of the person (of nobody for households): to audit, never to learn.
    """

    kind: str
    as_of: date
    keys: Keys
    group: Keys
    village: npt.NDArray[np.int64]
    X: npt.NDArray[np.float32]
    outcomes: Outcomes | None
    audit: npt.NDArray[np.void]

    @property
    def y(self) -> npt.NDArray[np.int8]:
        """Return the outcomes, all unknown before the label date."""
        if self.outcomes is None:
            return np.full(len(self.keys), UNKNOWN, dtype=np.int8)
        return self.outcomes.y


@dataclass(frozen=True)
class Sample:
    """Labelled rows of several cohorts with weights.

    Attributes
    ----------
    weight
        1 for positives; for negatives how many each kept one stands for.
    index
        Place of each row's index date in `dates`.
    """

    kind: str
    dates: tuple[date, ...]
    names: tuple[str, ...]
    X: npt.NDArray[np.float32]
    y: npt.NDArray[np.int64]
    weight: Floats
    group: Keys
    index: npt.NDArray[np.int64]
    share_unknown: float

    @property
    def n_positive_groups(self) -> int:
        """Return how many households have a positive row."""
        return len(np.unique(self.group[self.y == 1]))

    def without(self, groups: npt.NDArray[np.bool_]) -> "Sample":
        """Return the sample without some rows."""
        kept = ~groups
        return Sample(
            self.kind, self.dates, self.names, self.X[kept], self.y[kept], self.weight[kept],
            self.group[kept], self.index[kept], self.share_unknown,
        )


def monthly_dates(first: date, last: date) -> list[date]:
    """Return the first of each month in [first, last].

    Examples
    --------
    >>> monthly_dates(date(2026, 1, 15), date(2026, 3, 1))
    [datetime.date(2026, 2, 1), datetime.date(2026, 3, 1)]
    """
    months = range(to_month(first), to_month(last) + 1)
    return [day for day in map(month_start, months) if first <= day <= last]


def index_dates(
    history: FactArray, kind: str, known: date, *, warm_up_days: int, most: int
) -> list[date]:
    """Return the index dates whose labels are settled by a day, at most `most`, rising.

    Parameters
    ----------
    known
        Labels must be settled by this day.
    warm_up_days
        Days of history before the first index date.
    most
        The newest are kept.
    """
    if not len(history):
        return []
    first = from_day(int(history["known_at"].min()) // 86400 + warm_up_days)
    dates = monthly_dates(first, known)
    settled = [day for day in dates if label_date(day, HORIZON_DAYS[kind]) <= known]
    return settled[-most:]


def cohorts(
    knowledge: Knowledge, day: date, kinds: Sequence[str], policy: IncomePolicy, build: Build, *,
    known: date,
) -> dict[str, Cohort]:
    """Return the cohorts of some kinds on an index date, with outcomes if settled by `known`.

    Parameters
    ----------
    build
        Folds facts into a state, e.g. `State.build`.
    known
        Labels use facts known before their label date, and only if that is not after this day.
    """
    state = build(knowledge.known_before(day), base_month_of(day.year))
    snapshot = Snapshot(state, day, policy)
    made = {}
    if "u90" in kinds:
        made["u90"] = _members(knowledge, snapshot, known)
    if "p12" in kinds:
        made["p12"] = _households(knowledge, snapshot, known)
    return made


def _members(knowledge: Knowledge, snapshot: Snapshot, known: date) -> Cohort:
    """Return everybody in work."""
    state, day = snapshot.state, snapshot.as_of
    work = work_of(snapshot)
    context: Context = state_context(state, as_of=day, policy=snapshot.policy)
    columns = person_columns(snapshot, work, sums_of(snapshot, work), context)
    rows = _by_key(state.members["key"], work.status == EMPLOYED)
    table = make_table(MEMBER, {name: column[rows] for name, column in columns.items()}, rows)
    members = state.members[rows]
    keys = np.ascontiguousarray(members["key"])
    settled = label_date(day, U90_HORIZON_DAYS) <= known
    audit = np.zeros(len(rows), dtype=_AUDIT)
    audit["sex"], audit["ethnicity"] = members["sex"], members["ethnicity"]
    audit["age"] = snapshot.age[rows]
    return Cohort(
        "u90", day, keys, np.ascontiguousarray(members["household"]),
        np.ascontiguousarray(members["region"]), table.X,
        u90(knowledge, day, keys) if settled else None, audit,
    )


def _households(knowledge: Knowledge, snapshot: Snapshot, known: date) -> Cohort:
    """Return the households that are not monitored and not known to be below the line."""
    state, day = snapshot.state, snapshot.as_of
    work = work_of(snapshot)
    sums = sums_of(snapshot, work)
    everyone = np.arange(len(state.households))
    columns = household_columns(snapshot, sums, everyone)
    in_cohort = (columns["size"] > 0) & ~monitored(snapshot) & ~(columns["margin_to_line"] < 0)
    rows = _by_key(state.households["key"], in_cohort)
    table = make_table(HOUSEHOLD, {name: column[rows] for name, column in columns.items()}, rows)
    keys = np.ascontiguousarray(state.households["key"][rows])
    place = np.full(len(state.households) + 1, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    member_of = place[snapshot.household_of]
    inside = member_of >= 0
    asked = HouseholdCohort(
        keys, np.ascontiguousarray(state.members["key"])[inside], member_of[inside]
    )
    settled = label_date(day, P12_HORIZON_DAYS) <= known
    return Cohort(
        "p12", day, keys, keys, np.ascontiguousarray(state.households["region"][rows]), table.X,
        p12(knowledge, day, asked, snapshot.policy) if settled else None,
        np.zeros(len(rows), dtype=_AUDIT),
    )


def _by_key(keys: Keys, wanted: npt.NDArray[np.bool_]) -> Rows:
    """Return the wanted rows ordered by key: the order of arrival must not move a model."""
    rows = np.flatnonzero(wanted)
    ordered: Rows = rows[np.argsort(keys[rows], kind="stable")]
    return ordered


def sample_of(
    made: Sequence[Cohort], *, negatives_a_positive: float, seed: int
) -> Sample:
    """Return the labelled rows of cohorts of one kind, negatives drawn with a recorded weight.

    Parameters
    ----------
    negatives_a_positive
        How many negatives are kept for each positive, at least; with fewer all are kept.
    seed
        Draws by group and date, so that the same data give the same sample.
    """
    kind = made[0].kind
    y = np.concatenate([cohort.y for cohort in made])
    index = np.repeat(np.arange(len(made)), [len(cohort.keys) for cohort in made])
    n_positive, n_negative = int((y == 1).sum()), int((y == 0).sum())
    share = min(1.0, negatives_a_positive * max(n_positive, 1) / max(n_negative, 1))
    drawn = np.random.default_rng(seed).random(len(y)) < share
    kept = (y == 1) | ((y == 0) & drawn)
    return Sample(
        kind, tuple(cohort.as_of for cohort in made),
        tuple(feature.name for feature in features_of(LEVELS[kind])),
        np.concatenate([cohort.X for cohort in made])[kept], y[kept].astype(np.int64),
        np.where(y == 1, 1.0, 1 / share)[kept],
        np.concatenate([cohort.group for cohort in made])[kept], index[kept],
        float((y == UNKNOWN).mean()),
    )


def in_fold(groups: Keys, fold: int, n_folds: int) -> npt.NDArray[np.bool_]:
    """Return which rows belong to a fold of households; keys are hashes, so they mix well."""
    mine: npt.NDArray[np.bool_] = (groups // np.uint64(97)) % np.uint64(n_folds) == np.uint64(fold)
    return mine


__all__ = [
    "Build", "Cohort", "Sample", "cohorts", "in_fold", "index_dates", "monthly_dates", "sample_of",
]
