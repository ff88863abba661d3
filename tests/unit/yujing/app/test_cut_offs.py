"""The ledger of cut-offs: each line once, in order, on both databases."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from streams.kafka.tables import OWNERS, ROOM, SWEEP_PARTS
from yujing.app.cut_offs import LATE_AFTER_S, CutOff, CutOffs
from yujing.errors import UsageError
from yujing.storage.revisions import migrate_sql
from yujing.storage.sql import reading, writing

FIRST, SECOND = date(2026, 11, 23), date(2026, 11, 24)
ENDS = {1: 2**48 + 4095, 2049: 2049 * 2**48 + 4095}
ASKED: Any = {"known_before": 1_790_000_000, "positions": ENDS, "at": 1_790_000_060}


@pytest.fixture
def ledger(sql_engine: Engine) -> CutOffs:
    migrate_sql(sql_engine, ROOM)
    return CutOffs(sql_engine, 3)


def test_a_day_is_asked_for_once_and_days_go_forward(ledger: CutOffs) -> None:
    assert ledger.pending() == []
    assert ledger.last_dealt() is None
    assert ledger.ask(FIRST, **ASKED)
    assert not ledger.ask(FIRST, **(ASKED | {"known_before": 5}))
    assert ledger.ask(SECOND, **ASKED)
    with pytest.raises(UsageError, match="lies before 2026-11-24"):
        ledger.ask(FIRST, **ASKED)

    assert ledger.pending() == [
        CutOff(day, ASKED["known_before"], ENDS, ASKED["at"]) for day in (FIRST, SECOND)
    ]
    ledger.mark_dealt(FIRST, at=7)
    assert [one.day for one in ledger.pending()] == [SECOND]
    assert ledger.last_dealt() == FIRST


def test_nobody_is_waited_for_beyond_half_an_hour() -> None:
    one = CutOff(FIRST, 5, {}, 100)

    assert not one.overdue(100 + LATE_AFTER_S - 1)
    assert one.overdue(100 + LATE_AFTER_S)


def test_who_has_read_enough_says_so_as_often_as_he_likes(ledger: CutOffs) -> None:
    ledger.mark_reached(FIRST, [])
    for partitions in ([0, 2], [2], [1, 2]):
        assert not ledger.all_reached(FIRST)
        ledger.mark_reached(FIRST, partitions)

    assert ledger.reached(FIRST) == {0, 1, 2}
    assert ledger.all_reached(FIRST)
    assert not ledger.all_reached(SECOND)


def test_contexts_are_complete_or_not_there_and_the_first_one_stays(ledger: CutOffs) -> None:
    ledger.put_contexts(FIRST, {2: b"two", 0: b"zero"})
    ledger.put_contexts(FIRST, {})
    assert ledger.contexts_of(FIRST) is None
    assert ledger.with_context(FIRST) == {0, 2}
    ledger.put_contexts(FIRST, {1: b"one", 2: b"other"})

    assert ledger.contexts_of(FIRST) == [b"zero", b"one", b"two"]


def test_a_partition_is_swept_once(ledger: CutOffs, sql_engine: Engine) -> None:
    with writing(sql_engine) as connection:
        connection.execute(insert(OWNERS), [
            {"partition": p, "epoch": 4 + p, "worker": "w", "since": 1, "clean": False}
            for p in range(3)
        ])
    assert ledger.put_part(FIRST, [2, 0], b"most", at=1)
    assert not ledger.put_part(FIRST, [1, 2], b"too much", at=2)
    assert ledger.swept(FIRST) == {0, 2}
    assert ledger.parts_of(FIRST) is None
    assert ledger.put_part(FIRST, [1], b"rest", at=3)

    assert ledger.parts_of(FIRST) == [b"most", b"rest"]
    with reading(sql_engine) as connection:
        rows = connection.execute(SWEEP_PARTS.select().order_by(SWEEP_PARTS.c.part)).mappings()
        assert [(row["part"], row["epoch"]) for row in rows] == [
            ("2026-11-23/0", 6), ("2026-11-23/1", 5)]


def test_what_was_kept_for_a_deal_goes_with_it(ledger: CutOffs) -> None:
    for day in (FIRST, SECOND):
        ledger.ask(day, **ASKED)
        ledger.mark_reached(day, range(3))
        ledger.put_contexts(day, dict.fromkeys(range(3), b"c"))
        ledger.put_part(day, range(3), b"p", at=1)
    ledger.sweep_again(FIRST)
    assert (ledger.swept(FIRST), ledger.contexts_of(FIRST)) == (frozenset(), [b"c"] * 3)
    assert ledger.parts_of(SECOND) == [b"p"]

    ledger.mark_dealt(FIRST, at=2)

    assert ledger.reached(FIRST) == ledger.with_context(FIRST) == frozenset()
    assert ledger.parts_of(SECOND) == [b"p"]
    assert ledger.contexts_of(SECOND) == [b"c"] * 3
