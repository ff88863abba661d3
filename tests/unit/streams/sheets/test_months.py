"""What makes the month of a sheet, in which order, and what is refused."""

import pytest

from streams.sheets.translate import Frame
from tests.support.sheet_tables import frame, table, work_rows
from yujing.errors import SheetRefusedError

MARCH, APRIL = 2023 * 12 + 2, 2023 * 12 + 3


def read(
    *, title: str = "", name: str = "Sheet1", file_name: str = "x.xlsx", month: int | None = None,
    column: object = None, n: int = 2,
) -> Frame:  # fmt: skip
    more = {} if column is None else {"月份": column}
    sheet = table(work_rows(n, **more), title=title, name=name)  # type: ignore[arg-type]
    return frame(sheet, file_name=file_name, month=month)


def test_a_column_then_the_title_then_the_sheet_then_the_file() -> None:
    told = {"title": "2023年3月", "name": "2023年3月", "file_name": "2023年3月.xlsx"}

    whence = []
    for leave in (*told, ""):
        whence.append(read(column="202303", **told).months.whence)  # type: ignore[arg-type]
        whence.append(read(**told).months.whence)  # type: ignore[arg-type]
        told.pop(leave, None)
        if not told:
            break
    assert whence == [
        "column 月份", "title", "column 月份", "name of the sheet", "column 月份",
        "name of the file",
    ]  # fmt: skip


@pytest.mark.parametrize("where", ["title", "name", "file_name"])
def test_any_place_alone_is_enough(where: str) -> None:
    assert read(**{where: "2023年3月"}).month == MARCH  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "places",
    [
        {"title": "2023年3月", "file_name": "2023年4月.xlsx"},
        {"title": "2023年3月", "name": "202304"},
        {"column": "2023-3", "title": "2023年4月"},
        {"column": ["2023-3", "2023-4"], "title": "2023年4月"},
        {"title": "2023年3月", "name": "4月"},
        {"title": "2023年3月 2023年4月"},
    ],
)
def test_a_contradiction_is_refused_with_the_way_out(places: dict[str, str]) -> None:
    with pytest.raises(SheetRefusedError, match="--month") as refused:
        read(**places)  # type: ignore[arg-type]

    assert "2023-03" in refused.value.zh
    assert "--month" in refused.value.zh


def test_a_missing_month_is_refused_with_the_way_out() -> None:
    for places in (
        {},
        {"title": "2023年务工情况"},
        {"file_name": "3月.xlsx"},
        {"file_name": "20230405.xlsx"},
    ):
        with pytest.raises(SheetRefusedError, match="--month"):
            read(**places)  # type: ignore[arg-type]
    with pytest.raises(SheetRefusedError, match="several months"):
        read(title="2023年1-3月务工情况")


def test_the_month_that_the_sender_names_settles_it() -> None:
    found = read(title="2023年3月", file_name="2023年4月.xlsx", month=APRIL)

    assert (found.month, found.months.whence) == (APRIL, "--month")
    assert read(month=MARCH).month == MARCH


def test_a_row_of_another_month_than_the_sender_named_is_refused() -> None:
    found = read(column=["2023-3", "2023-4"], month=APRIL)

    assert [(fault.row, fault.code, fault.column) for fault in found.faults] == [
        (0, "month_differs", "月份")
    ]


def test_rows_may_have_their_own_months() -> None:
    found = read(column=["2023-3", "2023-4"])

    assert found.month is None
    assert [scope and scope[:7] for scope in found.scopes] == ["2023-03", "2023-04"]


def test_a_row_without_the_month_of_its_column_is_refused() -> None:
    found = read(column=["2023-3", None])

    assert [(fault.row, fault.code) for fault in found.faults] == [(1, "required")]


def test_an_empty_column_is_no_column() -> None:
    assert read(column=[None, ""], title="2023年3月").months.whence == "title"


def test_the_sheets_own_date() -> None:
    assert str(read(title="2023年3月 填报日期：2023年4月5日").sheet_day) == "2023-04-05"
    assert read(title="2023年3月 填报日期：2099年4月5日").sheet_day is None  # in the future
    dated = table(work_rows(2, 填报日期=["2023-04-05", "2023-04-06"]), title="2023年3月")
    assert str(frame(dated).sheet_day) == "2023-04-06"


def household(**more: object) -> Frame:
    columns = {
        "户编号": ["5201"], "家庭人口数": [4], "工资性收入": [1], "生产经营性收入": [0],
        "财产性收入": [0], "转移性收入": [0], "生产经营性支出": [0], "行政村": ["星秀社区"],
    }  # fmt: skip
    month = more.pop("month", None)
    title = str(more.pop("title", ""))
    columns |= {key: [value] for key, value in more.items()}  # type: ignore[dict-item]
    return frame(table(columns, title=title), month=month)  # type: ignore[arg-type]


def test_a_sheet_about_a_year() -> None:
    for found in (
        household(title="2022年脱贫户收入"), household(年度="2022年"),
        household(month=2022 * 12 + 5),
        household(title="脱贫户收入 填报日期：2022年12月1日"),
    ):  # fmt: skip
        assert found.field("sheet_year").distinct[1].first.year == 2022  # type: ignore[attr-defined]
        assert found.month is None
    with pytest.raises(SheetRefusedError, match="which year"):
        household()
    with pytest.raises(SheetRefusedError, match="different months"):
        household(title="2022年 2023年收入")
