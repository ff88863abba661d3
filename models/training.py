"""From the history of facts to the two scorecards, learned only from what was known on a day."""

import hashlib
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import sklearn

from models.calibration import shift_to_rate
from models.card import Kind, Scorecard, Window, from_classifier
from models.datasets import (
    HORIZON_DAYS,
    LEVELS,
    Build,
    Cohort,
    Sample,
    cohorts,
    index_dates,
    sample_of,
)
from models.expert import expert_card
from models.features.declared import features_of
from models.features.policy import IncomePolicy, require_lines
from models.features.snapshot import cutoff_s
from models.labels.knowledge import Knowledge
from models.labels.outcome import SETTLEMENT_DAYS
from models.points import probability
from models.scorecard import BOOSTED, ScorecardClassifier
from streams.fact import FactArray
from streams.state.state import State

KINDS: tuple[Kind, ...] = ("u90", "p12")
Progress = Callable[[str], None]


@dataclass(frozen=True)
class TrainingSettings:
    """How data sets are drawn and tables are fitted.

    Attributes
    ----------
    warm_up_days
        Days of history before the first index date, so that features have something to look at.
    most_dates
        Index dates used at most, the newest.
    negatives_a_positive
        Negatives drawn for each positive; the rest count through weights.
    level_dates
        The newest closed index dates on which the level is set anew.
    least_positives
        Households with a positive row below which the expert card stays.
    round_to
        Step of the points in log-odds.
    n_jobs
        Fits side by side.
    """

    warm_up_days: int = 120
    most_dates: int = 12
    negatives_a_positive: float = 4.0
    level_dates: int = 6
    least_positives: int = 25
    round_to: float = 0.01
    n_jobs: int = 2


@dataclass(frozen=True)
class TrainedPair:
    """The two cards of a training, and how many rows they saw."""

    u90: Scorecard
    p12: Scorecard

    @property
    def cards(self) -> tuple[Scorecard, Scorecard]:
        """Return both cards."""
        return self.u90, self.p12


def train(
    history: FactArray, *, as_of: date, policy: IncomePolicy, seed: int,
    settings: TrainingSettings | None = None, progress: Progress = lambda _: None,
    build: Build = State.build,
) -> TrainedPair:
    """Return scorecards learned from what was known before a day.

    Parameters
    ----------
    history
        All versions of all facts; those known at or after `as_of` are left out.
    as_of
        The training date: features use what was known at each index date, labels what was known at
        their label dates, and no label date lies after this day.
    policy
        Income lines; a missing year raises.
    seed
        Of the draw of negatives and of the folds.
    progress
        Called with a sentence at each step.

    Raises
    ------
    ReferenceDataError
        If the income line of a year that labels need is missing.
    """
    settings = settings or TrainingSettings()
    knowledge = Knowledge(history[history["known_at"] < cutoff_s(as_of)])
    made = gather(knowledge, as_of, policy, settings, progress, build)
    cards = {}
    for kind in KINDS:
        progress(f"fitting {kind}")
        cards[kind] = fit_card(kind, made[kind], as_of=as_of, seed=seed, settings=settings,
                               history=knowledge.history)
    return TrainedPair(cards["u90"], cards["p12"])


def gather(
    knowledge: Knowledge, as_of: date, policy: IncomePolicy, settings: TrainingSettings,
    progress: Progress, build: Build,
) -> dict[str, list[Cohort]]:
    """Return the cohorts of all index dates whose labels are settled by `as_of`."""
    dates = {
        kind: index_dates(
            knowledge.history, kind, as_of, warm_up_days=settings.warm_up_days,
            most=settings.most_dates,
        )
        for kind in KINDS
    }
    years = {day.year + ahead for day in dates["p12"] for ahead in (0, 1)}
    years = {year for year in years if year <= as_of.year}
    require_lines(policy, _regions(knowledge.history), years)
    made: dict[str, list[Cohort]] = {kind: [] for kind in KINDS}
    for day in sorted(set().union(*dates.values())):
        progress(f"features as of {day}")
        kinds = [kind for kind in KINDS if day in dates[kind]]
        for kind, cohort in cohorts(knowledge, day, kinds, policy, build, known=as_of).items():
            made[kind].append(cohort)
    return made


