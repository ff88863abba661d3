"""Rolling-origin back-test: train on what was known, rank what came after, beside honest baselines.

At each origin the cards are trained as of that day, on households of the other folds, and judged
by the outcomes of the held-out fold that had settled by the end of the history.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from models import baselines
from models.card import Kind
from models.datasets import (
    HORIZON_DAYS,
    Build,
    Cohort,
    Sample,
    cohorts,
    in_fold,
    index_dates,
    monthly_dates,
    sample_of,
)
from models.features.policy import IncomePolicy
from models.features.snapshot import cutoff_s
from models.judging import Judged, calibration_of, judge
from models.labels.knowledge import Knowledge
from models.labels.outcome import label_date
from models.points import probability
from models.training import Progress, TrainingSettings, fit_model, level_shift
from streams.fact import FactArray
from streams.state.state import State
from yujing.domain.days import from_day

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]
Oracle = Callable[[str, date, Keys], Floats]

SCORECARD, EXPERT, UNCONSTRAINED, ORACLE = "scorecard", "expert", "unconstrained", "oracle"


@dataclass(frozen=True)
class BacktestSettings:
    """How much is tried.

    Attributes
    ----------
    n_origins
        Training dates, the newest whose outcomes have settled, spread evenly.
    n_folds
        Folds of households; each origin trains once a fold.
    capacity
        Households a village can look at on one deal; a month's capacity of cards.
    training
        Of the cards.
    shuffle
        Train on shuffled labels: everything must then fall to the base rate.
    """

    n_origins: int = 3
    n_folds: int = 3
    capacity: int = 12
    training: TrainingSettings = field(default_factory=TrainingSettings)
    shuffle: bool = False


@dataclass(frozen=True)
class Backtest:
    """What a back-test found for one kind of risk.

    Attributes
    ----------
    origins
        Training dates.
    base_rate, share_unknown, n, n_positive
        Of the judged cohorts.
    ranked
        Each way of ranking, by name.
    calibration
        Of the scorecard's probabilities; the same for groups of people that are never an input.
    directions
        Declared directions against which the training data speak: (feature, declared, found).
    """

    kind: Kind
    origins: tuple[date, ...]
    n: int
    n_positive: int
    base_rate: float
    share_unknown: float
    ranked: dict[str, Judged]
    calibration: dict[str, Any]
    directions: tuple[tuple[str, int, float], ...]
    best_column: str


def backtest(
    history: FactArray, *, as_of: date, policy: IncomePolicy, seed: int,
    settings: BacktestSettings | None = None, oracle: Oracle | None = None,
    kinds: Sequence[Kind] = ("u90", "p12"), progress: Progress = lambda _: None,
    build: Build = State.build,
) -> dict[str, Backtest]:
    """Return a rolling-origin back-test for each kind that the history is long enough for.

    Parameters
    ----------
    history
        All versions of all facts.
    as_of
        Only facts known before this day are used; outcomes must have settled by it.
    oracle
        Gives the true hazard for (kind, day, keys), where it is known: the ranking that nobody
        can beat. Only a simulation has one.

    Notes
    -----
    Cohorts are computed once a date and shared by all origins, folds and baselines.
    """
    settings = settings or BacktestSettings()
    knowledge = Knowledge(history[history["known_at"] < cutoff_s(as_of)])
    store = _Store(knowledge, policy, build, as_of, progress)
    found: dict[str, Backtest] = {}
    for kind in kinds:
        origins = _origins(knowledge.history, kind, as_of, settings)
        if origins:
            progress(f"back-test of {kind} at {', '.join(map(str, origins))}")
            found[kind] = _one_kind(kind, origins, store, settings, oracle, seed)
    return found


def _origins(
    history: FactArray, kind: str, as_of: date, settings: BacktestSettings
) -> list[date]:
    """Return training dates whose outcomes have settled and that have labels to learn from."""
    if not len(history):
        return []
    first = from_day(int(history["known_at"].min()) // 86400)
    training = settings.training
    usable = [
        day for day in monthly_dates(first, as_of)
        if label_date(day, HORIZON_DAYS[kind]) <= as_of and index_dates(
            history, kind, day, warm_up_days=training.warm_up_days, most=1)
    ]
    newest = usable[-12:]
    places = np.linspace(len(newest) - 1, 0, min(settings.n_origins, len(newest)))
    return sorted({newest[round(place)] for place in places})


@dataclass
class _Store:
    """Cohorts by date and kind, computed when first asked for."""

    knowledge: Knowledge
    policy: IncomePolicy
    build: Build
    known: date
    progress: Progress
    made: dict[tuple[str, date], Cohort] = field(default_factory=dict)

    def at(self, kind: str, day: date) -> Cohort:
        """Return a cohort with the outcomes that have settled by the end of the history."""
        if (kind, day) not in self.made:
            self.progress(f"features as of {day}")
            both = cohorts(
                self.knowledge, day, ("u90", "p12"), self.policy, self.build, known=self.known
            )
            self.made.update({(one, day): cohort for one, cohort in both.items()})
        return self.made[kind, day]


def _one_kind(
    kind: Kind, origins: list[date], store: _Store, settings: BacktestSettings,
    oracle: Oracle | None, seed: int,
) -> Backtest:
    """Return the back-test of one kind."""
    tests = [store.at(kind, day) for day in origins]
    scores: dict[str, list[Floats]] = {}
    directions: tuple[tuple[str, int, float], ...] = ()
    best = ""
    for test in tests:
        dates = index_dates(
            store.knowledge.history, kind, test.as_of, most=settings.training.most_dates,
            warm_up_days=settings.training.warm_up_days,
        )
        past = [store.at(kind, day) for day in dates]
        sample = sample_of(
            past, negatives_a_positive=settings.training.negatives_a_positive, seed=seed)
        directions, best = _doubts(sample), baselines.best_column(sample).name
        here = {name: np.zeros(len(test.keys)) for name in (
            SCORECARD, "penalised logit", UNCONSTRAINED, "best column")}
        for fold in range(settings.n_folds):
            held_out = in_fold(test.group, fold, settings.n_folds)
            learned = _learned(sample, past, fold, settings, seed)
            for name, values in learned(test, held_out).items():
                here[name][held_out] = values
        here |= _fixed(test, seed)
        if oracle is not None:
            here[ORACLE] = oracle(kind, test.as_of, test.keys)
        for name, values in here.items():
            scores.setdefault(name, []).append(values)
    return _judged(kind, tests, scores, settings, seed, directions, best)


def _learned(
    sample: Sample, past: list[Cohort], fold: int, settings: BacktestSettings, seed: int
) -> Callable[[Cohort, npt.NDArray[np.bool_]], dict[str, Floats]]:
    """Return what scores a cohort with models that have not seen a fold of households."""
    train = sample.without(in_fold(sample.group, fold, settings.n_folds))
    if settings.shuffle:
        order = np.random.default_rng(seed).permutation(len(train.y))
        train = Sample(train.kind, train.dates, train.names, train.X, train.y[order],
                       train.weight[order], train.group, train.index, train.share_unknown)
    model = fit_model(train, seed=seed, settings=settings.training)
    newest = past[-settings.training.level_dates:]
    shift = 0.0 if settings.shuffle else level_shift(model, newest)
    logit = baselines.penalised_logit(train)
    free = baselines.unconstrained(train, seed=seed)
    one = baselines.best_column(train)

    def scores(test: Cohort, rows: npt.NDArray[np.bool_]) -> dict[str, Floats]:
        X = test.X[rows]
        return {
            SCORECARD: model.decision_function(X) + shift,
            "penalised logit": logit.decision_function(X),
            UNCONSTRAINED: free.decision_function(X),
            "best column": one.scores(test)[rows],
        }

    return scores


def _fixed(test: Cohort, seed: int) -> dict[str, Floats]:
    """Return the rankings that learn nothing."""
    chance = np.random.default_rng(seed + test.as_of.toordinal()).random(len(test.keys))
    _, expert = baselines.expert(test)
    return {
        "prevalence": chance,
        "last month": baselines.last_month(test),
        "must visit": baselines.must_visit(test),
        "income sort": baselines.income_sort(test),
        EXPERT: expert,
    }


def _doubts(sample: Sample) -> tuple[tuple[str, int, float], ...]:
    """Return declared directions that the sample speaks against, with the correlation found."""
    return tuple(
        (name, direction, round(found, 3))
        for name, direction, found in baselines.directions_found(sample)
        if direction * found < -0.01
    )


def _judged(
    kind: Kind, tests: list[Cohort], scores: dict[str, list[Floats]],
    settings: BacktestSettings, seed: int, directions: tuple[tuple[str, int, float], ...],
    best: str,
) -> Backtest:
    """Return the figures of all rankings over all origins."""
    y = np.concatenate([test.y for test in tests]).astype(np.int64)
    known = y >= 0
    card = probability(np.concatenate(scores[SCORECARD]))
    return Backtest(
        kind, tuple(test.as_of for test in tests), len(y), int((y == 1).sum()),
        float((y[known] == 1).mean()) if known.any() else float("nan"), float((~known).mean()),
        {name: judge(tests, values, settings.capacity, seed) for name, values in scores.items()},
        calibration_of(tests, card), directions, best,
    )
