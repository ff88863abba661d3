import json

import numpy as np
import pytest

from streams.simulator.column import (
    MISSING,
    Column,
    Dates,
    Dictionary,
    Months,
    People,
    Texts,
    Whole,
    Words,
    WordSet,
    given,
)
from yujing.domain.codes import Answer, Health

TEXTS = Dictionary(np.array(["甲", "乙"]))


@pytest.mark.parametrize(("column", "values"), [
    (Words(Answer, np.array([0, 1, 2])), [None, "no", "yes"]),
    (WordSet(Health, np.array([0, 2, 20])), [None, ["healthy"], ["chronic", "disabled"]]),
    (Whole(np.array([MISSING, 0, 7])), [None, 0, 7]),
    (Whole(np.array([MISSING, -10**6, 10**9])), [None, -10**6, 10**9]),
    (Whole(np.array([MISSING, 522632])).as_text(), [None, "522632"]),
    (Dates(np.array([MISSING, 0, 20_000])), [None, "1970-01-01", "2024-10-04"]),
    (Dates(np.array([-20_000, 20_000, 0])), ["1915-03-31", "2024-10-04", "1970-01-01"]),
    (Months(np.array([2024 * 12, 2026 * 12 + 11])), ["2024-01", "2026-12"]),
    (Texts(TEXTS, np.array([1, -1, 0])), ["乙", None, "甲"]),
    (People(np.array([1, 0])).named(TEXTS), ["乙", "甲"]),
])
def test_pieces_are_json_and_missing_values_are_left_out(
    column: Column, values: list[object]
) -> None:
    read = [json.loads("{" + piece[1:] + "}").get("x") for piece in column.pieces("x")]

    assert read == values
    assert len(column) == len(values)


@pytest.mark.parametrize("column", [
    Words(Answer, np.array([0, 1, 2])), WordSet(Health, np.array([2, 4, 8])),
    Whole(np.array([4, 5, 6])), Dates(np.array([4, 5, 6])), Months(np.array([4, 5, 6])),
    Texts(Dictionary(np.array(["a", "b", "c"])), np.array([0, 1, 2])),
    People(np.array([4, 5, 6])),
])
def test_taking_rows_is_taking_pieces(column: Column) -> None:
    taken = column.take(np.array([2, 0]))
    if isinstance(column, People):
        assert len(taken) == 2
        with pytest.raises(TypeError):
            taken.pieces("x")
        return
    pieces = column.pieces("x")

    assert taken.pieces("x") == [pieces[2], pieces[0]]


def test_a_column_knows_that_all_its_rows_are_the_same() -> None:
    assert Whole(np.array([3, 3])).is_constant()
    assert not Whole(np.array([3, 4])).is_constant()
    assert not Whole(np.zeros(0)).is_constant()
    assert Whole(np.full(2, MISSING)).pieces("x") == ["", ""]


def test_given_keeps_what_is_known() -> None:
    narrow = np.array([1, 2], np.uint8)

    assert given(narrow, np.array([True, False])).tolist() == [1, MISSING]
