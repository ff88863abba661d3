"""What holds of a record on a day."""

import numpy as np

from streams.simulator.column import Whole
from streams.simulator.sheets.said import joined, said
from streams.simulator.table import DAY_SECONDS, RETRACT, Table, table
from yujing.domain.codes import Source


def _told(prefix: str, wages: list[int], version: int, day: int) -> Table:
    n = len(wages)
    return table(
        "employment.start", prefix, source=Source.EMPLOYMENT_PLATFORM, first=np.arange(n),
        reported=np.full(n, day * DAY_SECONDS), person=np.arange(n),
        payload={"wage_month": Whole(np.array(wages))},
    ).but(version=np.full(n, version))


def _wages(told: Table | None) -> list[int]:
    assert told is not None
    column = told.payload["wage_month"]
    assert isinstance(column, Whole)
    return [int(wage) for wage in column.data]


def test_the_highest_version_known_on_the_day_holds() -> None:
    tables = [_told("J", [10, 20], 2, 9), _told("J", [1, 2], 1, 3)]

    assert _wages(said(tables, "employment.start", 2)) == []
    assert _wages(said(tables, "employment.start", 3)) == [1, 2]
    assert _wages(said(tables, "employment.start", 9)) == [10, 20]


def test_a_withdrawn_record_is_gone() -> None:
    gone = _told("J", [1], 2, 5).but(op=np.full(1, RETRACT, np.uint8))

    assert _wages(said([_told("J", [1, 2], 1, 3), gone], "employment.start", 5)) == [2]


def test_records_of_another_prefix_are_others() -> None:
    tables = [_told("J", [1], 1, 3), _told("JZ", [7], 2, 3)]

    assert sorted(_wages(said(tables, "employment.start", 3))) == [1, 7]


def test_nothing_was_said_of_an_event_that_nobody_reports() -> None:
    assert said([_told("J", [1], 1, 3)], "income.report", 9) is None


def test_joined_tables_keep_their_rows_in_order() -> None:
    assert _wages(joined([_told("J", [3], 1, 1), _told("J", [1, 2], 1, 1)])) == [3, 1, 2]
