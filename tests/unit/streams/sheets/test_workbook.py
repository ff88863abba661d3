"""Files of departments as tables."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from streams.sheets.limits import SheetLimits
from streams.sheets.table import Book, Table
from streams.sheets.workbook import is_sheet, read_book, read_bytes
from yujing.errors import SheetRefusedError, UnreadableFileError

HEADER = ["县", "姓名", "证件号码", "开始时间", "务工月收入"]
PERSON = ["榕江县", "张三", "522632199105110010", "2023-03", 3000]


def xlsx(*fills: Callable[[Worksheet], None], names: tuple[str, ...] = ("表",)) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, fill in zip(names, fills, strict=True):
        fill(book.create_sheet(name))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def simple(sheet: Worksheet) -> None:
    sheet.append(HEADER)
    sheet.append(PERSON)


def read(content: bytes, name: str = "a.xlsx") -> Book:
    return read_book(content, name, known_headers=HEADER)


def table(content: bytes) -> Table:
    return read(content).tables[0]


def refusal(content: bytes, limits: SheetLimits | None = None) -> str:
    with pytest.raises(UnreadableFileError) as refused:
        read_book(content, "a.xlsx", known_headers=HEADER, limits=limits)
    return refused.value.zh


def replaced(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, change(data) if info.filename == part else data)
    return out.getvalue()


def test_title_header_data_sum_and_signature_are_told_apart() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["榕江县务工月监测表（2023年3月）"])
        sheet.merge_cells("A1:E1")
        sheet.append(["填报单位：人社局", None, None, "填报日期：", date(2023, 4, 2)])
        sheet.append([])
        sheet.append(HEADER)
        sheet.append(PERSON)
        sheet.append([])
        sheet.append(PERSON)
        sheet.append(["合计", None, None, None, 6000])
        sheet.append(["填表人：李四", None, "联系电话：0855-1"])

    found = table(xlsx(fill))
    assert found.name == "表"
    assert found.title == ("榕江县务工月监测表(2023年3月)\n填报单位:人社局 填报日期: 2023-04-02")
    assert found.header == range(3, 4)
    assert found.data.tolist() == [4, 6]
    assert [found.row_number(row) for row in (0, 1)] == [5, 7]
    assert found.tail == "填表人:李四 联系电话:0855-1"
    assert [column.header for column in found.columns] == HEADER
    assert [column.letter for column in found.columns] == list("ABCDE")
    assert found.columns[4].cells == [3000.0, 3000.0]
    assert found.typed
    assert len(found.grid) == 9


def test_hidden_rows_and_columns_are_data() -> None:
    def fill(sheet: Worksheet) -> None:
        simple(sheet)
        sheet.append(PERSON)
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["C"].hidden = True

    found = table(xlsx(fill))
    assert found.data.tolist() == [1, 2]
    assert found.columns[2].cells == [PERSON[2]] * 2


def test_a_cell_merged_over_rows_of_data_stands_in_each() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(HEADER)
        sheet.append(PERSON)
        sheet.append([None, "李四", *PERSON[2:]])
        sheet.append([None, "王五", *PERSON[2:]])
        sheet.append(["黎平县", "赵六", *PERSON[2:]])
        sheet.merge_cells("A2:A4")

    found = table(xlsx(fill))
    assert found.columns[0].cells == ["榕江县"] * 3 + ["黎平县"]
    assert found.grid[2][0] is None


@pytest.mark.parametrize("mac", [False, True])
def test_dates_of_both_epochs_are_the_same_days(mac: bool) -> None:
    book = openpyxl.Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(HEADER)
    moment = datetime.combine(date(2023, 3, 1), time(8, 5, 9))
    sheet.append([date(2023, 3, 1), moment, time(8, 5), timedelta(hours=30), True])
    sheet.append(["a", 1])
    sheet["B3"].number_format = 'yyyy"年"m"月"'
    sheet["B3"] = date(2023, 3, 1)
    out = io.BytesIO()
    book.save(out)
    grid = table(out.getvalue()).grid
    assert grid[1] == [date(2023, 3, 1), moment, time(8, 5), timedelta(hours=30), True]
    assert grid[2][1] == date(2023, 3, 1)


def test_texts_and_numbers_keep_their_kind() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(HEADER)
        sheet.append(["3000", 3000, "007", 5.22121199001011e17, "0"])
        sheet.append(["", 0, False, 0.0, " "])

    found = table(xlsx(fill))
    assert found.grid[1] == ["3000", 3000.0, "007", 5.22121199001011e17, "0"]
    assert found.grid[2] == [None, 0.0, False, 0.0, " "]


def test_sheets_without_a_table_are_named_and_left() -> None:
    def prose(sheet: Worksheet) -> None:
        sheet.append(["填表说明"])
        sheet.append(["一、请按月填写。"])

    def hidden(sheet: Worksheet) -> None:
        simple(sheet)
        sheet.sheet_state = "hidden"

    names = ("说明", "务工", "空", "藏")
    book = read(xlsx(prose, simple, lambda sheet: None, hidden, names=names))
    assert [found.name for found in book.tables] == ["务工"]
    assert {left.name: left.why_zh[:4] for left in book.left} == {
        "说明": "没有找到",
        "空": "是空表。",
        "藏": "是隐藏的",
    }
    assert book.kind == "xlsx"


def test_a_book_without_any_table_is_refused_with_the_names() -> None:
    said = refusal(xlsx(lambda sheet: sheet.append(["说明"]), names=("首页",)))
    assert "首页" in said
    assert "表头" in said


def test_errors_of_formulas_keep_their_text() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(HEADER)
        sheet.append(["榕江县", "x", None, "x", "x"])
        sheet.append(["x", None, None, None, "x"])
        for cell, error in (("B2", "#N/A"), ("D2", "#REF!"), ("A3", "#DIV/0!"), ("E3", "#N/A")):
            sheet[cell] = error
            sheet[cell].data_type = "e"

    found = table(xlsx(fill))
    assert found.grid[1] == ["榕江县", "#N/A", None, "#REF!", "x"]
    assert found.grid[2] == ["#DIV/0!", None, None, None, "#N/A"]
    assert found.data.tolist() == [1, 2]


def test_empty_columns_are_left_out_and_unnamed_ones_with_data_kept() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append([None, *HEADER, None, None])
        sheet.append([None, *PERSON, None, "x"])
        sheet["J1"] = ""
        sheet["Z9"].number_format = "0.00"

    found = table(xlsx(fill))
    assert (found.columns[0].letter, found.columns[0].header) == ("B", "县")
    assert (found.columns[-1].letter, found.columns[-1].header) == ("H", "")
    assert {len(row) for row in found.grid} == {8}
    assert [column.index for column in found.columns] == [1, 2, 3, 4, 5, 7]


def test_empty_rows_above_and_columns_before_keep_the_numbers() -> None:
    def fill(sheet: Worksheet) -> None:
        for row in ([None, None, *HEADER], [None, None, *PERSON]):
            sheet.append([])
            sheet.append([])
            sheet.append(row)

    found = table(xlsx(fill))
    assert found.header == range(2, 3)
    assert found.row_number(0) == 6
    assert found.columns[0].letter == "C"


def test_a_column_of_empty_texts_at_the_right_is_cut() -> None:
    def change(data: bytes) -> bytes:
        return data.replace(b"</row>", b'<c r="H2" t="str"><v></v></c></row>', 2).replace(
            b'<c r="H2"', b'<c r="H1"', 1
        )

    found = table(replaced(xlsx(simple), "xl/worksheets/sheet1.xml", change))
    assert {len(row) for row in found.grid} == {5}


def test_macros_and_links_are_noted_and_not_followed() -> None:
    content = io.BytesIO(xlsx(simple))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    book = read(content.getvalue(), "a.xlsm")
    assert [note.zh[:4] for note in book.notes] == ["文件带有", "文件引用"]
    assert len(book.tables[0].data) == 1


def test_a_cell_far_away_is_refused_with_its_place() -> None:
    def wide(sheet: Worksheet) -> None:
        simple(sheet)
        sheet["XFD1"] = " "

    def deep(sheet: Worksheet) -> None:
        simple(sheet)
        sheet["E1048576"] = "x"

    assert "XFD2" in refusal(xlsx(wide))
    assert "E1048576" in refusal(xlsx(deep), SheetLimits(cells=5_000_000))
    assert table(xlsx(deep)).data.tolist() == [1, 2**20 - 1]


def test_a_sheet_whose_part_is_missing_or_crooked_is_damaged() -> None:
    content = xlsx(simple)
    rels = "xl/_rels/workbook.xml.rels"
    elsewhere = replaced(content, rels, lambda data: data.replace(b"sheet1.xml", b"sheet9.xml"))
    assert "损坏" in refusal(elsewhere)
    assert "损坏" in refusal(replaced(content, rels, lambda data: data[:-20]))
    assert "损坏" in refusal(replaced(content, "xl/workbook.xml", lambda data: data[:-20]))
    assert "格式不正常" in refusal(
        replaced(content, "xl/workbook.xml", lambda data: b"<!DOCTYPE x>" + data)
    )
    cut = replaced(content, "xl/worksheets/sheet1.xml", lambda data: data.partition(b"</v>")[0])
    assert "损坏" in refusal(cut)
    texts = replaced(content, "xl/styles.xml", lambda data: b"<!DOCTYPE x>" + data)
    assert "格式不正常" in refusal(texts)


def renamed(content: bytes, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for info in before.infolist():
            after.writestr(info.filename.replace(old, new), before.read(info))
    return out.getvalue()


def test_the_case_of_a_part_does_not_matter() -> None:
    content = renamed(xlsx(simple), "worksheets/sheet1.xml", "worksheets/Sheet1.xml")
    assert len(table(content).data) == 1


def test_all_sheets_together_have_one_limit() -> None:
    content = xlsx(simple, simple, names=("一", "二"))
    assert "“二”" in refusal(content, SheetLimits(cells=19))
    assert len(read_book(content, "", limits=SheetLimits(cells=20)).tables) == 2


def test_two_sheets_of_one_name_are_refused() -> None:
    content = xlsx(simple, simple, names=("一", "二"))
    change = lambda data: data.replace("二".encode(), "一".encode())  # noqa: E731
    assert "损坏" in refusal(replaced(content, "xl/workbook.xml", change))


def test_merged_cells_are_cut_to_the_sheet_and_may_not_overlap() -> None:
    def merged(*places: str) -> bytes:
        cells = "".join(f'<mergeCell ref="{place}"/>' for place in places)
        return replaced(
            xlsx(simple),
            "xl/worksheets/sheet1.xml",
            lambda data: data.replace(
                b"</sheetData>", f"</sheetData><mergeCells>{cells}</mergeCells>".encode()
            ),
        )

    assert table(merged("A3:Z900000", "E1:J1", "A2:B5")).merges == ((1, 0, 1, 1),)
    assert "格式不正常" in refusal(merged(*["A1:E2"] * 9))


def test_prefixed_xml_is_read() -> None:
    content = replaced(xlsx(simple), "xl/worksheets/sheet1.xml", _with_prefix)
    assert table(content).columns[1].cells == ["张三"]


def _with_prefix(data: bytes) -> bytes:
    data = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", data)
    return data.replace(b"xmlns=", b"xmlns:x=", 1)


def test_absolute_targets_are_followed() -> None:
    content = replaced(
        xlsx(simple),
        "xl/_rels/workbook.xml.rels",
        lambda data: data.replace(b'"/xl/worksheets', b'"worksheets'),
    )
    assert len(table(content).data) == 1


def test_a_csv_is_one_table_of_texts() -> None:
    book = read("县;姓名;证件号码\n榕江县;张三;1\n合计;;1\n".encode("gbk"), "a.csv")
    (found,) = book.tables
    assert (book.kind, book.delimiter, found.name, found.typed) == ("csv", ";", "", False)
    assert [column.cells for column in found.columns] == [["榕江县"], ["张三"], ["1"]]


def test_a_csv_row_with_more_cells_than_the_header_is_told() -> None:
    found = table("县,姓名,证件号码\n榕江县,张三,1\n榕江县,李四,2,x,\n".encode())
    assert found.uneven.tolist() == [1]
    assert table("县,姓名,证件号码,,\n榕江县,张三,1,,\n".encode()).uneven.tolist() == []


def test_a_csv_without_header_is_refused() -> None:
    assert "表头" in refusal(b"1,2,3\n4,5,6\n")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "空"),
        (b" \r\n\t", "空"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<html><table></table></html>", "另存为"),
        (b"\xef\xbb\xbf  <!DOCTYPE html>", "网页"),
        (b'<?xml version="1.0"?><Workbook/>', "另存为"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 Excel (.xls)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "密码",
        ),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"PK\x05\x06" + bytes(18), "压缩包"),
    ],
)
def test_other_kinds_are_refused_with_what_to_do(content: bytes, says: str) -> None:
    assert says in refusal(content)


def test_a_large_file_is_refused() -> None:
    assert "超过 0 MB" in refusal(xlsx(simple), SheetLimits(file_bytes=1000))


def test_events_are_no_sheets() -> None:
    assert not is_sheet(b'{"event_type"', "a.txt")
    assert not is_sheet(b"\xef\xbb\xbf {", "a")
    assert not is_sheet(b"x", "a.NDJSON")
    assert not is_sheet(b"\x1f\x8b", "a.ndjson.gz")
    assert is_sheet(b"PK\x03\x04", "a.xlsx")
    assert is_sheet(b"a,b", "a.csv")
    assert is_sheet(b"%PDF", "a.pdf")


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"abc")
    assert read_bytes(path) == b"abc"
    with pytest.raises(UnreadableFileError, match="more than"):
        read_bytes(path, SheetLimits(file_bytes=2))
    with pytest.raises(UnreadableFileError, match="no such file"):
        read_bytes(tmp_path / "b")
    with pytest.raises(UnreadableFileError, match="directory"):
        read_bytes(tmp_path)


def test_a_device_is_no_file() -> None:
    with pytest.raises(UnreadableFileError, match="no regular file"):
        read_bytes(Path("/dev/null"))


def test_a_file_replaced_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"abc")
    other = tmp_path / "b.csv"
    other.write_bytes(b"abd")

    def replace(n_bytes: int, limits: SheetLimits) -> None:
        if other.exists():
            other.rename(path)

    monkeypatch.setattr("streams.sheets.workbook._check_size", replace)
    with pytest.raises(UnreadableFileError, match="changed while it was read"):
        read_bytes(path)


def test_a_refused_sheet_says_why_in_both_languages() -> None:
    error = SheetRefusedError("请写明月份。", "the month is missing")
    assert (str(error), error.zh) == ("the month is missing", "请写明月份。")
    assert UnreadableFileError("it is empty").zh == "文件无法读取：it is empty"
