"""Several lines in one picture: inside, broken where nothing is shown, told in words."""

import doctest
import xml.etree.ElementTree as ET
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboards import series
from dashboards.axes import Band
from dashboards.series import Line, lines

START = date(2026, 1, 1)
values = st.lists(st.one_of(st.none(), st.integers(0, 100_000)), min_size=1, max_size=20)


def line(name: str, numbers: list[int | None]) -> Line:
    days = [START + timedelta(days=31 * i) for i in range(len(numbers))]
    return Line(name, list(zip(days, numbers, strict=True)))


def test_the_examples_hold() -> None:
    assert doctest.testmod(series).failed == 0


@given(st.lists(values, min_size=1, max_size=8))
def test_every_picture_is_sound_and_stays_inside(drawn: list[list[int | None]]) -> None:
    made = [line(f"线{i}", numbers) for i, numbers in enumerate(drawn)]
    svg = lines(made, name="返乡", unit="人次", bands=[Band(START, date(2026, 3, 1), "春节")])
    shown = [one for one in made if one.shown][: series.MOST_LINES]
    if not shown:
        assert svg == ""
        return
    root = ET.fromstring(str(svg))

    for one in shown:
        assert one.name in root.attrib["aria-label"]
    for element in root.iter():
        assert "style" not in element.attrib
        for pair in element.attrib.get("points", "").split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= 640
            assert 0 <= y <= series.HEIGHT


def test_a_line_is_broken_where_a_value_is_hidden_and_a_point_alone_is_a_dot() -> None:
    svg = str(lines([line("回来", [3, 4, None, 5, None, 6, 7])], name="返乡", unit="人次"))

    assert svg.count("<polyline") == 2
    assert svg.count("<circle") == 1


def test_a_line_that_is_missing_everywhere_is_left_out() -> None:
    assert lines([line("回来", [None, None])], name="返乡", unit="人次") == ""


def test_shares_are_written_as_percent() -> None:
    made = Line("占比", [(START, 0.25), (date(2026, 2, 1), 0.5)])
    svg = str(lines([made], name="占比", unit="%", share=True))

    assert "占比 50%" in svg
    assert "占比 2026-02 为 50%（最高 50%，最低 25%）" in svg


def test_names_are_escaped() -> None:
    assert "<b>" not in lines([line("<b>", [1, 2])], name="<b>", unit="人")
