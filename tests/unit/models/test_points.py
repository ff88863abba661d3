"""Cells and sums of points."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.binning import cells_of, edges_of
from models.points import PointsTable, probability, snapped

values = arrays(np.float64, st.integers(1, 200), elements=st.floats(-1e6, 1e6) | st.just(np.nan))


@given(values)
def test_each_value_lies_between_the_edges_of_its_cell(x: np.ndarray) -> None:
    edges = edges_of(x, np.ones(len(x)), 32)
    cells = cells_of(x, edges)
    bounds = np.concatenate([[-np.inf], edges, [np.inf]])

    known = ~np.isnan(x)
    assert (x[known] <= bounds[cells[known] + 1]).all()
    assert (x[known] > bounds[cells[known]]).all()
    assert (cells[~known] == len(edges) + 1).all()
    assert (np.diff(edges) > 0).all()


@given(values)
def test_the_compiled_look_up_finds_the_same_cells(x: np.ndarray) -> None:
    edges = edges_of(x, np.ones(len(x)), 8)
    table = PointsTable.of([edges], [np.arange(len(edges) + 2.0)], 0.5)

    assert (table.cells(x[:, None])[:, 0] == cells_of(x, edges)).all()
    assert (table.scores(x[:, None]) == cells_of(x, edges) + 0.5).all()


def test_repeated_rows_and_weights_give_the_same_edges() -> None:
    x = np.random.default_rng(0).normal(size=500)
    weights = np.random.default_rng(1).integers(0, 4, 500).astype(float)

    repeated = np.repeat(x, weights.astype(int))

    assert (edges_of(x, weights, 16) == edges_of(repeated, np.ones(len(repeated)), 16)).all()


def test_the_tails_are_cut_once_more() -> None:
    x = np.arange(10_000, dtype=float)

    edges = edges_of(x, np.ones(10_000), 32)

    assert {49.5, 99.5, 199.5, 9799.5, 9899.5, 9949.5} <= set(edges)


def test_a_column_of_one_value_has_one_cell() -> None:
    assert len(edges_of(np.full(9, 3.0), np.ones(9), 32)) == 0
    assert len(edges_of(np.full(9, np.nan), np.ones(9), 32)) == 0


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=60), st.randoms())
def test_sums_of_points_are_exact_in_any_order(points: list[float], random: object) -> None:
    own = snapped(np.array(points))
    order = list(range(len(own)))
    random.shuffle(order)   # type: ignore[attr-defined]

    assert sum(own.tolist()) == sum(own[order].tolist()) == own.sum()


def test_probability_neither_overflows_nor_leaves_its_range() -> None:
    assert probability(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]
