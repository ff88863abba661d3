"""Small cells and their companions."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from dashboards import suppress


def test_the_examples_hold() -> None:
    assert doctest.testmod(suppress).failed == 0


@given(st.lists(st.integers(0, 60), min_size=2, max_size=12))
def test_the_total_never_gives_a_hidden_cell_away(values: list[int]) -> None:
    hide = suppress.hidden(values)

    assert all(hide[i] for i, value in enumerate(values) if suppress.is_small(value))
    n_hidden = sum(hide)
    others = [value for i, value in enumerate(values) if value and not hide[i]]
    assert n_hidden != 1 or not others


@given(st.lists(st.integers(0, 60) | st.none(), max_size=12))
def test_zeros_and_unknowns_are_shown(values: list[int | None]) -> None:
    hide = suppress.hidden(values)

    assert not any(hide[i] for i, value in enumerate(values) if not value)


def test_an_unknown_cell_hides_the_small_one_already() -> None:
    assert suppress.hidden([None, 3, 40]) == [False, True, False]
