from typing import Any

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.door.grant import Grant
from streams.fact import CONTENT_COLUMNS, FACT, empty_facts
from tests.support.wire_events import DOOR, KNOWN_AT, events, expected, lines_of, read


def broken_lines() -> st.SearchStrategy[bytes]:
    broken = st.sampled_from(
        [b"", b"{", b"[]", b"1", b"null", b"\xff", b'{"event_type":"x"}', b"{}"]
    )
    return st.one_of(broken, st.binary(max_size=40))


def lines() -> st.SearchStrategy[list[bytes]]:
    return st.lists(st.one_of(events().map(msgspec.json.encode), broken_lines()), max_size=12)


@given(st.lists(events(), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_an_event_becomes_the_fact_that_its_words_say(some: list[dict[str, Any]]) -> None:
    reading = read(*some)

    assert reading.rejects == []
    unknown = empty_facts(1)[0]
    for fact, event in zip(reading.facts, some, strict=True):
        wanted = {name: int(unknown[name]) for name in CONTENT_COLUMNS} | expected(event)
        if event["event_type"] == "identity.link" and event.get("op") != "retract":
            wanted["other"] = 255
        got = {name: int(fact[name]) for name in wanted}
        assert got == wanted


@given(lines())
@settings(max_examples=150, deadline=None)
def test_kept_and_rejected_are_all_rows_in_their_order(some: list[bytes]) -> None:
    reading = DOOR.read(some, grant=Grant(), known_at=KNOWN_AT)
    rejected = [reject.row for reject in reading.rejects]

    assert sorted([*reading.rows.tolist(), *rejected]) == list(range(len(some)))
    assert reading.rows.tolist() == sorted(reading.rows.tolist())
    assert rejected == sorted(rejected)
    assert [some[reject.row] for reject in reading.rejects] == [r.raw for r in reading.rejects]
    assert len(reading.facts) == len(reading.record_ids) == len(reading.rows)
    assert {finding.row for finding in reading.warnings} <= set(reading.rows.tolist())
    assert all(r.reason and r.reason_zh and r.code for r in reading.rejects)


@given(events(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_neither_the_order_of_fields_nor_spaces_nor_nulls_change_the_fact(event, random) -> None:
    fields = list(event.items())
    random.shuffle(fields)
    spaced = b" " + msgspec.json.format(msgspec.json.encode(dict(fields)), indent=1) + b" "
    with_null = msgspec.json.encode({**dict(fields), "event_id": None, "evidence_ref": []})
    reading = DOOR.read([lines_of([event])[0], spaced, with_null], grant=Grant(), known_at=KNOWN_AT)

    assert len(reading.facts) == 3
    assert len(set(reading.facts.tolist())) == 1


@given(st.lists(events(), max_size=8), st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_how_rows_are_cut_into_batches_changes_no_fact(some, cut) -> None:
    whole, first, second = read(*some), read(*some[:cut]), read(*some[cut:])

    assert np.concatenate([first.facts, second.facts]).tobytes() == whole.facts.tobytes()
    assert first.record_ids + second.record_ids == whole.record_ids


@given(events())
@settings(max_examples=50, deadline=None)
def test_every_column_of_the_content_counts_in_its_hash(event) -> None:
    first = read(event)
    more = event | {"occurred_from": "1959-12-31"}
    second = read(more)

    assert first.facts["fact"][0] == second.facts["fact"][0]
    assert first.facts["content"][0] != second.facts["content"][0]
    assert first.facts.dtype == FACT
