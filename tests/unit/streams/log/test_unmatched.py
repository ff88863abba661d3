import numpy as np
import pytest
from sqlalchemy import Engine, text

from streams.log.unmatched import Unmatched
from tests.support.histories import record_ids, some_facts
from yujing.errors import StorageError
from yujing.storage.sql import writing


@pytest.fixture
def engine(sql_engine: Engine) -> Engine:
    return sql_engine


@pytest.fixture
def unmatched(engine: Engine) -> Unmatched:
    return Unmatched(engine)


def test_what_waits_comes_back_bit_for_bit_in_the_order_of_knowledge(unmatched: Unmatched) -> None:
    facts = some_facts(4)
    facts["known_at"] = [4, 3, 2, 1]
    facts["subject"] = [2**64 - 1, 5, 5, 6]

    assert unmatched.keep(facts, record_ids(facts)) == 4

    released, ids = unmatched.release(np.array([5, 2**64 - 1, 77], dtype=np.uint64))
    assert released.tobytes() == facts[[2, 1, 0]].tobytes()
    assert ids == ["r-3", "r-2", "r-1"]
    assert unmatched.subjects().tolist() == [5, 6, 2**64 - 1]


def test_a_row_that_comes_again_is_kept_once_with_its_first_known_at(unmatched: Unmatched) -> None:
    facts = some_facts(2)
    facts["known_at"] = 10
    facts["subject"] = 5
    later, earlier = facts.copy(), facts[:1].copy()
    later["known_at"] = 20
    earlier["known_at"] = 5
    unmatched.keep(facts, ["a", "b"])

    assert unmatched.keep(later, ["a", "b"]) == 0
    assert unmatched.keep(earlier, ["a"]) == 0
    assert unmatched.count() == 2
    released, _ = unmatched.release(np.array([5], dtype=np.uint64))
    assert released["known_at"].tolist() == [5, 10]


def test_a_release_stays_until_the_log_has_it(unmatched: Unmatched) -> None:
    facts = some_facts(2)
    facts["subject"] = 5
    unmatched.keep(facts, ["a", "b"])
    released, _ = unmatched.release(np.array([5], dtype=np.uint64))
    assert unmatched.count() == 2

    released["position"] = 99

    assert unmatched.drop(released) == 2
    assert unmatched.drop(released[:0]) == 0
    assert unmatched.count() == 0


def test_sources_are_counted_and_old_rows_purged(unmatched: Unmatched) -> None:
    facts = some_facts(3)
    facts["source"] = [4, 4, 2]
    facts["known_at"] = [1, 9, 9]
    unmatched.keep(facts, record_ids(facts))
    unmatched.keep(facts[:0], [])

    assert unmatched.count_by_source() == {2: 1, 4: 2}
    assert unmatched.purge(before=9) == 1
    assert unmatched.count_by_source() == {2: 1, 4: 1}


def test_nothing_waits_for_nobody(unmatched: Unmatched) -> None:
    facts, ids = unmatched.release(np.empty(0, dtype=np.uint64))

    assert (len(facts), ids, len(unmatched.subjects())) == (0, [], 0)


def test_a_row_of_another_layout_is_never_misread(engine: Engine, unmatched: Unmatched) -> None:
    facts = some_facts(1)
    facts["subject"] = 5
    unmatched.keep(facts, ["a"])
    with writing(engine) as connection:
        connection.execute(text("UPDATE unmatched SET layout = 'older'"))

    with pytest.raises(StorageError, match="another version"):
        unmatched.release(np.array([5], dtype=np.uint64))


def test_the_versions_that_wait_of_some_facts_come_with_their_record_ids(
    unmatched: Unmatched,
) -> None:
    facts = some_facts(1202)
    unmatched.keep(facts, record_ids(facts))

    found, ids = unmatched.versions_of(np.append(facts["fact"][:1100], np.uint64(99)))

    order = np.argsort(found["fact"])
    expected = np.sort(facts["fact"][:1100])
    assert np.array_equal(found["fact"][order], expected)
    named = dict(zip(facts["fact"].tolist(), record_ids(facts), strict=True))
    assert [named[fact] for fact in found["fact"].tolist()] == ids
