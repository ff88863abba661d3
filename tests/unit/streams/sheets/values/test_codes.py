"""Words of the code sets: known ones in any spelling, unknown ones by what the mapping says."""

import tomllib
from enum import StrEnum
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sheets.mapping import Mappings
from streams.sheets.rules import ColumnRule
from streams.sheets.values.codes import Words
from streams.sheets.values.reading import Read
from streams.sheets.values.spelling import read_column
from yujing.domain import codes

WORDS = {"是": "yes", "否": "no", "y": "yes"}
FULL_WIDTH = str.maketrans("01yY", "０１ｙＹ")
CODED = [
    rule
    for mapping in Mappings.load()
    for rule in mapping.columns.values()
    if rule.code_set is not None
]


def test_a_word_is_known_in_any_spelling() -> None:
    words = Words(WORDS, ["是", "否"], refuse=True)

    assert [words.read(cell).value for cell in ("是", " 是\u00a0", "Ｙ", "y", "否")] == [
        "yes", "yes", "yes", "yes", "no",
    ]  # fmt: skip
    assert words.read(None) == words.read(" ") == Read()


def test_an_unknown_word_is_refused_with_the_known_ones() -> None:
    read = Words(WORDS, ["是", "否"], refuse=True).read("也许")

    assert read.value is None
    assert read.fault is not None
    assert "是、否" in read.fault.zh
    assert "是, 否" in read.fault.en


def test_or_it_counts_as_unknown_with_a_warning() -> None:
    read = Words(WORDS, ["是", "否"], refuse=False).read("也许")

    assert (read.value, read.fault) == ("unknown", None)
    assert read.doubt is not None
    assert read.doubt.code == "unknown_word"


def test_several_words_in_a_cell() -> None:
    words = {"残疾": "disabled", "长期慢性病": "chronic"}
    strict = Words(words, ["残疾"], refuse=True)
    mild = Words(words, ["残疾"], refuse=False)

    assert strict.read_several("残疾,长期慢性病").value == ("disabled", "chronic")
    assert strict.read_several("长期慢性病、残疾；残疾").value == ("chronic", "disabled")
    assert strict.read_several("残疾,感冒").fault is not None
    assert mild.read_several("残疾,感冒").value == ("disabled",)
    assert mild.read_several("残疾,感冒").doubt is not None
    assert mild.read_several("感冒").value is None


@pytest.mark.parametrize("rule", CODED, ids=lambda rule: rule.field)
def test_yujings_own_terms_are_words_of_every_column(rule: ColumnRule) -> None:
    assert rule.code_set is not None
    for member in rule.code_set:
        if member.value != "unknown":
            values = read_column([codes.zh(member)], rule, typed=True)
            expected: object = (member.value,) if rule.spelling == "codes" else member.value
            assert values.distinct[values.at[0]] == expected


@given(st.sampled_from(CODED), st.text(max_size=8))
def test_a_word_is_one_of_the_set_or_refused(rule: ColumnRule, text: str) -> None:
    values = read_column([text], rule, typed=True)
    value = values.distinct[values.at[0]]

    words = value if isinstance(value, tuple) else (value,)
    code_set: type[StrEnum] | None = rule.code_set
    assert code_set is not None
    assert all(word is None or word in {member.value for member in code_set} for word in words)


def test_no_word_of_a_column_has_two_meanings() -> None:
    """One folded word is one key, so a second meaning would have replaced the first."""
    for name, tables in _shared_words().items():
        seen: dict[str, str] = {}
        for table in tables:
            for word in table["words"]:
                assert seen.setdefault(word, table["code"]) == table["code"], (name, word)


def _shared_words() -> dict[str, list[dict[str, Any]]]:
    file = resources.files("streams.sheets") / "mappings" / "_words.toml"
    words: dict[str, list[dict[str, Any]]] = tomllib.loads(file.read_text("utf8"))["words"]
    return words
