from datetime import date, datetime, time, timedelta

import pytest

from streams.sheets.cells import column_letter, header_text, is_error, plain


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("  张\u00a0三 \u200b", "张 三"),
        ("\ufeff５２２６３２", "522632"),
        ("ＡＢ\u3000１２", "AB 12"),
        ("（贫困）", "(贫困)"),
        ("第一行\r\n第二行", "第一行 第二行"),
        ("a\x07b", "a b"),
        ('="522632199105110010"', "522632199105110010"),
        ("'522632199105110010", "522632199105110010"),
        ("'甲", "'甲"),
        (3000, "3000"),
        (3000.0, "3000"),
        (-0.5, "-0.5"),
        (0.1 + 0.2, "0.3"),
        (2023.1, "2023.1"),
        (5.22121199001011234e17, "5.22121199001011E+17"),
        (999999999999999.0, "999999999999999"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2023, 3, 1), "2023-03-01"),
        (datetime.combine(date(2023, 3, 1), time(8, 5)), "2023-03-01 08:05:00"),
        (time(8, 5), "08:05:00"),
        (timedelta(days=1, hours=6), "30:00:00"),
        (timedelta(seconds=-61), "-0:01:01"),
    ],
)
def test_plain_is_what_a_person_sees(cell: object, text: str) -> None:
    assert plain(cell) == text  # type: ignore[arg-type]


def test_headers_are_compared_without_any_blank() -> None:
    assert header_text("证 件\n号　码（ＩＤ）") == "证件号码(ID)"
    assert header_text(2023.0) == "2023"


def test_the_error_of_a_formula_is_known_as_such() -> None:
    assert is_error("#N/A")
    assert is_error("#REF!")
    assert not is_error("#1")
    assert not is_error(None)


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (16383, "XFD")])
def test_columns_are_called_as_in_excel(column: int, letters: str) -> None:
    assert column_letter(column) == letters
