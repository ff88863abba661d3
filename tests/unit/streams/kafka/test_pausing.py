"""A source that sends too much garbage is paused, one with some garbage never."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.pausing import LEAST, WINDOW, TooMuch, Windows, weight

Bools = npt.NDArray[np.bool_]


def paused_at(refused: Bools, cuts: list[int]) -> tuple[int, TooMuch] | None:
    """Return the batch that paused a source and why."""
    windows = Windows()
    for number, batch in enumerate(np.split(refused, sorted(cuts))):
        too_much = windows.see("a", batch)
        if too_much is not None:
            return number, too_much
    return None


def plainly(refused: Bools) -> TooMuch | None:
    """Judge event by event."""
    for end in range(LEAST, len(refused) + 1):
        last = refused[max(0, end - WINDOW) : end].tolist()
        if 5 * sum(last) > len(last):
            return TooMuch(len(last), sum(last))
    return None


@st.composite
def histories(draw: st.DrawFn) -> Bools:
    """Draw events in stretches of different shares of garbage."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    parts = draw(
        st.lists(
            st.tuples(st.integers(0, 700), st.sampled_from([0.0, 0.01, 0.15, 0.2, 0.25, 0.9])),
            max_size=5,
        )
    )
    return np.concatenate([np.empty(0, bool), *(random.random(n) < share for n, share in parts)])


@given(histories(), st.lists(st.integers(0, 3000), max_size=5))
def test_the_decision_is_that_of_a_plain_count_however_batches_are_cut(
    refused: Bools, cuts: list[int]
) -> None:
    found = paused_at(refused, [min(cut, len(refused)) for cut in cuts])

    assert (found[1] if found else None) == plainly(refused)


@given(st.integers(0, 2**32), st.lists(st.integers(0, 5000), max_size=4))
def test_one_percent_of_garbage_never_pauses(seed: int, cuts: list[int]) -> None:
    random = np.random.default_rng(seed)
    refused = np.zeros(5000, dtype=bool)
    for start in range(0, 5000, 100):  # one in each hundred, wherever in it
        refused[start + random.integers(100)] = True

    assert paused_at(refused, cuts) is None


@given(st.integers(0, 2**32))
def test_thirty_percent_of_garbage_pauses_within_the_window(seed: int) -> None:
    refused = np.random.default_rng(seed).random(2 * WINDOW) < 0.3

    assert paused_at(refused, []) is not None


def test_few_events_never_pause_and_the_first_enough_do() -> None:
    windows = Windows()
    garbage = np.ones(LEAST - 1, dtype=bool)

    assert windows.see("a", garbage) is None
    assert windows.see("b", garbage) is None
    assert windows.see("a", garbage[:1]) == TooMuch(LEAST, LEAST)
    windows.forget("a")
    assert windows.see("a", garbage) is None
    assert TooMuch(200, 50).share == 0.25


@pytest.mark.parametrize(
    ("raw", "whole", "n"),
    [(b"", True, 1), (b"{" * 4000, True, 1), (b"[", True, 1), (b"[" * 10**6, True, 500)],
)  # fmt: skip
def test_an_envelope_that_cannot_be_opened_counts_by_its_size(
    raw: bytes, whole: bool, n: int
) -> None:
    assert weight(raw, whole=whole) == n
    assert weight(raw, whole=False) == 1
