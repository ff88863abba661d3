"""No reason shows a whole certificate number, phone number or name."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.masking import shown

DIGITS = st.text(alphabet="0123456789", min_size=11, max_size=22)
TEXT = st.text(alphabet="王小明 在a（）,3", max_size=10)


@given(DIGITS, TEXT, TEXT)
def test_a_long_number_in_any_column_is_hidden(digits: str, before: str, after: str) -> None:
    assert digits not in shown(before + digits + after, "text", personal=False)
    assert digits not in shown(digits, "id_number", personal=True)


@given(st.text(alphabet="王小明李红阿卜", min_size=2, max_size=6))
def test_a_name_is_hidden_in_every_column(name: str) -> None:
    assert shown(name, "name", personal=True) == name[0] + "*" * (len(name) - 1)
    assert shown(name, "text", personal=False, names={name})[1:] == "*" * (len(name) - 1)
    assert name not in shown(f"联系人：{name}", "text", personal=False, names={name})


def test_what_is_not_personal_is_shown() -> None:
    assert shown("三千左右", "yuan", personal=False) == "三千左右"
    assert shown("2023-03-01", "day", personal=False) == "2023-03-01"
    assert shown(date(2023, 3, 1), "day", personal=False) == "2023-03-01"
    assert len(shown("长" * 100, "text", personal=False)) == 31
    assert shown("123", "number_text", personal=True) == "1**"
