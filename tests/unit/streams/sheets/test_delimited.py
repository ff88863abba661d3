"""CSV: encodings, separators, quotes."""

import csv
import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.delimited import guard, read_delimited
from streams.sheets.limits import SheetLimits
from yujing.errors import UnreadableFileError

TEXT = "县,姓名,月收入\r\n榕江县,张三,3000\r\n榕江县,李四,3100\r\n"
ROWS = [["县", "姓名", "月收入"], ["榕江县", "张三", "3000"], ["榕江县", "李四", "3100"]]


def read(content: bytes, **limits: int) -> tuple[list[list[object]], str]:
    grid, delimiter = read_delimited(
        content, known_headers=frozenset(ROWS[0]), limits=SheetLimits(**limits)
    )
    return [list(row) for row in grid], delimiter


def refusal(content: bytes, **limits: int) -> str:
    with pytest.raises(UnreadableFileError) as refused:
        read(content, **limits)
    assert refused.value.zh.endswith("。")
    return refused.value.zh


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("gbk"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.replace("\r\n", "\n").encode("gbk"),
        TEXT.replace("\r\n", "\r").encode("utf-8"),
    ],
)
def test_every_encoding_and_line_end_gives_the_same_rows(content: bytes) -> None:
    assert read(content) == (ROWS, ",")


def test_characters_that_only_gb18030_has_are_read() -> None:
    text = "姓名,乡\n𬴂珺,㐂镇\n"
    assert read(text.encode("gb18030"))[0][1] == ["𬴂珺", "㐂镇"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_separator_is_found(delimiter: str) -> None:
    assert read(TEXT.replace(",", delimiter).encode()) == (ROWS, delimiter)


def test_known_headers_decide_where_texts_hold_other_separators() -> None:
    text = "县;姓名;月收入\n榕江县,黎平县,从江县;张三,李四,王五,赵六;3000\n"
    assert read(text.encode())[1] == ";"


def test_a_file_may_say_its_separator() -> None:
    assert read(b"sep=;\r\n1,2;3,4\r\n1,2;3,4\r\n")[1] == ";"


def test_short_rows_are_filled_and_empty_ones_kept() -> None:
    assert read("县,姓名,月收入\n\n榕江县\n".encode())[0] == [
        ROWS[0],
        [None, None, None],
        ["榕江县", None, None],
    ]


def test_a_cell_may_hold_line_breaks_and_separators() -> None:
    assert read('县,姓名,月收入\n"榕江,\n县","张""三",1\n'.encode())[0][1] == [
        "榕江,\n县",
        '张"三',
        "1",
    ]


@pytest.mark.parametrize(
    "text",
    [
        '县,姓名\n榕江县,李四\n榕江县,"张三\n榕江县,王五\n榕江县,赵六\n',
        '县,姓名\n榕江县,李四\n榕江县,"张三\n榕江县,"王五"\n',
        '县,姓名\n榕江县,李四\n"榕江"县,张三\n',
    ],
)
def test_a_quote_that_is_not_closed_is_refused_with_its_row(text: str) -> None:
    assert "第 3 行" in refusal(text.encode())
    assert "引号" in refusal(text.encode())


def test_two_encodings_in_one_file_are_refused_with_the_row() -> None:
    first, second = "县,姓名\n榕江县,张三\n".encode(), "榕江县,李四\n".encode("gbk")
    assert "第 3 行" in refusal(first + second)
    assert "编码" in refusal("县,姓名\n榕江县,李四\n".encode("gbk") + "榕江县,张三\n".encode())


def test_a_cut_character_is_refused() -> None:
    assert "第 2 行" in refusal("县,姓名\n榕江县,张".encode("gbk")[:-1])
    assert "编码" in refusal(b"\xff\xfe" + "县,姓".encode("utf-16-le") + b"\x00")


@pytest.mark.parametrize(
    "content",
    ["县,姓名\n榕江县,\0张三\n".encode(), b"\xff\xfe" + "县,姓\n榕江县,\0张".encode("utf-16-le")],
)
def test_nul_bytes_are_refused_with_the_row(content: bytes) -> None:
    assert "第 2 行" in refusal(content)
    assert "NUL" in refusal(content)


def test_utf16_without_its_mark_is_refused_not_guessed() -> None:
    assert "NUL" in refusal("county,name\n".encode("utf-16-le"))


def test_too_many_columns_or_cells_are_refused() -> None:
    assert "列" in refusal(b"," * 20, columns=10)
    assert "超过 50 格" in refusal(b"1,2,3\n" * 20, cells=50)
    assert "超过 50 格" in refusal(b"\n" * 30 + b"1,2,3\n", cells=50)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-甲", "'-甲"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("\t=1", "'\t=1"),
        ("\t522632199105110010", "\t522632199105110010"),
        ("\t5226321991051100X", "\t5226321991051100X"),
        ("-5", "-5"),
        ("+8613800000000", "+8613800000000"),
        ("'=1", "''=1"),
        ("' @1", "'' @1"),
        ("'甲", "'甲"),
        ("甲=乙", "甲=乙"),
    ],
)
def test_what_excel_would_compute_is_guarded(text: str, written: str) -> None:
    assert guard(text) == written


@given(st.text(st.sampled_from("=+-@'\t\r甲1,;\"\n ."), min_size=1, max_size=6))
def test_reading_undoes_the_guard(text: str) -> None:
    """A guarded text comes back; one read from a file is written so that it is read again."""
    out = io.StringIO()
    csv.writer(out).writerows([["县", "姓名"], ["x", guard(text)]])
    grid, _ = read(out.getvalue().encode())
    assert grid[1][1] == text


@given(
    st.lists(
        st.text(st.sampled_from("榕江县张三李四王五村甲乙"), min_size=4, max_size=8), min_size=2
    ),
    st.sampled_from(["gbk", "utf-8"]),
)
def test_a_file_in_one_encoding_is_never_taken_for_mixed(names: list[str], encoding: str) -> None:
    text = "\n".join(itertools.chain(["县,姓名"], (f"榕江县,{name}" for name in names)))
    assert [row[1] for row in read(text.encode(encoding))[0][1:]] == names
