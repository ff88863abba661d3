"""Findings by row: what opens, what is mended, and that neither batches nor order play a part."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from alerts.quality.finding import Doubted, StateFindings, Wanted
from alerts.quality.rows import QualityRows
from alerts.quality.tables import QUALITY_ROW
from streams.fact import empty_facts
from streams.state.fact_index import NEW, SAME, FactIndex
from yujing.storage.sql import open_sqlite, writing

DAY = date(2026, 11, 24)
BIG = 2**63 + 5  # a key that fills all bits


@pytest.fixture
def rows(sql_engine: Engine) -> QualityRows:
    return QualityRows(sql_engine)


def doubted(*given_rows: tuple[int, int, tuple[str, ...]], source: str = "education") -> Doubted:
    """Return (fact, version, rules) as a batch."""
    facts = empty_facts(len(given_rows))
    facts["fact"] = [fact for fact, _, _ in given_rows]
    facts["version"] = [version for _, version, _ in given_rows]
    facts["kind"] = 9
    n = len(given_rows)
    return Doubted(
        facts, [f"R-{fact}" for fact, _, _ in given_rows], [source] * n,
        {at: rules for at, (_, _, rules) in enumerate(given_rows) if rules},
        np.full(n, BIG, np.uint64), np.full(n, 7, np.uint64), np.full(n, 520526100001, np.int64),
    )  # fmt: skip


def state_findings(*found: tuple[int, str, int]) -> StateFindings:
    """Return (about, rule, household) as findings."""
    n = len(found)
    return StateFindings(
        np.array([about for about, _, _ in found], np.uint64), [rule for _, rule, _ in found],
        ["civil_affairs"] * n, np.zeros(n, np.uint64),
        np.array([home for _, _, home in found], np.uint64), np.full(n, 520526100001, np.int64),
    )  # fmt: skip


def standing(rows: QualityRows, state: str = "open") -> set[tuple[int, str]]:
    found = rows.rows(Wanted(state=state), most=1000)
    return {(row.about, row.rule) for row in found}


def test_a_finding_is_kept_with_the_record_that_the_source_knows(rows: QualityRows) -> None:
    rows.take(doubted((BIG + 1, 3, ("wage_missing",))), day=DAY)

    [row] = rows.rows(Wanted(), most=10)

    assert (row.about, row.rule, row.source) == (BIG + 1, "wage_missing", "education")
    assert (row.record, row.version, row.kind) == (f"R-{BIG + 1}", 3, 9)
    assert (row.person, row.household, row.region) == (BIG, 7, 520526100001)
    assert (row.since, row.mended) == (DAY, None)


def test_the_same_fact_without_the_finding_mends_it_and_with_it_opens_it_again(
    rows: QualityRows,
) -> None:
    rows.take(doubted((1, 1, ("a", "b"))), day=DAY)
    rows.take(doubted((1, 2, ("b",))), day=DAY + timedelta(days=1))

    assert standing(rows) == {(1, "b")}
    [mended] = rows.rows(Wanted(state="mended"), most=10)
    assert (mended.rule, mended.mended) == ("a", DAY + timedelta(days=1))

    rows.take(doubted((1, 3, ("a", "b"))), day=DAY + timedelta(days=2))
    since = {row.rule: row.since for row in rows.rows(Wanted(), most=10)}
    assert since == {"a": DAY + timedelta(days=2), "b": DAY}


def test_an_older_version_opens_and_mends_nothing(rows: QualityRows) -> None:
    rows.take(doubted((1, 5, ("a",))), day=DAY)
    rows.take(doubted((1, 4, ("b",))), day=DAY)

    assert standing(rows) == {(1, "a")}


def test_a_version_that_does_not_count_is_settled(rows: QualityRows) -> None:
    rows.take(doubted((1, 1, ("a",)), (2, 1, ("a",)), (3, 1, ("a",))), day=DAY)

    n = rows.settle(lambda facts: np.array([{1: 2, 2: 1, 3: 0}[int(f)] for f in facts]), day=DAY)

    assert n == 1
    assert standing(rows) == {(2, "a"), (3, "a")}


def test_more_facts_than_one_question_takes(rows: QualityRows) -> None:
    many = [(fact, 1, ("a",) if fact % 7 == 0 else ()) for fact in range(1, 25_001)]
    rows.take(doubted(*many), day=DAY)
    rows.take(doubted(*((fact, 2, ()) for fact, _, _ in many)), day=DAY)

    assert rows.count(Wanted()) == 0
    assert rows.count(Wanted(state="mended")) == 25_000 // 7


def test_findings_are_counted_by_source_rule_and_month(rows: QualityRows) -> None:
    rows.take(doubted((1, 1, ("a",)), (2, 1, ("a",))), day=date(2026, 9, 30))
    rows.take(doubted((3, 1, ("a", "b"))), day=date(2026, 10, 1))
    rows.take(doubted((4, 1, ("a",)), source="housing"), day=date(2026, 10, 1))
    rows.take(doubted((1, 2, ())), day=date(2026, 11, 2))

    found = rows.counts(Wanted(state="all"))
    count = found["education", "a"]

    assert set(found) == {("education", "a"), ("education", "b"), ("housing", "a")}
    assert (count.open, count.mended) == (2, 1)
    assert count.opened_in == {"2026-09": 2, "2026-10": 1}
    assert count.mended_in == {"2026-11": 1}


def test_a_department_sees_its_own_findings_within_its_places(rows: QualityRows) -> None:
    rows.take(doubted((1, 1, ("a",))), day=DAY)
    rows.take(doubted((2, 1, ("a",)), source="housing"), day=DAY)

    def seen(**wanted: object) -> set[int]:
        return {row.about for row in rows.rows(Wanted(**wanted), most=9)}  # type: ignore[arg-type]

    assert seen(source="education") == {1}
    assert seen(rule="b") == set()
    assert seen(regions=(520526000000, 520526999999)) == {1, 2}
    assert seen(regions=(520527000000, 520527999999)) == set()


def test_what_was_mended_long_ago_is_forgotten(rows: QualityRows) -> None:
    rows.take(doubted((1, 1, ("a",)), (2, 1, ("a",))), day=date(2025, 1, 1))
    rows.take(doubted((1, 2, ())), day=date(2025, 1, 2))

    assert rows.forget(date(2025, 1, 2)) == 0
    assert rows.forget(date(2025, 1, 3)) == 1
    assert standing(rows, "all") == {(2, "a")}


def test_rules_of_the_state_are_mended_where_they_were_looked_at(rows: QualityRows) -> None:
    rows.keep_state(state_findings((1, "s", 1), (2, "s", 2), (BIG, "t", 2)), day=DAY)
    rows.take(doubted((1, 1, ("a",))), day=DAY)

    def odd(homes: np.ndarray) -> np.ndarray:
        return homes % 2 == 1

    rows.keep_state(state_findings(), day=DAY + timedelta(days=1), looked_at=odd)
    assert standing(rows) == {(2, "s"), (BIG, "t"), (1, "a")}

    rows.keep_state(state_findings((2, "s", 2)), day=DAY + timedelta(days=2))
    assert standing(rows) == {(2, "s"), (1, "a")}
    assert {row.since for row in rows.rows(Wanted(rule="s"), most=9)} == {DAY}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, QualityRows]]:
    engine = open_sqlite(tmp_path_factory.mktemp("quality") / "desk.sqlite")
    yield engine, QualityRows(engine)
    engine.dispose()


# fact, version and what the rules say of this version: a function of the two, as at the door
VERSIONS = {
    (fact, version): tuple(rule for rule in "abc" if hash((fact, version, ord(rule))) % 3 == 0)
    for fact in range(1, 6)
    for version in range(1, 5)
}


def come(rows: QualityRows, batches: list[list[tuple[int, int]]], knows_index: bool) -> None:
    """Take batches in as the application does: with the index, or as the door of many workers."""
    index = FactIndex()
    for batch in batches:
        facts = doubted(*((fact, version, ()) for fact, version in batch)).facts
        index.enter(facts)
        counting = np.ones(len(batch), bool)
        if knows_index:
            verdicts = index.ask(facts)
            counting = (verdicts == SAME) | (verdicts == NEW)
        newest: dict[int, int] = {}
        for (fact, version), counts in zip(batch, counting, strict=True):
            if counts:
                newest[fact] = max(version, newest.get(fact, 0))
        rows.take(doubted(*((f, v, VERSIONS[f, v]) for f, v in newest.items())), day=DAY)
    rows.settle(lambda facts: index.standing(facts)["version"], day=DAY)


@given(
    sent=st.lists(st.sampled_from(sorted(VERSIONS)), min_size=1, max_size=25),
    cuts=st.sets(st.integers(1, 24)),
    knows_index=st.booleans(),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_neither_order_nor_batches_change_what_stands(
    shared: tuple[Engine, QualityRows], sent: list[tuple[int, int]], cuts: set[int],
    knows_index: bool,
) -> None:  # fmt: skip
    engine, rows = shared
    with writing(engine) as connection:
        connection.execute(delete(QUALITY_ROW))
    edges = [0, *sorted(cut for cut in cuts if cut < len(sent)), len(sent)]
    batches = [sent[a:b] for a, b in pairwise(edges)]

    come(rows, batches, knows_index)

    winners: dict[int, int] = {}
    for fact, version in sent:
        winners[fact] = max(version, winners.get(fact, 0))
    expected = {(f, rule) for f, v in winners.items() for rule in VERSIONS[f, v]}
    if knows_index:
        assert standing(rows) == expected
    else:  # a door without a state may miss one, and never shows one that does not stand
        assert standing(rows) <= expected
