"""Owners, their epochs and the fence, and notes between owners, on both databases."""

import numpy as np
import pytest
from sqlalchemy import Engine, select

from streams.kafka.tables import NOTICES, OWNERS
from yujing.app.notices import Notices
from yujing.app.ownership import Ownership
from yujing.errors import FencedError
from yujing.storage.sql import reading, writing


def keys(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


def test_whoever_takes_a_partition_over_fences_the_former_owner_off(sql_engine: Engine) -> None:
    first, second = Ownership(sql_engine, "first"), Ownership(sql_engine, "second")
    first.take({0: "a", 1: "a"}, at=1)
    with writing(first.fenced):
        pass
    second.take({1: "a"}, at=2)
    with pytest.raises(FencedError, match=r"\[1\]"), writing(first.fenced):
        pass
    with writing(second.fenced):
        pass


def test_a_fenced_transaction_writes_nothing(sql_engine: Engine) -> None:
    first, second = Ownership(sql_engine, "first"), Ownership(sql_engine, "second")
    first.take({0: "a"}, at=1)
    second.take({0: "a"}, at=2)
    with pytest.raises(FencedError):
        Notices(first.fenced).tell(np.array([0]), keys(7), at=3)
    with reading(sql_engine) as connection:
        assert connection.execute(select(NOTICES)).all() == []


def test_who_left_in_order_may_not_write_what_it_gave_back_and_did_not_die(
    sql_engine: Engine,
) -> None:
    owner = Ownership(sql_engine, "first")
    owner.take({0: "a", 1: "a"}, at=1)
    owner.leave([0])
    assert owner.partitions == {1}
    assert Ownership(sql_engine, "second").take({0: "a"}, at=2) == {0: 0}


def test_deaths_count_only_while_nothing_gets_on(sql_engine: Engine) -> None:
    def die_at(where: str) -> int:
        return Ownership(sql_engine, "one").take({3: where}, at=1)[3]

    assert [die_at("5"), die_at("5"), die_at("5"), die_at("6"), die_at("6")] == [0, 1, 2, 0, 1]
    with reading(sql_engine) as connection:
        assert connection.execute(select(OWNERS.c.epoch)).scalar_one() == 5


def test_notes_are_followed_once_by_each_and_tell_when_the_news_was_known(
    sql_engine: Engine,
) -> None:
    notices = Notices(sql_engine)
    big = 2**64 - 2
    notices.tell(np.array([1, 1, 2]), keys(big, big, 5), at=10)
    notices.tell(np.array([1]), keys(big), at=30)
    subjects, known = notices.after({1: 0})
    assert subjects == {big: 30}
    assert notices.after(known) == ({}, known)
    assert notices.after({1: 0, 2: 0})[0] == {big: 30, 5: 10}
    assert notices.newest() == max(notices.after({1: 0, 2: 0})[1].values())
    assert notices.after({}) == ({}, {})
