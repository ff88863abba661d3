"""What came from each source on which day, in both engines of the desk."""

from collections import Counter

import numpy as np
import pytest
from sqlalchemy import Engine

from streams.fact import FactArray, empty_facts
from streams.pipeline import Outcome
from yujing.app.source_days import counts_of, first_days, note_rows, source_days
from yujing.app.source_tables import ROOM
from yujing.domain.codes import Source, number
from yujing.storage.revisions import migrate_sql


@pytest.fixture
def engine(sql_engine: Engine) -> Engine:
    migrate_sql(sql_engine, ROOM)
    return sql_engine


def facts_of(*rows: tuple[Source, int, int, int]) -> FactArray:
    facts = empty_facts(len(rows))
    for place, (source, kind, month, day) in enumerate(rows):
        facts[place]["source"], facts[place]["kind"] = number(source), kind
        facts[place]["month"], facts[place]["occurred_to"] = month, day
    return facts


FACTS = facts_of(
    (Source.EMPLOYMENT_PLATFORM, 9, 24_300, 0),
    (Source.EMPLOYMENT_PLATFORM, 9, 24_300, 0),
    (Source.CIVIL_AFFAIRS, 5, 0, 20_000),
    (Source.YUJING, 24, 0, 20_000),
)
OUTCOMES = np.array(
    [Outcome.ACCEPTED, Outcome.CONFLICT, Outcome.DUPLICATE, Outcome.ACCEPTED], dtype=np.uint8
)


def test_rows_are_counted_by_source_event_type_and_month_and_ours_are_not() -> None:
    counts = counts_of(FACTS, OUTCOMES, 2, "civil_affairs")

    assert counts == {
        ("employment_platform", 9, 24_300): Counter(accepted=1, conflict=1),
        ("civil_affairs", 5, 2024 * 12 + 9): Counter(duplicate=1),  # day 20,000 is 2024-10-04
        ("civil_affairs", 0, 0): Counter(rejected=2),
    }


def test_batches_of_a_day_add_up(engine: Engine) -> None:
    counts = counts_of(FACTS, OUTCOMES, 2, "civil_affairs")
    note_rows(engine, counts, day=20_780, at=100)
    note_rows(engine, counts, day=20_780, at=160)
    note_rows(engine, counts, day=20_781, at=200)
    note_rows(engine, {}, day=20_782, at=300)

    found = source_days(engine, sources=["employment_platform"])

    assert [(one.day, one.read, one.refused, one.last_at) for one in found] == [
        (20_780, 2, 2, 160),
        (20_781, 1, 1, 200),
    ]
    assert {one.event for one in found} == {"employment.monthly_status"}
    unread = [one for one in source_days(engine, since=20_781) if not one.event]
    assert [(one.source, one.refused, one.read) for one in unread] == [("civil_affairs", 2, 0)]
    assert first_days(engine) == {"employment_platform": 20_780, "civil_affairs": 20_780}
