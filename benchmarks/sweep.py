"""Scoring everybody: features and both risks by table, beside scikit-learn on a table of floats.

Run with `python -m benchmarks.sweep [members]`. The baseline computes
the same features and then `predict_proba` of boosted models, in batches as a service would call it.
"""

import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from benchmarks.figure import Figure, median_seconds
from models.expert import expert_card
from models.features import household_table, person_table
from models.scoring import score
from tests.unit.models.synthetic import AS_OF, FlatPolicy, random_state

BATCH = 20_000
TRAINING_ROWS = 20_000


def main() -> None:
    """Print members scored per second, beside the baseline."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    state, policy = random_state(n, 1), FlatPolicy()
    u90, p12 = (expert_card(kind, as_of=AS_OF) for kind in ("u90", "p12"))

    def sweep() -> None:
        score(state, as_of=AS_OF, u90=u90, p12=p12, policy=policy)

    sweep()   # compiles
    seconds = median_seconds(sweep)
    baseline = _baseline_seconds(state, policy)
    print(Figure("sweep", n / seconds, "members/s", n / baseline, baseline / seconds).line())
    touched = np.arange(0, n, max(n // 1000, 1))[:1000]
    part = median_seconds(
        lambda: score(state, as_of=AS_OF, u90=u90, p12=p12, policy=policy, persons=touched))
    print(Figure("sweep of 1,000 touched", part * 1000, "ms", None, None).line())


def _baseline_seconds(state: object, policy: object) -> float:
    """Return the time of the same work with scikit-learn's own prediction."""
    rng = np.random.default_rng(0)

    def fitted(X: np.ndarray) -> HistGradientBoostingClassifier:
        rows = rng.integers(0, len(X), TRAINING_ROWS)
        columns = np.nan_to_num(X[rows])
        model = HistGradientBoostingClassifier(max_iter=300, max_leaf_nodes=2, early_stopping=False)
        with threadpool_limits(1, user_api="openmp"):
            return model.fit(columns, rng.random(TRAINING_ROWS) < 0.1)

    members = person_table(state, as_of=AS_OF, policy=policy).X
    homes = household_table(state, as_of=AS_OF, policy=policy).X
    models = fitted(members), fitted(homes)

    def predict() -> None:
        tables = (
            person_table(state, as_of=AS_OF, policy=policy).X,
            household_table(state, as_of=AS_OF, policy=policy).X,
        )
        for model, X in zip(models, tables, strict=True):
            for start in range(0, len(X), BATCH):
                model.predict_proba(np.nan_to_num(X[start:start + BATCH]))

    return median_seconds(predict, repeats=3)


if __name__ == "__main__":
    main()
