"""Sheets as people make them of a simulated month: what is wrong is refused, and only that."""

import io
from collections import Counter
from collections.abc import Iterator

import numpy as np
import openpyxl
import pytest

from streams.simulator.sheets.messy import Messy, messy
from streams.simulator.sheets.page import workbook
from streams.simulator.sheets.spelling import HEADERS
from streams.simulator.sheets.spoiling import MISTAKES
from tests.support.simulated_sheets import (
    SHEETS,
    SimulatedSheets,
    answers,
    registered_county,
    send,
    simulated_sheets,
)
from yujing.app.county import County
from yujing.app.sheets.order import Delivered

pytestmark = pytest.mark.integration

PEOPLE = ("证件号码", "户主证件号码", "残疾人证号")
WHY = {
    "digits_lost": "Excel", "id_check_digit": "校验位", "id_length": "位", "id_date": "出生日期",
    "required": "缺少", "month_two_readings": "10 月", "impossible_date": "存在的日期",
    "date_two_readings": "两种读法", "not_a_date": "日期", "not_an_amount": "不是金额",
    "formula_error": "公式", "unknown_word": "对照表",
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> SimulatedSheets:
    return simulated_sheets()


@pytest.fixture(scope="module")
def messy_county(
    world: SimulatedSheets, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[County, dict[str, tuple[Messy, Delivered]]]]:
    """A county and what it answered to each sheet with wrong rows."""
    with registered_county(tmp_path_factory.mktemp("messy")) as county:
        found = {}
        for at, name in enumerate(SHEETS):
            export = world.exports[name]
            made = messy(np.random.default_rng([9, at]), export)
            found[name] = made, send(county, f"{export.title}.xlsx", workbook(made.pages))
        yield county, found


@pytest.mark.parametrize("name", SHEETS)
def test_of_a_messy_sheet_just_the_spoiled_rows_are_refused_each_for_its_reason(
    world: SimulatedSheets, name: str,
    messy_county: tuple[County, dict[str, tuple[Messy, Delivered]]],
) -> None:
    made, delivered = messy_county[1][name]
    assert delivered.error is None, delivered.error

    rows = answers(delivered)

    assert len(rows) == len(world.exports[name])
    wrong = {one.row: one for one in made.spoiled}
    assert delivered.counts.rejected == len(wrong) > 1
    for at, row in enumerate(rows):
        assert (row["结果"] == "已拒绝") == (at in wrong), row["原因"]
    for at, one in wrong.items():
        reason = rows[at]["原因"]
        assert WHY[one.code] in reason, (one, reason)
        assert HEADERS.get(one.header, one.header).replace("（", "(").replace("）", ")") in reason
        number = next(str(cells[at]) for header, cells in world.exports[name].columns.items()
                      if header in PEOPLE)
        assert number not in reason
        assert number[6:14] not in reason


def test_each_kind_of_mistake_was_tried(
    messy_county: tuple[County, dict[str, tuple[Messy, Delivered]]]
) -> None:
    tried = Counter(one.code for made, _ in messy_county[1].values() for one in made.spoiled)

    assert set(tried) == {mistake.code for mistake in MISTAKES}


def test_a_mended_answer_is_sent_back_as_it_is(
    world: SimulatedSheets,
    messy_county: tuple[County, dict[str, tuple[Messy, Delivered]]],
) -> None:
    county, found = messy_county
    name = "work_monthly"
    made, first = found[name]
    assert first.write_answer is not None
    out = io.BytesIO()
    first.write_answer(out)
    book = openpyxl.load_workbook(out)
    sheet = book["Sheet1"]
    right = world.exports[name].columns
    header = made.pages[0].rows[3]
    for one in made.spoiled:
        column = header.index(HEADERS.get(one.header, one.header))
        sheet.cell(made.grid_row[one.row] + 1, column + 1).value = right[one.header][one.row]
    mended = io.BytesIO()
    book.save(mended)

    again = send(county, "已外出务工.xlsx", mended.getvalue())

    assert again.counts.rejected == 0
    assert again.counts.accepted == len(made.spoiled)
    assert again.counts.duplicate == len(right["县"]) - len(made.spoiled)
    assert again.retracted == 0
