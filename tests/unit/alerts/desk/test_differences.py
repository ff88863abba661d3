"""Differences at the desk: asked once for the same claims, answered, taken back, counted."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from alerts.comparisons.precision import precision_of_sources
from alerts.desk import Desk
from alerts.desk.differences import DifferenceBook
from streams.content import content_hashes
from streams.fact import FactArray, empty_facts
from tests.support.cases import TODAY
from tests.support.unit_desk import POLICY, a_card, at
from tests.support.written_differences import NUMBERS, difference, differences
from yujing.domain.calendar import Calendar
from yujing.domain.codes import Outcome, Side, Source, number
from yujing.domain.days import to_day
from yujing.storage.sql import open_sqlite

TOMORROW = TODAY + timedelta(days=1)
WORKING = difference("working_uninsured", 1, 11)


def seen(desk: Desk, **more: Any) -> list[tuple[str, int, str]]:
    return [
        (one.of.code if one.of else "", one.person or one.household, one.stage)
        for one in desk.differences.listed(**more)
    ]


def test_what_holds_is_open_and_the_same_again_changes_nothing(desk: Desk) -> None:
    first = desk.differences.settle(differences(WORKING), day=TODAY)
    rows = desk.differences.listed()
    again = desk.differences.settle(differences(WORKING), day=TOMORROW)

    assert (first, again) == ({"opened": 1, "gone": 0}, {"opened": 0, "gone": 0})
    assert desk.differences.listed() == rows
    assert (rows[0].opened_on, rows[0].household, rows[0].person) == (TODAY, 1, 11)


def test_what_holds_no_more_is_gone_and_opens_anew(desk: Desk) -> None:
    desk.differences.settle(differences(WORKING), day=TODAY)
    gone = desk.differences.settle(differences(), day=TOMORROW)
    assert (gone, seen(desk)) == ({"opened": 0, "gone": 1}, [])

    assert desk.differences.settle(differences(WORKING), day=TOMORROW)["opened"] == 1
    assert seen(desk) == [("working_uninsured", 11, "open")]


def test_claims_and_places_that_change_are_brought_up_to_date(desk: Desk) -> None:
    desk.differences.settle(differences(WORKING), day=TODAY)
    moved = difference("working_uninsured", 2, 11, region=520526111203, since=date(2026, 7, 1))
    desk.differences.settle(differences(moved), day=TOMORROW)

    (row,) = desk.differences.listed()
    assert (row.household, row.region, row.since, row.opened_on) == (
        2, 520526111203, to_day(date(2026, 7, 1)), TODAY)  # fmt: skip


def test_the_most_telling_is_asked_first(desk: Desk) -> None:
    codes = ("jobless_insured", "dead_working", "left_unreported", "paid_twice")
    rows = [difference(code, 1, 11 + place) for place, code in enumerate(codes)]
    other = difference("dead_working", 2, 50)
    desk.differences.settle(differences(*rows, other), day=TODAY)

    assert [one.of and one.of.code for one in desk.differences.open_of(1)] == [
        "dead_working", "left_unreported", "jobless_insured", "paid_twice"]  # fmt: skip


def answered(desk: Desk, word: str, *, card: int | None = None, day: date = TODAY) -> int:
    """Answer the one open difference of household 1 on a visit; return the card."""
    card = card or a_card(desk)
    (one,) = desk.differences.open_of(1)
    desk.record_outcome(card, Outcome.CONFIRMED, by="wang", at=at(day), settled={one.id: word})
    return card


def told(desk: Desk) -> list[dict[str, Any]]:
    return [row.body for row in desk.waiting(kinds=("comparison",))]


def test_an_answer_closes_it_and_tells_the_log(desk: Desk) -> None:
    desk.differences.settle(differences(WORKING), day=TODAY)
    card = answered(desk, "没活了")

    (row,) = desk.differences.listed()
    assert (row.stage, row.right, row.answer, row.answered_by, row.closed_on) == (
        "answered", Side.SECOND, "没活了", "wang", TODAY)  # fmt: skip
    (body,) = told(desk)
    assert body["record"].startswith(f"difference-{row.id}-")
    del body["record"]
    assert body == {
        "op": "upsert", "version": 1, "card": card, "household": 1, "person": 11,
        "region": 520526111202, "day": TODAY.isoformat(), "comparison": 1, "right": "second",
    }  # fmt: skip


@pytest.mark.parametrize("word", ["还在干", "没活了", "说不清"])
def test_an_answered_one_is_not_asked_again_without_a_new_fact(desk: Desk, word: str) -> None:
    desk.differences.settle(differences(WORKING), day=TODAY)
    answered(desk, word)
    for days in (1, 30, 400):
        made = desk.differences.settle(differences(WORKING), day=TODAY + timedelta(days=days))
        assert (made, desk.differences.open_of(1)) == ({"opened": 0, "gone": 0}, [])

    news = difference("working_uninsured", 1, 11, basis=2)
    assert desk.differences.settle(differences(news), day=TOMORROW)["opened"] == 1
    assert len(desk.differences.open_of(1)) == 1
    assert seen(desk) == [("working_uninsured", 11, "open")]


def test_what_was_mended_and_comes_back_is_asked_again(desk: Desk) -> None:
    desk.differences.settle(differences(WORKING), day=TODAY)
    answered(desk, "没活了")
    desk.differences.settle(differences(), day=TOMORROW)
    assert seen(desk) == []

    assert desk.differences.settle(differences(WORKING), day=TOMORROW)["opened"] == 1


def test_words_of_another_comparison_and_households_of_others_close_nothing(desk: Desk) -> None:
    desk.differences.settle(differences(WORKING, difference("dead_working", 2, 21)), day=TODAY)
    card = a_card(desk)
    (mine,), (other,) = desk.differences.open_of(1), desk.differences.open_of(2)
    wrong = {mine.id: "在上学", other.id: "死亡登记不对", 99_999: "没活了"}
    desk.record_outcome(card, Outcome.CONFIRMED, by="wang", at=at(), settled=wrong)

    assert {stage for *_, stage in seen(desk)} == {"open"}
    assert told(desk) == []


def test_undoing_a_visit_takes_its_answers_back(desk: Desk, sql_engine: Engine) -> None:
    desk.differences.settle(differences(WORKING), day=TODAY)
    card = answered(desk, "没活了")
    desk.undo(card, by="wang", at=at())

    (row,) = desk.differences.open_of(1)
    assert (row.answer, row.right, row.closed_on) == ("", Side.UNKNOWN, None)
    first, second = told(desk)
    assert (second["op"], second["version"], second["record"]) == ("retract", 2, first["record"])

    answered(desk, "还在干", card=card)
    assert told(desk)[2]["record"] != first["record"]   # a fact of its own: the first is withdrawn
    assert precision_of_sources(desk.differences._engine) == {
        Source.FANGPIN_CLOUD: (1, 1), Source.SOCIAL_INSURANCE: (0, 1)}  # fmt: skip


def test_undone_after_new_claims_the_new_question_stands_alone(desk: Desk) -> None:
    desk.differences.settle(differences(WORKING), day=TODAY)
    card = answered(desk, "没活了")
    desk.differences.settle(differences(difference("working_uninsured", 1, 11, basis=2)), day=TODAY)
    desk.undo(card, by="wang", at=at())

    assert seen(desk) == [("working_uninsured", 11, "open")]


def answer_from_outside(right: str = "first", **more: Any) -> FactArray:
    facts = empty_facts(1)
    facts["fact"], facts["version"], facts["kind"] = 77, 1, 26
    facts["subject"], facts["household"], facts["region"] = 11, 1, 520526111202
    facts["source"] = number(Source.VILLAGE_REPORT)
    facts["grade"], facts["result"] = NUMBERS["working_uninsured"], number(Side(right))
    facts["occurred_from"] = facts["occurred_to"] = to_day(TODAY)
    for name, value in more.items():
        facts[name] = value
    facts["content"] = content_hashes(facts)
    return facts


def test_an_event_from_outside_answers_once(desk: Desk) -> None:
    desk.differences.settle(differences(WORKING), day=TODAY)
    facts = answer_from_outside()
    taken = [desk.differences.take_answers(facts, day=TODAY) for _ in range(2)]
    own = answer_from_outside(fact=78, source=number(Source.YUJING))

    assert (taken, desk.differences.take_answers(own, day=TODAY)) == ([1, 0], 0)
    (row,) = desk.differences.listed()
    assert (row.stage, row.right, row.answer) == ("answered", Side.FIRST, "前者对")
    assert told(desk) == []   # it is in the log already


def test_an_answer_that_comes_before_its_question_counts(desk: Desk) -> None:
    desk.differences.take_answers(answer_from_outside(), day=TODAY)
    desk.differences.settle(differences(), day=TODAY)
    made = desk.differences.settle(differences(WORKING), day=TOMORROW)

    assert (made["opened"], seen(desk)) == (0, [("working_uninsured", 11, "answered")])

    later = difference("working_uninsured", 1, 11, basis=2, since=TOMORROW)
    assert desk.differences.settle(differences(later), day=TOMORROW)["opened"] == 1


def test_an_answer_from_before_a_difference_began_is_none(desk: Desk) -> None:
    early = to_day(date(2026, 5, 1))
    desk.differences.take_answers(answer_from_outside(occurred_from=early), day=TODAY)

    assert desk.differences.settle(differences(WORKING), day=TODAY)["opened"] == 1


def test_places_sources_and_comparisons_narrow_the_list(desk: Desk) -> None:
    lower = difference("student_working", 3, 31, region=520526111203)
    desk.differences.settle(differences(WORKING, lower), day=TODAY)

    assert seen(desk, prefix="520526111203") == [("student_working", 31, "open")]
    assert len(seen(desk, source=Source.FANGPIN_CLOUD)) == 2
    assert seen(desk, source=Source.SOCIAL_INSURANCE) == [("working_uninsured", 11, "open")]
    assert seen(desk, comparison=NUMBERS["student_working"]) == [("student_working", 31, "open")]
    assert desk.differences.counts(source=Source.SOCIAL_INSURANCE) == {1: {"open": 1}}
    assert desk.differences.counts("520522") == {}


@pytest.mark.parametrize(
    ("code", "word", "counts"),
    [
        ("working_uninsured", "还在干", {"fangpin_cloud": (1, 1), "social_insurance": (0, 1)}),
        ("working_uninsured", "没活了", {"fangpin_cloud": (0, 1), "social_insurance": (1, 1)}),
        ("working_uninsured", "说不清", {}),
        ("paid_elsewhere", "单位异地参保",
         {"employment_platform": (1, 1), "social_insurance": (1, 1)}),
        ("paid_elsewhere", "都不是", {"employment_platform": (0, 1), "social_insurance": (0, 1)}),
        ("monitored_no_measure", "没有", {"fangpin_cloud": (1, 1)}),
    ],
)
def test_answers_count_for_the_precision_of_sources(
    desk: Desk, sql_engine: Engine, code: str, word: str, counts: dict[str, tuple[int, int]]
) -> None:
    person = 0 if code == "monitored_no_measure" else 11
    desk.differences.settle(differences(difference(code, 1, person)), day=TODAY)
    assert precision_of_sources(sql_engine) == {}   # nothing was answered yet

    answered(desk, word)
    assert precision_of_sources(sql_engine) == counts


# ---- laws

KEYS = st.tuples(st.integers(1, 3), st.sampled_from(sorted(NUMBERS)), st.integers(1, 3))
HELD = st.lists(KEYS, max_size=6, unique_by=lambda key: key[:2])


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(HELD, st.sets(st.integers(0, 5), max_size=3)), max_size=5), st.data())
def test_each_claim_is_asked_once_whatever_days_and_orders(
    tmp_path_factory: pytest.TempPathFactory, days: list[Any], data: Any
) -> None:
    engine = open_sqlite(tmp_path_factory.mktemp("desk") / "desk.sqlite")
    try:
        book = Desk(engine, POLICY, Calendar()).differences
        _follow(book, days, data)
    finally:
        engine.dispose()


def _follow(book: DifferenceBook, days: list[Any], data: Any) -> None:
    """Settle day by day and answer some; compare with a plain account of what must be open."""
    asked: dict[tuple[int, str], tuple[str, int]] = {}   # stage, basis
    for place, (held, answers) in enumerate(days):
        day = TODAY + timedelta(days=place)
        rows = [
            difference(code, person, person + 10, basis=basis) for person, code, basis in held
        ]
        mixed = data.draw(st.permutations(rows))
        book.settle(differences(*mixed), day=day)
        again = book.settle(differences(*reversed(mixed)), day=day)
        assert again == {"opened": 0, "gone": 0}
        now = {(person, code): basis for person, code, basis in held}
        asked = {
            key: (("answered" if asked.get(key) == ("answered", basis) else "open"), basis)
            for key, basis in now.items()
        }
        open_ = sorted(key for key, (stage, _) in asked.items() if stage == "open")
        found = [one for one in book.listed(stages=("open",)) if one.of]
        assert sorted((one.person - 10, one.of.code) for one in found if one.of) == open_
        for one in found:
            key = (one.person - 10, one.of.code) if one.of else (0, "")
            if open_.index(key) in answers:
                fact = answer_from_outside(
                    fact=1000 * place + one.id, subject=one.person, grade=one.comparison
                )
                assert book.take_answers(fact, day=day) == 1
                asked[key] = ("answered", asked[key][1])
    assert np.unique([one.id for one in book.listed()]).size == len(book.listed())
