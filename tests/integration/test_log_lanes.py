"""The log asked by lanes and as of a moment, on both kinds of client."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.fact import FACT, PERSON, FactArray
from streams.log import table as table_module
from streams.log.as_of import AsOf
from streams.log.log import EventLog
from streams.log.position import COUNTER_LANE, beyond, highest, lane_of, pack
from streams.state.source import FactSource
from streams.state.state import State
from tests.support.fakes.fact_source import MemoryLog
from tests.support.histories import Version, record_ids, some_facts, to_facts, versions
from tests.support.state_histories import BASE_MONTH, to_history

pytestmark = pytest.mark.integration
_SHARED = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example empties the table
)
LANES = [COUNTER_LANE, 1, 2, 513, 2560]


@pytest.fixture
def log(clickhouse: Any) -> EventLog:
    return an_empty_log(clickhouse)


def an_empty_log(client: Any) -> EventLog:
    log = EventLog(client)
    client.command("TRUNCATE TABLE events")
    return log


def in_lanes(facts: FactArray, seed: int) -> FactArray:
    """Give rows positions in random lanes, rising within each, with gaps."""
    rng = np.random.default_rng(seed)
    offsets = np.cumsum(rng.integers(1, 5, len(facts)))
    facts["position"] = pack(rng.choice(LANES, len(facts)), offsets, rng.integers(0, 9, len(facts)))
    return facts


def ordered(facts: FactArray) -> FactArray:
    return np.sort(facts, order=["position", "fact", "version", "content"])


@_SHARED
@given(history=versions(), seed=st.integers(0, 9), data=st.data())
def test_rows_beyond_are_those_that_the_positions_say(
    clickhouse: Any, history: list[Version], seed: int, data: st.DataObject
) -> None:
    log = an_empty_log(clickhouse)
    facts = in_lanes(to_facts(history), seed)
    log.append(facts, record_ids(facts))
    tops = [0, *facts["position"].tolist()]
    covered = data.draw(st.dictionaries(st.sampled_from(LANES), st.sampled_from(tops)))
    wanted = data.draw(st.sets(st.sampled_from(LANES)))

    rows = log.since_covered(covered, wanted)

    outside = beyond(facts["position"], covered)
    outside &= np.isin(lane_of(facts["position"]), [*wanted])
    assert np.array_equal(ordered(rows), ordered(facts[outside]))
    assert np.array_equal(rows["position"], np.sort(rows["position"]))
    assert log.covered() == highest(facts["position"])
    assert len(log.since_covered(log.covered(), LANES)) == 0


@_SHARED
@given(history=versions(), seed=st.integers(0, 9), wanted=st.sets(st.sampled_from(LANES)))
@pytest.mark.parametrize("known_before", [None, 3])
def test_a_lane_brings_every_version_of_all_facts_of_its_subjects(
    clickhouse: Any,
    known_before: int | None,
    history: list[Version],
    seed: int,
    wanted: set[int],
) -> None:
    log = an_empty_log(clickhouse)
    facts = in_lanes(to_facts(history), seed)
    log.append(facts, record_ids(facts))
    known = facts if known_before is None else facts[facts["known_at"] < known_before]

    rows = log.of_lanes(wanted, known_before)

    subjects = known["subject"][np.isin(lane_of(known["position"]), [*wanted])]
    whose = known["fact"][np.isin(known["subject"], subjects)]
    assert np.array_equal(ordered(rows), ordered(known[np.isin(known["fact"], whose)]))


@_SHARED
@given(history=versions(), known_before=st.integers(1, 6))
def test_as_of_is_a_log_that_ends_there(
    clickhouse: Any, history: list[Version], known_before: int
) -> None:
    log = an_empty_log(clickhouse)
    facts = to_facts(history)
    log.append(facts, record_ids(facts))
    plain = MemoryLog()
    plain.append(facts[facts["known_at"] < known_before])
    as_of = AsOf(log, known_before)
    subjects, some = np.unique(facts["subject"])[:2], np.unique(facts["fact"])[:3]

    assert np.array_equal(ordered(as_of.versions_of(some)), ordered(plain.versions_of(some)))
    ours, theirs = (source.facts_of(subjects) for source in (as_of, plain))
    names = [name for name in FACT.names or () if name != "position"]
    assert np.array_equal(np.sort(ours[names]), np.sort(theirs[names]))
    assert np.array_equal(as_of.sums(), plain.sums())


def test_a_state_folds_the_past_from_the_log_as_it_was(log: EventLog) -> None:
    rng = np.random.default_rng(3)
    history = to_history(
        [
            (int(a), int(b), int(c), int(d), int(e), bool(f == 0))
            for a, b, c, d, e, f in rng.integers(
                [1, 1, 13, 0, 0, 0], [30, 4, 18, 5, 2**32, 7], (60, 6)
            )
        ]
    )
    history["known_at"] = np.arange(len(history))
    log.append(history, record_ids(history))
    past = history[history["known_at"] < 30]
    source: FactSource = AsOf(log, 30)
    state = State(BASE_MONTH)

    for batch in np.array_split(past, 4):
        state.absorb(batch, state.judge(batch, source), source)
    state.settle(source)

    assert state.digest() == State.build(past, BASE_MONTH).digest()
    assert state.digest() != State.build(history, BASE_MONTH).digest()
    assert len(state.compare(AsOf(log, 30).sums())) == 0
    assert len(state.compare(log.sums())) > 0


def test_a_lane_is_read_in_slices_too(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "ROWS_OF_A_SLICE", 40)
    facts = in_lanes(some_facts(300), 1)
    log.append(facts, record_ids(facts))

    rows = log.of_lanes([1, 513])

    wanted = facts[np.isin(lane_of(facts["position"]), [1, 513])]
    assert np.array_equal(ordered(rows), ordered(wanted))


def test_what_others_append_while_a_history_is_read_is_no_harm(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = some_facts(100)
    log.append(facts[:50], record_ids(facts[:50]))
    ranges = table_module.ranges

    def and_others_append(n: int) -> Any:
        log.append(facts[50:], record_ids(facts[50:]))
        return ranges(n)

    monkeypatch.setattr(table_module, "ranges", and_others_append)

    assert np.array_equal(np.sort(log.history()["fact"]), facts["fact"])


def test_the_counter_counts_its_own_lane_alone(clickhouse: Any, log: EventLog) -> None:
    given_elsewhere = some_facts(3)
    given_elsewhere["position"] = pack(1, np.arange(3), 0)
    log.append(given_elsewhere, ["a", "b", "c"])
    assert log.last_position() == 0

    counted = some_facts(2, first=9)

    assert log.append(counted, ["d", "e"]) == 2
    assert EventLog(clickhouse).last_position() == 2
    assert log.covered()[COUNTER_LANE] == 2
    assert np.array_equal(log.since_covered({COUNTER_LANE: 1}, [COUNTER_LANE]), counted[1:])
    log.append(given_elsewhere, ["a", "b", "c"])
    assert log.last_position() == 2


def test_only_what_arrived_lately_can_be_asked_for(clickhouse: Any, log: EventLog) -> None:
    facts = in_lanes(some_facts(4), 1)
    log.append(facts[:2], ["a", "b"])
    clickhouse.command(
        "CREATE OR REPLACE TABLE kept AS events ENGINE = MergeTree ORDER BY (subject, fact)"
    )
    clickhouse.command(
        "INSERT INTO kept SELECT * REPLACE (arrived_at - 7200 AS arrived_at) FROM events"
    )
    clickhouse.command("TRUNCATE TABLE events")
    clickhouse.command("INSERT INTO events SELECT * FROM kept")
    log.append(facts[2:], ["c", "d"])

    lately = log.since_covered({}, LANES, arrived_within=3600)

    assert np.array_equal(lately["fact"], facts[2:]["fact"][np.argsort(facts[2:]["position"])])
    assert len(log.since_covered({}, LANES)) == 4


def test_sums_of_lanes_are_those_of_their_subjects(log: EventLog) -> None:
    facts = in_lanes(some_facts(60), 2)
    facts["subject"] = facts["fact"] % 40
    facts["subject_kind"] = PERSON
    log.append(facts, record_ids(facts))
    inside = np.unique(facts["subject"][np.isin(lane_of(facts["position"]), [2])])
    whole = log.sums()

    sums = log.sums(lanes=[2])

    assert 0 < len(sums) < len(whole)
    assert np.array_equal(sums, whole[np.isin(whole["subject"], inside)])
    assert len(log.sums(lanes=[])) == 0
