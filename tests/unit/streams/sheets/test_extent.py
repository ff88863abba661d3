"""How far a sheet reaches, whatever way its XML is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.cells import column_letter
from streams.sheets.extent import Extent, extent_of
from yujing.errors import UnreadableFileError


def measured(xml: str, piece: int = 2**20) -> Extent:
    data = xml.encode()
    return extent_of(data[at : at + piece] for at in range(0, len(data), piece))


@pytest.mark.parametrize(
    ("xml", "rows", "columns"),
    [
        ('<row r="3"><c r="AB3"><v>1</v></c></row>', 3, 28),
        ('<row r="3"><c r="AB3" s="1"/></row>', 0, 0),
        ('<row r="3"><c r="AB3" s="1"></c></row>', 0, 0),
        ("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>1</v></c></row>", 2, 2),
        ('<row r="5"><c/><c/><c t="s"><v>1</v></c></row>', 5, 3),
        ("<x:row r='2'><x:c t='s' r='B2'><x:v>1</x:v></x:c></x:row>", 2, 2),
        ('<row r = "2" ><c s="1" r\n=\n"c2"><is><t>></t></is></c></row>', 2, 3),
        ('<row r="2"><c r="A2"><f>1</f></c></row></sheetData><margins/>', 2, 1),
        ('<row r="2"><c r="A2"><v>1</v></c><c r="B2"/></row></sheetData><margins/>', 2, 1),
        ('<?xml version="1.0"?><row r="2"><c r="A2" x="a>b/"><v>1</v></c></row>', 2, 1),
        ('<cols><col r="A9"/></cols>', 0, 0),
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', 2**20, 2**14),
    ],
)
@pytest.mark.parametrize("piece", [1, 7, 2**20])
def test_the_last_cell_with_anything_in_it_counts(
    xml: str, rows: int, columns: int, piece: int
) -> None:
    extent = measured(f"<sheetData>{xml}</sheetData>", piece)
    assert (extent.rows, extent.columns) == (rows, columns)


@pytest.mark.parametrize("piece", [1, 7, 2**20])
def test_errors_are_found_with_their_text(piece: int) -> None:
    xml = (
        '<row r="2"><c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B2" t="s"><v>1</v></c>'
        '<c r="C2" t="e"><v>#N/A</v></c><c r="D2" type="e"><v>1</v></c></row>'
    )
    assert measured(xml, piece).errors == {(1, 0): "#DIV/0!", (1, 2): "#N/A"}


def test_more_errors_than_one_pass_holds_are_all_found() -> None:
    cells = "".join(f'<row><c t="e"><v>#{n}</v></c></row>' for n in range(70_000))
    errors = measured(cells).errors
    assert len(errors) == 70_000
    assert errors[69_999, 0] == "#69999"


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="1048577"/>',
        '<row r="1"><c r="XFE1"/></row>',
        '<row r="1"><c r="AAAAAAAAAAAAAAAA1"/></row>',
        '<row r="1"><c r="99999999999999999999"/></row>',
        '<row r="1"><c r="B"/></row>',
        '<row r="1"><c r="1B"/></row>',
        '<row r="x"/>',
        '<row r="1"><c r="A1',
        "<!-- a comment -->",
        "<![CDATA[ <c ]]>",
        '<!DOCTYPE x [<!ENTITY a "b">]>',
    ],
)
def test_what_no_program_for_tables_writes_is_refused(xml: str) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        measured(f"<sheetData>{xml}</sheetData>")
    assert "另存为" in refused.value.zh


def test_another_encoding_is_refused() -> None:
    with pytest.raises(UnreadableFileError):
        extent_of(["<row/>".encode("utf-16")])
    with pytest.raises(UnreadableFileError):
        extent_of(["<row/>".encode("utf-16-le")])


def test_a_tag_without_end_is_refused_before_it_is_held() -> None:
    with pytest.raises(UnreadableFileError):
        extent_of([b'<row r="1">', *[b"x" * 2**19] * 3])


@given(
    st.sets(st.tuples(st.integers(0, 40), st.integers(0, 800))),
    st.sets(st.tuples(st.integers(0, 40), st.integers(0, 800))),
    st.integers(1, 300),
    st.booleans(),
)
def test_painted_cells_never_count_and_used_ones_always_do(
    used: set[tuple[int, int]], painted: set[tuple[int, int]], piece: int, closed: bool
) -> None:
    xml = "".join(
        f'<c r="{column_letter(column)}{row + 1}" s="2">'
        + ("<v>1</v>" if (row, column) in used else "")
        + "</c>"
        if closed or (row, column) in used
        else f'<c s="2" r="{column_letter(column)}{row + 1}"/>'
        for row, column in sorted(used | painted)
    )
    extent = measured(f"<d>{xml}</d>", piece)
    assert extent.rows == max((row + 1 for row, _ in used), default=0)
    assert extent.columns == max((column + 1 for _, column in used), default=0)
