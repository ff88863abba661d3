"""What every panel must say, in a leader's words."""

import re

import pytest

from dashboards.boards import BOARDS
from dashboards.panel import Panel, Shape

PANELS = [pytest.param(panel, id=f"{b.code}/{panel.code}") for b in BOARDS for panel in b.panels]
_NUMBERS = {Shape.STAT: 0, Shape.SERIES: -1, Shape.BARS: 1, Shape.TABLE: 1, Shape.TILES: 1}


def test_codes_are_unique() -> None:
    assert len({board.code for board in BOARDS}) == len(BOARDS)
    for board in BOARDS:
        codes = [panel.code for panel in board.panels]
        assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_says_what_it_counts_and_no_field_names(panel: Panel) -> None:
    words = [panel.title, panel.about.text, panel.empty, *(column.zh for column in panel.columns)]

    for text in words:
        assert re.search(r"[\u4e00-\u9fff]", text), text
        assert not re.search(r"[a-z]+_[a-z]+|[a-z]{4,}", text), text
    assert panel.about.source
    assert panel.about.delay


@pytest.mark.parametrize("panel", PANELS)
def test_numbers_have_units_and_what_counts_people_hides_small_cells(panel: Panel) -> None:
    assert any(column.unit is not None for column in panel.columns)
    assert panel.columns[_NUMBERS[panel.shape]].unit is not None
    if panel.suppress is not None:
        names = {column.name for column in panel.columns}
        assert set(panel.suppress.hides) <= names
        shares = {c.name for c in panel.columns if c.unit is not None and c.unit.zh == "%"}
        assert shares <= set(panel.suppress.also)
