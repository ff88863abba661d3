"""The state's laws on the real log: its questions are answered there as the fake answers them."""

from pathlib import Path

import numpy as np
import pytest

from streams.log.log import EventLog
from streams.state.state import DUPLICATE, State
from streams.wire.catalogue import BY_KIND
from tests.support.engines import engine
from tests.support.histories import record_ids
from tests.support.state_histories import BASE_MONTH, Drawn, to_history

pytestmark = pytest.mark.integration


def some_events(seed: int, n: int) -> list[Drawn]:
    """Return random versions of which one in four says that two keys are one person."""
    rng = np.random.default_rng(seed)
    kinds = [*BY_KIND] + [3] * 8
    return [
        (
            int(rng.integers(1, 90)),
            int(rng.integers(1, 4)),
            int(rng.choice(kinds)),
            int(rng.integers(0, 5)),
            int(rng.integers(0, 2**32)),
            bool(rng.random() < 0.2),
        )
        for _ in range(n)
    ]


def test_memory_and_log_agree_after_corrections_links_and_retractions(tmp_path: Path) -> None:
    history = to_history(some_events(5, 400))
    whole = State.build(history, BASE_MONTH)
    with engine(tmp_path) as client:
        log, state = EventLog(client), State(BASE_MONTH)
        for number, batch in enumerate(np.array_split(history, 7)):
            verdicts = state.judge(batch, log)
            new = batch[verdicts != DUPLICATE]
            log.append(new, record_ids(new))
            state.absorb(batch, verdicts, log, defer=number % 3 == 0)
        state.settle(log)

        assert len(state.compare(log.sums())) == 0
        assert state.digest() == whole.digest()
        assert State.build(log.history(), BASE_MONTH).digest() == whole.digest()

        late = State.build(history[:100], BASE_MONTH)
        late.take_logged(log.since(90), log)
        assert late.digest() == whole.digest()
