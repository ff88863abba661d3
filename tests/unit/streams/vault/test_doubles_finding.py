"""Who may be one person and who not, with hand-made people on either side."""

import csv
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.vault.doubles_finding import (
    MOST_NAMESAKES,
    ONE_DIGIT,
    SAME_HOME,
    SWAPPED,
    VARIANT,
    Person,
    likely_doubles,
    number_reason,
)
from streams.vault.name_forms import one_form
from yujing.domain.days import NEVER

A = "520526198505010012"
ONE_OFF = "520526198505010116"  # one digit and the check character
EXCHANGED = "520526198505010106"
FAR_OFF = "520526198505013311"
BORN = 5599  # 1985-05-01


def somebody(key: int, number: str | None = A, **more: object) -> Person:
    usual: dict[str, object] = {"name": "张国军", "birth": None, "home": 0}
    return Person(key, id_number=number, **(usual | more))  # type: ignore[arg-type]


def why(*people: Person) -> list[tuple[int, int, tuple[str, ...]]]:
    return [(found.one, found.other, found.why) for found in likely_doubles(people)]


def test_one_digit_apart_with_the_same_name_and_birth() -> None:
    assert why(somebody(1), somebody(2, ONE_OFF)) == [(1, 2, (ONE_DIGIT,))]


def test_two_neighbouring_digits_exchanged() -> None:
    assert number_reason("520526198505010012", EXCHANGED) == (SWAPPED,)
    assert why(somebody(1), somebody(2, EXCHANGED)) == [(1, 2, (SWAPPED,))]


def test_a_typing_error_in_the_birth_is_found_by_the_registered_birth() -> None:
    wrong = "520526198605010012"

    assert why(somebody(1, birth=BORN), somebody(2, wrong, birth=BORN)) == [(1, 2, (ONE_DIGIT,))]
    assert why(somebody(1), somebody(2, wrong)) == []


@pytest.mark.parametrize("other", [
    somebody(2, ONE_OFF, name="张国平"),                     # another name
    somebody(2, "520526198505020011"),                      # another birth
    somebody(2, FAR_OFF),                                   # another number
    somebody(2, "520526198505010302"),                      # two digits, no exchange
    somebody(2, None),                                      # no number, no birth
    somebody(2, None, birth=BORN),                          # no number, another household
    somebody(2, FAR_OFF, home=7),                           # a household of one
])  # fmt: skip
def test_who_is_not_likely_the_same(other: Person) -> None:
    assert why(somebody(1, home=0 if other.home else 7), other) == []


def test_registered_twice_in_one_household() -> None:
    assert why(somebody(1, home=7), somebody(2, FAR_OFF, home=7)) == [(1, 2, (SAME_HOME,))]
    assert why(somebody(1, None, birth=BORN, home=7), somebody(2, FAR_OFF, home=7)) == [
        (1, 2, (SAME_HOME,))
    ]
    assert why(somebody(1, home=7), somebody(2, FAR_OFF, home=8)) == []


def test_the_spelling_of_the_name_is_told() -> None:
    found = why(somebody(1), somebody(2, ONE_OFF, name="張 国軍"))

    assert found == [(1, 2, (ONE_DIGIT, VARIANT))]


def test_only_the_check_character_is_no_difference_of_its_own() -> None:
    assert number_reason("52052619850501001X", "520526198505010012") == ()


@pytest.mark.parametrize(("name", "form"), [
    ("張國軍", "张国军"), ("王喆", "王哲"), ("王哲", "王哲"), ("李昇", "李升"), ("李陞", "李升"),
    ("陈堃", "陈坤"), (" 张 国军 ", "张国军"), ("张\u3000国军", "张国军"),
    ("张\u200b国军", "张国军"),
    ("买买提·艾力", "买买提艾力"), ("买买提•艾力", "买买提艾力"), ("买买提.艾力", "买买提艾力"),
    ("⼀凡", "一凡"), ("王\ue863", "王䶮"), ("萧红", "肖红"), ("傅强", "付强"),
])  # fmt: skip
def test_spellings_of_one_name(name: str, form: str) -> None:
    assert one_form(name) == form


def test_a_surname_that_is_written_in_two_ways_is_another_character_in_a_given_name() -> None:
    assert one_form("王萧") == "王萧"
    assert one_form("王戴") != one_form("王代")


@pytest.mark.parametrize(("one", "other"), [("张国军", "张国平"), ("王哲", "王者"), ("", "王")])
def test_names_that_are_different(one: str, other: str) -> None:
    assert one_form(one) != one_form(other)


def test_every_variant_has_a_kind_a_source_and_a_day() -> None:
    text = files("streams.vault").joinpath("name_variants.csv").read_text(encoding="utf8")
    rows = list(csv.DictReader(text.splitlines()))

    assert len({row["written"] for row in rows}) == len(rows)
    assert {row["kind"] for row in rows} == {
        "traditional", "variant", "restored", "code", "surname"
    }
    assert all(row["source"] and row["collected"] for row in rows)
    for row in rows:
        if row["kind"] != "surname":
            assert one_form("王" + _shown(row["written"])) == one_form("王" + _shown(row["as"]))


def _shown(text: str) -> str:
    return chr(int(text[2:], 16)) if text.startswith("U+") else text


def test_a_filler_in_place_of_names_asks_nobody() -> None:
    crowd = [somebody(key, home=7, name="未知") for key in range(1, MOST_NAMESAKES + 2)]

    assert likely_doubles(crowd) == []
    assert len(likely_doubles(crowd[:3])) == 3


people = st.builds(
    Person,
    key=st.integers(1, 40),
    name=st.sampled_from(["张国军", "張國軍", "张国平", ""]),
    id_number=st.sampled_from([None, A, ONE_OFF, EXCHANGED, FAR_OFF]),
    birth=st.sampled_from([None, BORN, BORN + 1]),
    home=st.sampled_from([0, 7, 8]),
)


@given(st.lists(people, max_size=12, unique_by=lambda p: p.key), st.randoms())
@settings(max_examples=150)
def test_the_order_of_people_plays_no_part_and_no_pair_stands_twice(
    crowd: list[Person], chance: object
) -> None:
    found = likely_doubles(crowd)
    shuffled = list(crowd)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert likely_doubles(shuffled) == found
    assert all(pair.one < pair.other and pair.why for pair in found)
    assert len({(pair.one, pair.other) for pair in found}) == len(found)


def test_no_birth_is_known_of_never() -> None:
    assert NEVER < -1_000_000
