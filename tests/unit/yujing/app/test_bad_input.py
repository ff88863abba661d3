"""What a worker does with bad input, on SQLite and on PostgreSQL."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from sqlalchemy import Engine, select

from streams.kafka.pausing import LEAST
from streams.kafka.tables import IN_HAND, NOTICES, SET_ASIDE
from streams.log.position import lane, pack
from tests.support.bad_input import OTHER, FewStores, SmallWorker, a_line, arrived, envelope
from yujing.app.paused import PausedSources
from yujing.app.poison import MANY_DEATHS
from yujing.app.set_aside import SetAside
from yujing.app.stream_batch import Arrived
from yujing.storage.sql import reading

NAMED = '{"name":"王小明","id_number":"11010519491231002X"}'.encode()


class Killed(BaseException):
    """The process ended."""


@pytest.fixture
def stores(sql_engine: Engine) -> FewStores:
    return FewStores(sql_engine)


@pytest.fixture
def worker(stores: FewStores) -> SmallWorker:
    worker = SmallWorker(stores, {})
    worker.bad.own({3: 0, 4: 0})
    return worker


def garbage(n: int, start: int, source: str = "social_insurance") -> list[Arrived]:
    return [arrived(start + i, b'{"broken":%d}' % i, source) for i in range(n)]


def good(n: int, start: int, source: str = "social_insurance", **more: object) -> list[Arrived]:
    return [arrived(start + i, a_line(f"{source} {start + i}"), source, **more) for i in range(n)]


def paused(stores: FewStores) -> list[str]:
    return [one.source for one in PausedSources(stores.engine).list()]


def text_of(worker: SmallWorker) -> str:
    return worker.stores.metrics.text().decode()


# --- dead letters


def test_what_cannot_be_read_is_sealed_and_told_without_its_content(worker: SmallWorker) -> None:
    values = [a_line("r0"), envelope(a_line("r1"), NAMED), None]
    messages = [arrived(7 + i, value) for i, value in enumerate(values)]

    worker.take(messages)

    letters = worker.stores.deadletters.list()
    assert [(one.source, one.file, one.row) for one in letters] == [
        ("social_insurance", "employment-events/3/8[1]", 2),
        ("social_insurance", "employment-events/3/9[0]", 1),
    ]
    shown = worker.stores.deadletters.show(letters[0].id)
    assert shown is not None
    assert shown.raw == NAMED
    told = [msgspec.json.decode(message.value) for message in worker.sent]
    assert told[0] == {
        "topic": "employment-events", "partition": 3, "offset": 8, "place": 1,
        "source": "social_insurance", "reason": "missing_field",
        "hash": f"{int(worker.stores.keys.bytes_keys([NAMED])[0]):016x}",
    }  # fmt: skip
    assert [(message.topic, message.key) for message in worker.sent] == [
        ("dead-letters", b"employment-events/3/8[1]"),
        ("dead-letters", b"employment-events/3/9[0]"),
    ]
    assert b"1010" not in b"".join(message.value for message in worker.sent)
    assert sorted(worker.taken.values()) == ["r0", "r1"]
    assert 'yujing_dead_letters_total{source="social_insurance"} 2.0' in text_of(worker)


def test_a_message_that_comes_again_is_one_dead_letter(worker: SmallWorker) -> None:
    for _ in range(3):
        worker.take(garbage(2, 5))

    assert len(worker.stores.deadletters.list()) == 2
    assert {message.key for message in worker.sent} == {
        b"employment-events/3/5[0]", b"employment-events/3/6[0]",
    }  # fmt: skip


def test_a_source_that_is_none_of_ours_is_unknown(worker: SmallWorker) -> None:
    worker.take([arrived(1, b"x", "13800138000")])

    assert [one.source for one in worker.stores.deadletters.list()] == ["unknown"]
    assert "13800138000" not in text_of(worker)


# --- paused sources


def test_a_source_with_much_garbage_is_paused_and_others_flow(
    worker: SmallWorker, stores: FewStores
) -> None:
    worker.take(good(LEAST, 0) + garbage(LEAST, LEAST))
    (why,) = PausedSources(stores.engine).list()
    assert why.sentence.startswith("source social_insurance is paused: 20 % of its last 251 events")
    assert why.since == stores.now
    assert "yujing_paused_sources 1.0" in text_of(worker)
    n_before = len(worker.taken)

    worker.take(good(3, 1000) + good(3, 1010, "medical_insurance"))

    assert sorted(list(worker.taken.values())[n_before:]) == [
        f"medical_insurance {offset}" for offset in (1010, 1011, 1012)
    ]
    assert worker.take_back() == 0


def test_after_a_pause_messages_are_taken_in_their_order_and_at_their_positions(
    worker: SmallWorker, stores: FewStores
) -> None:
    worker.take(garbage(LEAST, 0))
    worker.take([*good(2, 1000, topic=OTHER), arrived(1002, NAMED), arrived(1003, None)])
    worker.take(good(1, 1004, partition=4))
    assert worker.taken == {}
    with reading(stores.engine) as connection:
        content = b"".join(connection.execute(select(SET_ASIDE.c.content)).scalars())
    assert b"1010" not in content
    assert b"social" not in content

    PausedSources(stores.engine).resume("social_insurance")
    worker.take(good(1, 1005))  # the same second: nobody looked
    assert worker.taken == {}
    stores.now += 1
    worker.take(good(1, 1006))  # behind those that wait
    assert worker.taken == {}

    assert worker.take_back() == 7
    positions = pack(
        np.array([lane(1, 3)] * 2 + [lane(0, 4)] + [lane(0, 3)] * 2),
        np.array([1000, 1001, 1004, 1005, 1006]),
        0,
    )
    assert list(worker.taken) == positions.tolist()
    assert len(stores.deadletters.list()) == LEAST + 2
    assert worker.take_back() == 0

    worker.take(good(1, 1007) + good(2, 1000, topic=OTHER))
    assert "social_insurance 1007" in worker.taken.values()
    assert paused(stores) == []


def test_what_was_set_aside_is_told_to_whose_memory_may_be_past_it(
    worker: SmallWorker, stores: FewStores
) -> None:
    worker.take(garbage(LEAST, 0))
    worker.take(good(2, 1000))
    PausedSources(stores.engine).resume("social_insurance")
    stores.now += 1
    worker.take_back()

    with reading(stores.engine) as connection:
        rows = connection.execute(select(NOTICES.c.partition)).scalars().all()
    assert set(rows) == {3}


def test_messages_that_come_again_are_set_aside_once_and_taken_once(
    worker: SmallWorker, stores: FewStores
) -> None:
    worker.take(garbage(LEAST, 0))
    for _ in range(3):
        worker.take(good(4, 1000))
    assert [(one.why, one.n) for one in SetAside(stores.engine, stores.keys).counts()] == [
        ("paused", 4)
    ]
    PausedSources(stores.engine).resume("social_insurance")
    stores.now += 1
    assert worker.take_back() == 4
    worker.bad.own({3: 0})
    assert worker.take_back() == 0


def test_a_kill_before_the_end_leaves_what_was_set_aside_to_the_next_owner(
    worker: SmallWorker, stores: FewStores
) -> None:
    worker.take(garbage(LEAST, 0))
    worker.take(good(3, 1000))
    PausedSources(stores.engine).resume("social_insurance")

    class Unlucky(SmallWorker):
        def take_back(self) -> int:
            for part in self.bad.parts(self.bad.take_back()):
                self.bad.after(part, self.store(part))
                raise Killed
            return 0

    unlucky = Unlucky(stores, worker.taken)
    unlucky.bad.own({3: 0})
    with pytest.raises(Killed):
        unlucky.take_back()

    heir = SmallWorker(stores, worker.taken)
    heir.bad.own({3: 0})
    assert heir.take_back() == 3


def test_every_worker_sees_a_pause_within_a_second_and_takes_only_its_own(
    worker: SmallWorker, stores: FewStores
) -> None:
    other = SmallWorker(stores, worker.taken)
    other.bad.own({5: 0})
    worker.take(garbage(LEAST, 0))
    stores.now += 1

    other.take(good(2, 0, partition=5))

    assert worker.taken == {}
    PausedSources(stores.engine).resume("social_insurance")
    stores.now += 1
    assert worker.take_back() == 0
    assert other.take_back() == 2


def test_garbage_that_an_operator_let_go_on_does_not_pause_again(
    worker: SmallWorker, stores: FewStores
) -> None:
    worker.take(garbage(LEAST, 0))
    worker.take(garbage(2 * LEAST, LEAST))
    PausedSources(stores.engine).resume("social_insurance")
    stores.now += 1

    assert worker.take_back() == 2 * LEAST
    assert paused(stores) == []
    assert len(stores.deadletters.list()) == 2 * LEAST  # the same bytes came twice


# --- events that kill


def run_until_it_lives(
    stores: FewStores, taken: dict[int, str], messages: Sequence[Arrived], *killers: str
) -> int:
    """Start worker after worker on the same messages; return how many died."""

    def sees(part: Sequence[Arrived]) -> None:
        text = b"".join(message.value or b"" for message in part)
        if any(f'"{killer}"'.encode() in text for killer in killers):
            raise Killed

    for deaths in range(100):
        worker = SmallWorker(stores, taken, sees)
        worker.bad.own({3: deaths, 4: deaths})
        try:
            worker.take(messages)
        except Killed:
            continue
        return deaths
    raise AssertionError("it never ends")


def test_the_one_event_that_kills_is_found_in_its_envelope(stores: FewStores) -> None:
    lines = [[a_line(f"{n}-{i}") for i in range(50)] for n in range(8)]
    messages = [arrived(n, envelope(*some)) for n, some in enumerate(lines)]
    taken: dict[int, str] = {}

    deaths = run_until_it_lives(stores, taken, messages, "5-33")

    assert deaths <= MANY_DEATHS + 3 + 6 + 2
    every = {f"{n}-{i}" for n in range(8) for i in range(50)}
    assert sorted(taken.values()) == sorted(every - {"5-33"})
    places = np.arange(50)[None, :].repeat(8, axis=0)
    offsets = np.arange(8)[:, None].repeat(50, axis=1)
    positions = pack(np.full((8, 50), lane(0, 3)), offsets, places)
    assert taken == {
        int(positions[n, i]): f"{n}-{i}" for n in range(8) for i in range(50) if (n, i) != (5, 33)
    }
    with reading(stores.engine) as connection:
        assert connection.execute(select(SET_ASIDE.c.why, SET_ASIDE.c.position)).all() == [
            ("poison", int(positions[5, 33]))
        ]


def test_several_killers_among_partitions_and_topics_are_found(stores: FewStores) -> None:
    messages = good(5, 0) + good(6, 100, topic=OTHER) + good(7, 200, partition=4)
    messages += [arrived(300, envelope(a_line("x"), a_line("y"), a_line("z")), partition=4)]
    killers = ("social_insurance 3", "social_insurance 100", "x", "z")
    taken: dict[int, str] = {}

    run_until_it_lives(stores, taken, messages, *killers)

    every = {f"social_insurance {i}" for i in [*range(5), *range(100, 106), *range(200, 207)]}
    assert sorted(taken.values()) == sorted((every | {"y"}) - set(killers))
    assert SetAside(stores.engine, stores.keys).counts()[0].n == len(killers)


def test_a_killer_stays_out_when_its_message_comes_again_without_caution(
    stores: FewStores,
) -> None:
    messages = [arrived(0, envelope(a_line("a"), a_line("b"))), *good(1, 1)]
    run_until_it_lives(stores, {}, messages, "b", "social_insurance 1")
    taken: dict[int, str] = {}
    calm = SmallWorker(stores, taken)
    calm.bad.own({3: 0})

    calm.take(messages)

    assert list(taken.values()) == ["a"]


def test_a_killer_that_a_mended_worker_can_take_goes_on_when_it_is_released(
    stores: FewStores,
) -> None:
    messages = [arrived(0, envelope(a_line("a"), a_line("b"), a_line("c")))]
    run_until_it_lives(stores, {}, messages, "b")
    taken: dict[int, str] = {}
    mended = SmallWorker(stores, taken)
    mended.bad.own({3: 0})
    assert mended.take_back() == 0

    assert SetAside(stores.engine, stores.keys).release_poison("social_insurance") == 1
    stores.now += 1

    assert mended.take_back() == 1
    assert taken == {int(pack(lane(0, 3), 0, 1)): "b"}
    assert mended.take_back() == 0


def test_what_was_released_and_kills_again_is_set_aside_again(stores: FewStores) -> None:
    messages = [arrived(0, a_line("b"))]
    run_until_it_lives(stores, {}, messages, "b")
    ledger = SetAside(stores.engine, stores.keys)
    for _ in range(2):
        assert ledger.release_poison("social_insurance") == 1
        stores.now += 1
        probe = SmallWorker(stores, {})
        probe.bad.own({3: 0})
        waiting = probe.bad.take_back()
        assert [message.offset for message in waiting] == [0]
        run_until_it_lives(stores, {}, waiting, "b")
        assert probe.bad.take_back() == []
        assert [(one.why, one.n) for one in ledger.counts()] == [("poison", 1)]


def test_a_message_of_a_paused_source_may_hold_a_killer(stores: FewStores) -> None:
    taken: dict[int, str] = {}
    worker = SmallWorker(stores, taken)
    worker.bad.own({3: 0})
    worker.take(garbage(LEAST, 0))
    worker.take([arrived(1000, envelope(*(a_line(name) for name in "abc")))])
    PausedSources(stores.engine).resume("social_insurance")
    stores.now += 1
    waiting = worker.bad.take_back()

    run_until_it_lives(stores, taken, waiting, "a")

    assert list(taken.values()) == ["b", "c"]
    worker.bad.own({3: 0})
    assert worker.take_back() == 0


def test_caution_ends_and_leaves_nothing_in_hand(stores: FewStores) -> None:
    worker = SmallWorker(stores, {})
    worker.bad.own({3: MANY_DEATHS, 4: 0})
    batches = [good(4, 10 * n) + good(2, 10 * n, partition=4) for n in range(6)]

    for batch in batches:
        worker.take(batch)

    assert [len(part) for part in worker.parts] == [2, 2, 2] * 4 + [6] * 2
    with reading(stores.engine) as connection:
        assert connection.execute(select(IN_HAND)).all() == []


def test_more_deaths_make_caution_last_longer(stores: FewStores) -> None:
    worker = SmallWorker(stores, {})
    worker.bad.own({3: MANY_DEATHS + 1})
    for n in range(9):
        worker.take(good(2, 10 * n))

    assert [len(part) for part in worker.parts] == [1] * 16 + [2]


def test_a_batch_that_is_tried_again_by_the_same_worker_counts_no_death(
    stores: FewStores,
) -> None:
    worker = SmallWorker(stores, {})
    worker.bad.own({3: MANY_DEATHS})
    for _ in range(5):  # a store is away
        next(iter(worker.bad.parts(good(1, 0))))

    with reading(stores.engine) as connection:
        assert connection.execute(select(IN_HAND.c.tries)).scalars().all() == [1]
