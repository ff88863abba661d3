"""The door's routing on both databases: homes, registration, moves between doors that race."""

from threading import Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from streams.vault.routing import Routing
from yujing.storage.sql import open_sqlite

HIGH = 2**64 - 3  # a key whose number with sign is negative
ANN, BOB, ELM, OAK, YEW = 11, HIGH, 21, HIGH - 1, 23


def keys(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.uint64)


def move(routing: Routing, person: int, home: int, assumed: int) -> int:
    return int(routing.move(keys(person), keys(home), keys(assumed))[0])


def test_nobody_is_registered_at_first(sql_engine: Engine) -> None:
    routing = Routing(sql_engine)

    assert routing.homes_of(keys(ANN, BOB)).tolist() == [0, 0]
    assert routing.registered(keys(ELM)).tolist() == [False]
    assert routing.homes_of(keys()).tolist() == []


def test_who_moved_in_is_known_to_every_door(sql_engine: Engine) -> None:
    here, there = Routing(sql_engine), Routing(sql_engine)
    assert there.homes_of(keys(BOB)).tolist() == [0]

    moved = here.move(keys(ANN, BOB), keys(ELM, OAK), keys(0, 0))
    here.register(keys(OAK, OAK, ELM))

    assert moved.tolist() == [0, 0]
    for routing in (here, there, Routing(sql_engine)):
        assert routing.homes_of(keys(BOB, 12, ANN, BOB)).tolist() == [OAK, 0, ELM, OAK]
        assert routing.registered(keys(YEW, OAK, ELM)).tolist() == [False, True, True]


def test_a_person_is_no_household_and_a_household_no_person(sql_engine: Engine) -> None:
    routing = Routing(sql_engine)
    move(routing, ANN, ELM, 0)
    routing.register(keys(ELM))

    fresh = Routing(sql_engine)
    assert fresh.registered(keys(ANN)).tolist() == [False]
    assert fresh.homes_of(keys(ELM)).tolist() == [0]


def test_of_two_doors_the_second_hears_of_the_home_that_the_first_gave(
    sql_engine: Engine,
) -> None:
    here, there = Routing(sql_engine), Routing(sql_engine)
    assert move(here, ANN, ELM, 0) == 0
    assert there.homes_of(keys(ANN)).tolist() == [ELM]

    assert move(here, ANN, OAK, ELM) == 0
    assert there.homes_of(keys(ANN)).tolist() == [ELM], "memory may be behind"
    assert move(there, ANN, YEW, ELM) == OAK
    assert there.present_homes(keys(ANN)).tolist() == [OAK]
    assert move(there, ANN, YEW, OAK) == 0
    assert here.present_homes(keys(ANN, BOB)).tolist() == [YEW, 0]
    assert here.homes_of(keys(ANN)).tolist() == [YEW]


def test_of_two_doors_that_register_one_person_one_hears_of_the_other(sql_engine: Engine) -> None:
    assert move(Routing(sql_engine), ANN, ELM, 0) == 0
    assert move(Routing(sql_engine), ANN, OAK, 0) == ELM
    assert move(Routing(sql_engine), ANN, ELM, 0) == 0, "the same again is no news"


def test_doors_that_race_tell_every_home_that_was_left(sql_engine: Engine) -> None:
    """However they interleave: each home that a person ever had is told by whoever replaced it."""
    start = 1000
    move(Routing(sql_engine), ANN, start, 0)
    left: list[int] = []

    def door(homes: list[int]) -> None:
        routing = Routing(sql_engine)
        for home in homes:
            assumed = int(routing.present_homes(keys(ANN))[0])
            while other := move(routing, ANN, home, assumed):
                assumed = other
            left.append(assumed)

    doors = [Thread(target=door, args=([n * 10 + 1, n * 10 + 2],)) for n in (1, 2, 3)]
    for one in doors:
        one.start()
    for one in doors:
        one.join()

    last = int(Routing(sql_engine).present_homes(keys(ANN))[0])
    assert sorted([*left, last]) == sorted([start, 11, 12, 21, 22, 31, 32])


@given(
    st.lists(
        st.tuples(
            st.integers(0, 1),
            st.dictionaries(st.integers(1, 2**64 - 1) | st.integers(1, 4), st.integers(1, 9)),
        ),
        max_size=6,
    )
)
@settings(max_examples=40)
def test_two_doors_know_what_a_dictionary_knows(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[int, dict[int, int]]]
) -> None:
    engine = open_sqlite(tmp_path_factory.mktemp("routing") / "vault.sqlite")
    doors, plain = [Routing(engine), Routing(engine)], dict[int, int]()
    for door, wanted in moves:
        persons = np.array(sorted(wanted), dtype=np.uint64)
        homes = np.array([wanted[int(p)] for p in persons], dtype=np.uint64)
        assumed = doors[door].present_homes(persons)
        assert assumed.tolist() == [plain.get(int(p), 0) for p in persons]
        assert not doors[door].move(persons, homes, assumed).any()
        plain |= wanted
        everybody = np.array([1, 2, 3, 4, *plain], dtype=np.uint64)
        assert doors[door].homes_of(persons).tolist() == homes.tolist()
        assert doors[door].present_homes(everybody).tolist() == [
            plain.get(int(p), 0) for p in everybody
        ]
    engine.dispose()
