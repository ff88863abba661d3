import numpy as np
import pytest

from streams.state.state import ACCEPTED, CONFLICT, DUPLICATE, State
from tests.support.fakes.fact_source import MemoryLog
from tests.support.state_histories import BASE_MONTH, to_history


def version(number: int, seed: int, *, fact: int = 1) -> np.ndarray:
    return to_history([(fact, number, 9, 0, seed, False)])


BATCH = (
    (version(2, 1), ACCEPTED),
    (version(2, 1), DUPLICATE),
    (version(2, 2), CONFLICT),
    (version(2, 2), DUPLICATE),
    (version(1, 3), ACCEPTED),   # lower, never seen: kept, does not count
    (version(1, 3), DUPLICATE),
    (version(3, 4), ACCEPTED),
    (version(2, 1), DUPLICATE),
    (version(3, 4), DUPLICATE),
    (version(1, 1, fact=2), ACCEPTED),
)  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, len(BATCH)])
def test_verdicts_do_not_depend_on_the_cut(size: int) -> None:
    state, log = State(BASE_MONTH), MemoryLog()
    rows = np.concatenate([row for row, _ in BATCH])
    verdicts: list[int] = []

    for start in range(0, len(rows), size):
        batch = rows[start : start + size]
        judged = state.judge(batch, log)
        log.append(batch[judged != DUPLICATE])
        state.absorb(batch, judged, log)
        verdicts += judged.tolist()

    assert verdicts == [verdict for _, verdict in BATCH]
