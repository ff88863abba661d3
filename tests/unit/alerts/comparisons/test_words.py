"""Differences in words and as questions: at most three, the most telling first."""

from collections.abc import Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from alerts.comparisons import shipped_comparisons
from alerts.comparisons.words import categories_zh, questions_of, sentence_of, split
from alerts.desk.differences import Difference
from alerts.reasons import questions
from alerts.rules import shipped_rules
from yujing.domain.codes import Category, Side
from yujing.domain.days import to_day

TODAY = date(2026, 11, 24)


def a_row(comparison: int, *, number: int = 1, person: int = 11, **more: int) -> Difference:
    plain = {"categories": 0, "since": to_day(date(2026, 7, 1)), "month": 0, "value": 0, "what": 1}
    return Difference(
        id=number, household=1, person=person, region=0, comparison=comparison, stage="open",
        opened_on=TODAY, closed_on=None, gone_on=None, right=Side.UNKNOWN, answer="",
        answered_by="", **(plain | more),
    )  # fmt: skip


def test_days_and_months_are_counted_up_to_the_day_of_the_page() -> None:
    assert sentence_of(a_row(1), as_of=TODAY) == "7 月 1 日起职工社保停缴 4 个月，务工登记仍为在岗"
    assert "停缴 7 个月" in sentence_of(a_row(1), as_of=date(2027, 2, 1))
    assert "146 天没有" in sentence_of(a_row(11), as_of=TODAY)
    assert sentence_of(a_row(9, value=2025, what=7), as_of=TODAY) == (
        "2025 年城乡居民医疗保险既有政府代缴（资助），又有个人缴费")
    assert "，2025 年 12 月又登记" in sentence_of(a_row(13, month=2025 * 12 + 11), as_of=TODAY)


def test_a_comparison_of_another_release_says_and_asks_nothing() -> None:
    assert sentence_of(a_row(250), as_of=TODAY) == ""
    assert questions_of([a_row(250)], {}, as_of=TODAY) == ([], set())


def test_lists_are_not_asked_on_the_card() -> None:
    listed = [one.number for one in shipped_comparisons() if one.asked == "list"]

    assert listed
    assert questions_of([a_row(n) for n in listed], {}, as_of=TODAY) == ([], set())


ROWS = st.lists(st.integers(1, 13), max_size=8).map(
    lambda given_numbers: sorted(
        [a_row(n, number=place + 1) for place, n in enumerate(given_numbers)],
        key=lambda row: -row.of.telling if row.of else 0,
    )
)


@given(ROWS, st.lists(st.sampled_from(shipped_rules()), max_size=4))
def test_at_most_three_questions_the_most_telling_first_rules_where_room_is_left(
    rows: Sequence[Difference], rules: list[object]
) -> None:
    signals = [{"rule": rule.number} for rule in rules]   # type: ignore[attr-defined]
    first, covered = questions_of(rows, {11: "赵*军"}, as_of=TODAY)
    asked = questions(signals, {}, first=first, without=covered)

    assert len(asked) <= 3
    assert asked[: len(first)] == first
    told = [row for row in rows if row.of and row.of.asked == "card"]
    assert [one.code for one in first] == [f"difference_{row.id}" for row in told[:3]]
    assert all(one.zh.startswith("赵*军：") and one.zh.endswith("？") for one in first)
    assert not {one.code for one in asked} & covered
    assert len({one.code for one in asked}) == len(asked)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=3)), st.dictionaries(
    st.integers(0, 10**14), st.text(max_size=3)))
def test_answers_part_into_those_of_rules_and_of_differences(
    rules: dict[str, str], settled: dict[int, str]
) -> None:
    rules = {code: word for code, word in rules.items() if not code.startswith("difference_")}

    assert split(rules | {f"difference_{n}": word for n, word in settled.items()}) == (
        rules, settled)


def test_categories_in_words() -> None:
    assert categories_zh(1 << list(Category).index(Category.DESTITUTE)) == "特困"
    assert categories_zh(0) == ""
