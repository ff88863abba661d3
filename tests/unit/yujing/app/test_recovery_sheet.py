"""The key comes back from paper, or the row that was mistyped is named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yujing.app.recovery_sheet import ROWS, key_of, rows_of, write_sheet
from yujing.errors import SettingsError

KEYS = st.binary(min_size=32, max_size=32).map(bytes.hex)


@given(KEYS)
def test_the_rows_give_the_key_back_however_they_are_typed(key: str) -> None:
    rows = rows_of(key)

    assert len(rows) == ROWS
    assert key_of(rows) == key
    assert key_of([row.upper().replace("  ", " ") for row in rows]) == key
    assert key_of(["-".join(row.split()) for row in rows]) == key


@given(KEYS, st.integers(0, ROWS - 1))
def test_rows_that_were_exchanged_or_cut_are_named(key: str, place: int) -> None:
    rows = rows_of(key)
    cut = [row[:-1] if n == place else row for n, row in enumerate(rows)]

    with pytest.raises(SettingsError, match=f"row {place + 1} of the key"):
        key_of(cut)
    with pytest.raises(SettingsError, match=f"{ROWS} rows"):
        key_of(rows[1:])


def test_a_digit_that_is_wrong_is_found_in_its_row() -> None:
    rows = rows_of("0f" * 32)
    found = 0
    for digit in "123456789abcdef":
        wrong = [rows[0], digit + rows[1][1:], *rows[2:]]
        try:
            key_of(wrong)
        except SettingsError as error:
            found += error.problems == ["row 2 of the key does not check; look at it again"]

    assert found >= 14  # two digits of check: one mistake in 256 is not seen here


@pytest.mark.parametrize("name", ["sheet.txt", "sheet.html"])
def test_the_sheet_holds_the_key_for_its_owner_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / "vault.key").write_text("ab" * 32 + "\n")
    (tmp_path / "vault.key").chmod(0o600)
    sheet = tmp_path / name

    write_sheet(sheet, tmp_path / "vault.key", tmp_path / "backup", "2026-11-24T02:00:00+00:00")

    text = sheet.read_text("utf8")
    assert all(row in text for row in rows_of("ab" * 32))
    assert ("<html" in text) == name.endswith("html")
    assert sheet.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_sheet(sheet, tmp_path / "vault.key", tmp_path, "")
