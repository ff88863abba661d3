"""Cells of a scorecard in a worker's words."""

import doctest

import pytest

from alerts import factor_words as module
from alerts.factor_words import factor_words


def test_the_examples_hold() -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("name", "cell", "words"),
    [
        ("age_years", "44.5~52.5", "45 到 52 岁"),
        ("plans_to_leave", "≤0.5", "否"),
        ("wage_yuan", ">4200", "4201 元以上"),
        ("margin_to_line", "≤0.105", "最多 11%"),
        ("margin_to_line", ">1.5e+00", "150%以上"),
        ("insured_months_6", "≤0.5", "0 个月"),
        ("industry", "电子制造", "电子制造"),
        ("tenure_days", "入职时间未知", "入职时间未知"),
        ("tenure_days", "0.2~0.4", "0.2~0.4"),
        ("no such feature", "1~2", "1~2"),
    ],
)
def test_a_cell_is_said_in_whole_units(name: str, cell: str, words: str) -> None:
    assert factor_words(name, cell) == words
