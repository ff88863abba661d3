"""Where the rows of a table are: what is unsure is unknown, with a warning, never a guess."""

import pytest

from streams.sheets.translate import Frame
from tests.support.sheet_tables import VILLAGE_CODE, frame, table, work_rows

HOME = 520524000000


def read(home: int = 0, leave: tuple[str, ...] = (), **more: object) -> Frame:
    columns = work_rows(1, **more)  # type: ignore[arg-type]
    for header in leave:
        del columns[header]
    return frame(table(columns, title="2023年3月已外出务工"), home=home)


def region(found: Frame) -> object:
    values = found.field("region")
    return values.distinct[values.at[0]]


def work(found: Frame, what: str) -> object:
    values = found.field(what)
    return values.distinct[values.at[0]]


def codes(found: Frame) -> list[str]:
    assert found.faults == []
    return [doubt.code for doubt in found.warnings]


def test_the_home_county_holds_where_none_is_named() -> None:
    assert region(read(HOME, leave=("县",))) == VILLAGE_CODE
    assert region(read(HOME, leave=("县", "乡"))) == VILLAGE_CODE
    assert region(read(HOME, leave=("县", "乡", "行政村"))) == str(HOME)


def test_without_a_county_nothing_is_sure() -> None:
    found = read(leave=("县",))

    assert (region(found), codes(found)) == (None, ["place_not_found"])
    assert "没有写明县" in found.warnings[0].zh


@pytest.mark.parametrize(
    ("village", "code", "doubt"),
    [("无此村", "520524001000", ["place_not_found"]), (None, "520524001000", [])],
)
def test_the_finest_sure_place_counts(village: str, code: str, doubt: list[str]) -> None:
    found = read(行政村=village)

    assert (region(found), codes(found)) == (code, doubt)


def test_a_code_and_an_address() -> None:
    leave = ("县", "乡", "行政村")

    assert region(read(leave=leave, 行政区划代码=VILLAGE_CODE)) == VILLAGE_CODE
    assert region(read(leave=leave, 行政区划代码=520524)) == str(HOME)
    assert region(read(leave=leave, 行政区划="贵州省织金县双堰街道星秀社区")) == VILLAGE_CODE


@pytest.mark.parametrize("code", ["520526101203", "520520"])
def test_a_code_that_says_another_place_than_the_names_is_no_place(code: str) -> None:
    assert region(read(行政区划代码=VILLAGE_CODE)) == VILLAGE_CODE
    found = read(行政区划代码=code)

    assert (region(found), codes(found)) == (None, ["place_ambiguous"])


@pytest.mark.parametrize(
    ("name", "code", "area"),
    [
        ("广东省东莞市", "441900", "out_of_province"), ("广东省", "440000", "out_of_province"),
        ("贵州省贵阳市南明区", "520102", "province"), ("贵州省贵阳市", "520100", "province"),
        ("纳雍县", "520525", "province"), ("织金县", "520524", None), ("毕节市", "520500", None),
        ("贵州省", "520000", None), ("国外", "900000", "other"),
    ],
)  # fmt: skip
def test_the_area_follows_where_it_must(name: str, code: str, area: str | None) -> None:
    found = read(务工所在县=name)

    assert (work(found, "work_code"), work(found, "work_area")) == (code, area)
    assert codes(found) == []


@pytest.mark.parametrize(
    ("name", "doubt"), [("鼓楼区", "work_ambiguous"), ("某某厂", "work_not_found")]
)
def test_an_unsure_place_of_work_is_unknown(name: str, doubt: str) -> None:
    found = read(务工所在县=name)

    assert (work(found, "work_code"), codes(found)) == (None, [doubt])
    assert name in found.warnings[0].zh


def test_province_city_and_county_may_stand_in_three_columns() -> None:
    found = read(务工所在省="江苏省", 务工所在市="南京市", 务工所在县="鼓楼区")

    assert work(found, "work_code") == "320106"


def test_a_row_whose_event_needs_a_place_is_refused_without_one() -> None:
    columns = work_rows(2, 县=["织金县", "无此县"], 户编号="5201", 与户主关系="户主")
    found = frame(table(columns, title="2023年家庭成员"))

    assert [(fault.row, fault.code, fault.column) for fault in found.faults] == [
        (1, "place_needed", "县")
    ]
