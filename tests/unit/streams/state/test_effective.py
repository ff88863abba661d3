import numpy as np
import pytest
from hypothesis import given

from streams.fact import FactArray
from streams.state.effective import effective
from tests.support.histories import oracle
from tests.support.state_histories import histories


@pytest.mark.parametrize("known_before", [None, 1, 2, 3])
@given(history=histories())
def test_the_effective_facts_are_those_of_a_plain_reading(
    known_before: int | None, history: FactArray
) -> None:
    rows = history[effective(history, known_before)]

    names = ("version", "known_at", "content")
    found = {int(row["fact"]): tuple(int(row[name]) for name in names) for row in rows}
    assert found == oracle(history, known_before)
    assert len(found) == len(rows)
    assert np.array_equal(rows, history[np.sort(effective(history, known_before))])
