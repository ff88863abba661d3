"""Charts: valid, zero based, with words for who cannot see them."""

import doctest
import xml.etree.ElementTree as ET
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboards import axes, chart
from dashboards.axes import Band, ceiling
from dashboards.chart import Point, bar, trend

START = date(2026, 1, 1)


def test_the_examples_hold() -> None:
    assert doctest.testmod(axes).failed == 0


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=40), st.integers(0, 3))
def test_every_chart_is_sound_and_stays_inside(values: list[int], n_open: int) -> None:
    points = [
        Point(START + timedelta(days=7 * i), value, i < len(values) - n_open)
        for i, value in enumerate(values)
    ]
    svg = trend(points, name="没有活的人", unit="人", bands=[Band(START, date(2026, 3, 1), "春节")])
    root = ET.fromstring(str(svg))

    assert f"{values[-1]:,}" in root.attrib["aria-label"]
    for element in root.iter():
        assert "style" not in element.attrib
        for pair in element.attrib.get("points", "").split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= 640
            assert 0 <= y <= chart.HEIGHT


def test_what_still_grows_is_dashed_and_said() -> None:
    svg = trend([Point(START, 3), Point(date(2026, 2, 1), 5, False)], name="x", unit="人")

    assert 'class="line open"' in svg
    assert "还会补报" in svg


def test_names_are_escaped() -> None:
    svg = trend([Point(START, 3)], name="<b>", unit="人", bands=[Band(START, START, "<i>")])

    assert "<b>" not in svg
    assert "<i>" not in svg


@given(st.integers(0, 10**7))
def test_the_ceiling_is_not_below(value: int) -> None:
    assert ceiling(value) >= value


def test_an_unknown_bar_shows_no_length() -> None:
    assert 'class="value" width="50"' in bar(5, 10)
    assert 'class="value" width="0"' in bar(5, 10, known=False)
    assert 'class="value" width="0"' in bar(None, 10)
    assert 'class="value" width="0"' in bar(0, 0)
