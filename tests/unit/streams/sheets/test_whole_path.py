"""Whatever is sent: bytes to tables to lines to the door, refused with a sentence or answered."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.door.door import Door
from streams.door.grant import Grant
from streams.door.quality import QualityRules
from streams.sheets.answer_book import TableAnswer, write_answer
from streams.sheets.choosing import choose
from streams.sheets.frame import Frame, Hints, read_frame
from streams.sheets.lines import lines_of, record_ids_of
from streams.sheets.mapping import Mappings
from streams.sheets.table import Book, Table
from streams.sheets.workbook import read_book
from streams.simulator.sheets.page import Page, delimited, workbook
from streams.vault.keys import Keys
from tests.support import bad_sheets
from yujing.domain.region import Regions
from yujing.errors import UnreadableFileError

NOW = datetime(2026, 7, 6, 1, 0, tzinfo=UTC)
TODAY = date(2026, 7, 6)
FUZZ = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
MARKS = "，,;\t\"'=+-@#/.年月日-:：()（）%\u00a0\u200b\u3000\r\n\x00\x0b\ufeff"
DIGITS = "0123456789Xx０１２３５是否无合计填表人"
ODD = st.one_of(
    st.text(alphabet=st.sampled_from(DIGITS + MARKS), max_size=24),
    st.text(max_size=12),
    st.sampled_from([
        "5.22121E+17", "2023.1", "202303", "2023年13月", "03/04/05", "#N/A", "=1+1", "'", '="011"',
        "合计", "填表人：某", "是", "否", "3,000元", "1e9", "-0", "NaN", "inf", "９９９", "", " ",
        bad_sheets.PEOPLE[0], bad_sheets.PEOPLE[0].lower(), "522632900101001",
    ]),
)
TYPED = st.one_of(
    ODD, st.none(), st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1901, 1, 1), date(9998, 12, 31)), st.sampled_from([522632199105110016.0, 2023.1]),
)  # fmt: skip


@cache
def mappings() -> Mappings:
    return Mappings.load()


@cache
def regions() -> Regions:
    return Regions.load()


@cache
def door() -> Door:
    return Door(Keys(bytes(32)), regions(), QualityRules.load())


def framed(content: bytes, name: str) -> tuple[Book | None, list[Frame]]:
    """Read a file as a delivery does; nothing but a refusal with two sentences may come out."""
    try:
        book = read_book(content, name, known_headers=mappings().known_headers)
        chosen = [(table, choose(table, mappings(), file_name=name)) for table in book.tables]
        hints = Hints(name, None, TODAY)
        return book, [read_frame(table, choice, hints, regions(), home=522632000000)
                      for table, choice in chosen if choice is not None]
    except UnreadableFileError as error:
        refusal = error
    assert str(refusal)
    assert refusal.zh
    assert "\n" not in refusal.zh
    return None, []


def check(frame: Frame) -> None:
    """Check what is true of every frame, and that the door reads all that comes of it."""
    n = frame.n_rows
    faulty = set()
    for fault in (*frame.faults, *frame.warnings):
        assert 0 <= fault.row < n
        assert fault.zh
        assert fault.en
        assert fault.code
        for number in bad_sheets.PEOPLE:
            assert number not in fault.zh + fault.en
    faulty = {fault.row for fault in frame.faults}
    lines = lines_of(frame, version=7)
    assert set(lines.row.tolist()) == set(range(n)) - faulty
    assert len(lines.lines) == len(lines.row) == len(lines.event) == len(lines.scoped)
    for line in lines.lines:
        json.loads(line)
    reading = door().read(lines.lines, grant=Grant(), known_at=int(NOW.timestamp()))
    assert len(reading.rows) + len(reading.rejects) == len(lines.lines)
    named = record_ids_of(frame)
    assert set(named.row.tolist()) <= set(range(n))
    assert len(frame.scopes) == n


def answered(book: Book, tables: Sequence[Table]) -> Book:
    """Answer every row and read the answer back."""
    out = io.BytesIO()
    answers = [TableAnswer(t, ["已拒绝"] * len(t.data), ["原因"] * len(t.data)) for t in tables]
    write_answer(book, answers, summary=[["行数", 1]], target=out)
    return read_book(out.getvalue(), "answer", known_headers=mappings().known_headers)


@FUZZ
@given(st.data())
def test_any_cells_in_a_known_sheet(data: st.DataObject) -> None:
    rows = bad_sheets.rows()
    for _ in range(data.draw(st.integers(1, 12))):
        row, column = data.draw(st.integers(1, 5)), data.draw(st.integers(0, 8))
        rows[row][column] = data.draw(TYPED)

    book, frames = framed(workbook([Page(bad_sheets.MONTH, rows)]), "已外出务工.xlsx")

    for frame in frames:
        check(frame)
    if book is not None:
        again = answered(book, book.tables)
        assert [[list(c.cells) for c in t.columns] for t in again.tables] == [
            [list(c.cells) for c in t.columns] for t in book.tables]


@FUZZ
@given(
    st.data(), st.sampled_from(["utf-8-sig", "gb18030", "utf-16", "utf-8"]),
    st.sampled_from([",", ";", "\t"]),
)  # fmt: skip
def test_any_cells_in_a_csv(data: st.DataObject, encoding: str, mark: str) -> None:
    rows = bad_sheets.rows()
    for _ in range(data.draw(st.integers(1, 12))):
        row, column = data.draw(st.integers(1, 5)), data.draw(st.integers(0, 8))
        rows[row][column] = data.draw(ODD)
    content = delimited(Page("", rows), encoding=encoding, delimiter=mark)

    book, frames = framed(content, "已外出务工2026年5月.csv")

    for frame in frames:
        check(frame)
    if book is not None:
        again = answered(book, book.tables)
        assert [[list(c.cells) for c in t.columns] for t in again.tables] == [
            [list(c.cells) for c in t.columns] for t in book.tables]


@FUZZ
@given(st.data())
def test_any_bytes_of_a_csv(data: st.DataObject) -> None:
    content = bytearray(bad_sheets.csv(data.draw(st.sampled_from(["utf-8", "gb18030"]))))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content)))
        if data.draw(st.booleans()):
            content[at:at] = data.draw(st.binary(max_size=8))
        else:
            del content[at:at + data.draw(st.integers(1, 60))]

    _, frames = framed(bytes(content), "已外出务工2026年5月.csv")

    for frame in frames:
        check(frame)


@FUZZ
@given(st.binary(max_size=400))
def test_any_bytes_at_all(content: bytes) -> None:
    _, frames = framed(content, "任意.xlsx")

    assert frames == []


@FUZZ
@given(st.data())
def test_any_bytes_of_a_workbook(data: st.DataObject) -> None:
    content = bytearray(bad_sheets.right())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    _, frames = framed(bytes(content), "已外出务工.xlsx")

    for frame in frames:
        check(frame)


@FUZZ
@given(st.data())
def test_any_text_of_a_sheets_xml(data: st.DataObject) -> None:
    """The parts are packed rightly, but what is in them was written by no known program."""
    part = data.draw(st.sampled_from([
        bad_sheets.SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml",
        "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]))  # fmt: skip

    def change(content: bytes) -> bytes:
        text = bytearray(content)
        for _ in range(data.draw(st.integers(1, 5))):
            at = data.draw(st.integers(0, len(text)))
            if data.draw(st.booleans()):
                text[at:at] = data.draw(st.sampled_from([
                    b"<c", b"/>", b'r="A1048576"', b'r="XFD1"', b'r="A0"', b't="b"', b't="d"',
                    b'<row r="-1">', b"&#0;", b"\xff", b'<mergeCell ref="A1:XFD1048576"/>',
                    b"</sheetData>", b"99999999999999999999", b"s=\"77\""]))  # fmt: skip
            else:
                del text[at:at + data.draw(st.integers(1, 30))]
        return bytes(text)

    content = bad_sheets.rewritten(bad_sheets.right(), {part: change}, {})

    _, frames = framed(content, "已外出务工.xlsx")

    for frame in frames:
        check(frame)


@FUZZ
@given(st.data())
def test_any_layout_around_the_rows(data: st.DataObject) -> None:
    titles = ODD.filter(lambda text: not any(map(str.isdigit, text)))   # they may name a month
    rows: list[list[Any]] = [[text] for text in data.draw(st.lists(titles, max_size=3))]
    order = data.draw(st.permutations(range(len(bad_sheets.HEADER))))
    meant = [[row[at] for at in order] for row in bad_sheets.rows()]
    extra = data.draw(st.lists(ODD, min_size=6, max_size=6))
    for at, row in enumerate(meant):
        if data.draw(st.booleans()):
            rows.append([])
        rows.append([*row, extra[at]])
    below = st.sampled_from(["合计", "填表人：某", "审核人：某", "注：无", ""])
    rows += [[text] for text in data.draw(st.lists(below, max_size=3))]

    book, frames = framed(workbook([Page(bad_sheets.MONTH, rows)]), "已外出务工.xlsx")

    assert book is not None
    for frame in frames:
        check(frame)
        people = next(c for c in frame.table.columns if c.header.endswith("证件号码"))
        assert list(people.cells)[:5] == list(bad_sheets.PEOPLE)


@pytest.mark.parametrize("cell", [time(3, 4), timedelta(days=3), True, 1e300, -1, 10**30])
def test_types_that_a_writer_seldom_makes(cell: object) -> None:
    from streams.sheets.table import Column

    book = read_book(bad_sheets.right(), "a.xlsx", known_headers=mappings().known_headers)
    (table,) = book.tables
    for at in range(len(table.columns)):
        columns = [
            Column(c.header, c.letter, [cell] * 5 if place == at else c.cells, c.index)
            for place, c in enumerate(table.columns)
        ]
        changed = Table(**{name: getattr(table, name) for name in table.__slots__}
                        | {"columns": tuple(columns)})
        choice = choose(changed, mappings())
        assert choice is not None
        check(read_frame(changed, choice, Hints("a", None, TODAY), regions()))
