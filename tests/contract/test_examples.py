"""The examples do what their page says."""

from pathlib import Path

from streams.door.grant import Grant
from streams.wire.catalogue import EVENT_TYPES
from tests.support.wire_events import DOOR

EXAMPLES = Path(__file__).parents[2] / "examples"
NOW = 1_795_500_000   # 2026-11-24


def test_there_is_a_valid_example_of_each_event_type() -> None:
    lines = (EXAMPLES / "events.ndjson").read_bytes().splitlines()
    reading = DOOR.read(lines, grant=Grant(), known_at=NOW)

    assert reading.rejects == []
    assert sorted(reading.facts["kind"].tolist()) == sorted(t.kind for t in EVENT_TYPES)


def test_each_broken_row_is_refused_with_a_reason() -> None:
    lines = (EXAMPLES / "broken.ndjson").read_bytes().splitlines()
    reading = DOOR.read(lines, grant=Grant(), known_at=NOW)

    assert [reject.row for reject in reading.rejects] == list(range(len(lines)))
    assert all(reject.reason and reject.reason_zh for reject in reading.rejects)