def fit_card(
    kind: Kind, made: list[Cohort], *, as_of: date, seed: int, settings: TrainingSettings,
    history: FactArray,
) -> Scorecard:
    """Return the card of a kind from its labelled cohorts, or the expert card with too few."""
    if not made:
        return expert_card(kind, as_of=as_of)
    sample = sample_of(made, negatives_a_positive=settings.negatives_a_positive, seed=seed)
    if sample.n_positive_groups < settings.least_positives:
        return expert_card(kind, as_of=as_of)
    model = fit_model(sample, seed=seed, settings=settings)
    window = Window(
        as_of.isoformat(), made[0].as_of.isoformat(), made[-1].as_of.isoformat(),
        HORIZON_DAYS[kind], SETTLEMENT_DAYS,
    )
    card = from_classifier(
        model, kind=kind, names=sample.names, window=window, hashes=_hashes(history, kind),
        versions=_versions(), metrics=_counts(sample, model),
    )
    return card.shifted(round(level_shift(model, made[-settings.level_dates:]), 4))


def fit_model(
    sample: Sample, *, seed: int, settings: TrainingSettings
) -> ScorecardClassifier:
    """Return the classifier of a sample, with the declared directions."""
    directions = [feature.direction for feature in features_of(LEVELS[sample.kind])]
    model = ScorecardClassifier(
        monotonic=directions, round_to=settings.round_to, random_state=seed, n_jobs=settings.n_jobs
    )
    return model.fit(sample.X, sample.y, sample.weight, sample.group)


def level_shift(model: ScorecardClassifier, newest: list[Cohort]) -> float:
    """Return the log-odds by which the newest closed cohorts lie above the model's level.

    Drift hurts calibration more than anything else, so the level is that of the newest outcomes.
    """
    y = np.concatenate([cohort.y for cohort in newest]).astype(np.int64)
    X = np.concatenate([cohort.X for cohort in newest])
    kept = y >= 0
    if y[kept].sum() == 0:
        return 0.0
    scores = model.decision_function(X[kept])
    return shift_to_rate(scores, y[kept], np.ones(int(kept.sum())))


def _regions(history: FactArray) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Return a place of every county that occurs."""
    counties = np.unique(history["region"] // 10**6)
    return counties[counties > 0] * 10**6


def _counts(sample: Sample, model: ScorecardClassifier) -> dict[str, float | int | None]:
    """Return what the training saw."""
    positive = float(sample.weight[sample.y == 1].sum())
    error = float(f"{model.read_out_error_:.2e}") if model.method_ == BOOSTED else None
    fitted = probability(model.decision_function(sample.X))
    return {
        "rows": len(sample.y),
        "positive_rows": int((sample.y == 1).sum()),
        "positive_households": sample.n_positive_groups,
        "base_rate": round(positive / float(sample.weight.sum()), 6),
        "mean_probability": round(float(np.average(fitted, weights=sample.weight)), 6),
        "share_unknown": round(sample.share_unknown, 4),
        "read_out_error": error,
    }


def _hashes(history: FactArray, kind: Kind) -> dict[str, str]:
    """Return hashes of the facts and of the declared features."""
    facts = np.bitwise_xor.reduce(history["content"] ^ history["fact"]) if len(history) else 0
    declared = "\n".join(repr(feature) for feature in features_of(LEVELS[kind]))
    return {
        "facts": f"{len(history)}:{int(facts):016x}",
        "features": hashlib.sha256(declared.encode()).hexdigest()[:16],
    }


def _versions() -> dict[str, str]:
    """Return the versions of what computed the card."""
    try:
        own = version("yujing")
    except PackageNotFoundError:
        own = "source"
    return {
        "yujing": own, "python": platform.python_version(), "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
    }
