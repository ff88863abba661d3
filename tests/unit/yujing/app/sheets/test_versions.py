from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.fact import FACT, FactArray
from streams.state.fact_index import FactIndex
from streams.state.judging import ACCEPTED, CONFLICT, DUPLICATE, judge
from yujing.app.sheets.versions import MOST_DELIVERIES, day_of, known_versions, version_of


class Log:
    """Rows as the log would hold them."""

    def __init__(self) -> None:
        self.rows = np.empty(0, dtype=FACT)
        self.index = FactIndex()

    def versions_of(self, facts: np.ndarray, **_: object) -> FactArray:
        return self.rows.compress(np.isin(self.rows["fact"], facts))

    def facts_of(self, subjects: np.ndarray) -> FactArray:
        raise AssertionError("not asked for here")

    def send(self, version: int, rows: Sequence[tuple[int, int]]) -> list[int]:
        """Take a sheet of (fact, content) and return the verdict on each row."""
        facts = np.zeros(len(rows), dtype=FACT)
        facts["fact"] = [fact for fact, _ in rows]
        facts["content"] = [content for _, content in rows]
        facts["known_at"] = version
        facts["version"] = known_versions(
            facts, version, self.index.standing(facts["fact"]), self.versions_of
        )
        verdicts = judge(facts, self.index, self)
        fresh = facts.compress(verdicts != DUPLICATE)
        self.rows = np.concatenate([self.rows, fresh])
        self.index.enter(fresh)
        return verdicts.tolist()

    def standing(self, fact: int) -> int:
        """Return the content that counts."""
        return int(self.index.standing(np.array([fact], dtype=np.uint64))["content"][0])


SHEETS = st.lists(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=6),
    min_size=1,
    max_size=5,
)


@given(sheets=SHEETS)
def test_a_sheet_sent_again_at_once_changes_nothing(sheets: list[list[tuple[int, int]]]) -> None:
    log = Log()

    for number, sheet in enumerate(sheets):
        log.send(2 * number + 1, sheet)
        n_rows = len(log.rows)
        again = log.send(2 * number + 2, sheet)

        assert set(again) == {DUPLICATE}
        assert len(log.rows) == n_rows


@given(sheets=SHEETS)
@example(sheets=[[(1, 1), (1, 2), (1, 3)], [(1, 2), (1, 3)]])
def test_the_last_sheet_counts(sheets: list[list[tuple[int, int]]]) -> None:
    log, said = Log(), {}

    for number, sheet in enumerate(sheets):
        log.send(number + 1, sheet)
        last: dict[int, set[int]] = {}
        for fact, content in sheet:
            last.setdefault(fact, set()).add(content)
        said |= last

    for fact, contents in said.items():
        assert log.standing(fact) in contents


@given(st.permutations([1, 2, 3]))
def test_of_sheets_with_dates_the_newest_counts_whatever_order_they_come_in(
    order: list[int],
) -> None:
    log = Log()

    for day in order:
        log.send(version_of(day, 1), [(7, 100 + day)])

    assert log.standing(7) == 103


def test_an_older_sheet_with_content_that_was_overtaken_is_a_duplicate() -> None:
    log = Log()
    log.send(1, [(7, 1)])
    log.send(3, [(7, 2)])

    assert log.send(2, [(7, 1)]) == [DUPLICATE]
    assert log.standing(7) == 2


def test_content_comes_back_with_a_newer_sheet() -> None:
    log = Log()
    log.send(1, [(7, 1)])
    log.send(2, [(7, 2)])

    assert log.send(3, [(7, 1)]) == [ACCEPTED]
    assert log.standing(7) == 1


def test_two_contents_in_one_sheet_are_a_conflict_once_and_can_be_mended() -> None:
    log = Log()

    assert sorted(log.send(1, [(7, 1), (7, 2)])) == [ACCEPTED, CONFLICT]
    assert log.send(2, [(7, 1), (7, 2)]) == [DUPLICATE, DUPLICATE]
    other = 3 - log.standing(7)
    assert log.send(3, [(7, other)]) == [ACCEPTED]
    assert log.standing(7) == other


@pytest.mark.parametrize(("day", "number"), [(date(1999, 1, 1), 0), (date(2026, 11, 24), 9824)])
def test_days_are_counted_from_2000(day: date, number: int) -> None:
    assert day_of(day) == number


def test_versions_fit_into_a_record_version_until_2089() -> None:
    assert version_of(day_of(date(2089, 1, 1)), MOST_DELIVERIES) < 2**31
