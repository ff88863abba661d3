"""The messages that every contestant of the stream benchmark reads: a simulated county, stamped."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from streams.door.grant import Grant
from streams.fact import AREA, FactArray
from streams.kafka.messages import Message
from streams.simulator.simulate import simulate
from streams.wire import identity_link, member_upsert
from tests.support.recorded import Recorder, with_noise
from tests.support.simulated_county import silent

EVENTS_A_HOUSEHOLD = 90  # what the simulator makes of fourteen months
MONTHS, SEED, END = 14, 5, date(2026, 6, 30)
KNOWN_AT = 1_782_835_200  # 2026-07-01: past, so that nobody deals cards
_CHUNK = 100_000  # events that a door cuts into envelopes together: a bulk load


@dataclass(frozen=True)
class Recording:
    """A county's facts in order of knowledge and the messages that carry them.

    Attributes
    ----------
    facts
        What was encoded, copies included.
    envelopes, singles
        The same events, up to 500 a message and one a message.
    n_events
        Events in either.
    """

    facts: FactArray
    record_ids: list[str]
    envelopes: list[Message]
    singles: list[Message]
    n_events: int


class Reader(Recorder):
    """Leaves out the few rows that a door rejects."""

    def read(self, lines: list[bytes], known_at: int) -> tuple[FactArray, list[str]]:
        """Return the facts of lines and their record ids."""
        reading = self._door.read(lines, grant=Grant(backfill=True), known_at=known_at)
        return reading.facts, reading.record_ids


def record(directory: Path, n_events: int, partitions: int) -> Recording:
    """Return a county of about so many events; one in twenty comes twice.

    Corrections, links of two keys and disasters are left out: a contestant that folds event by
    event has no log to rebuild a person from.
    """
    simulate(
        n_events // EVENTS_A_HOUSEHOLD + 10, MONTHS, "base", SEED, END, directory / "county", silent
    )
    files = sorted((directory / "county" / "events").rglob("*.ndjson"))
    lines = [line for file in files for line in file.read_bytes().splitlines() if line]
    recorder = Reader(directory / "vault.key", partitions)
    facts, ids = recorder.read(lines, KNOWN_AT)
    kept = np.flatnonzero(plain(facts))
    facts, ids = with_noise(
        facts.take(kept), [ids[i] for i in kept.tolist()], seed=SEED, corrections=0.0
    )
    envelopes, singles = [], []
    for start in range(0, len(facts), _CHUNK):
        some = slice(start, start + _CHUNK)
        # a last envelope of one would have a key, and Quix Streams keeps state apart by key
        envelopes += [replace(m, key=None) for m in recorder.messages(facts[some], ids[some])]
        singles += recorder.messages(facts[some], ids[some], most_events=1)
    n = sum(message.n_events for message in envelopes)
    return Recording(facts, ids, envelopes, singles, n)


def plain(facts: FactArray) -> np.ndarray:
    """Return which facts are the only version of theirs and concern one person or household.

    Persons who change household, and facts older than the registration, are left out too: state
    that lies by partition, as with Quix Streams, would be cut.
    """
    _, inverse, counts = np.unique(facts["fact"], return_inverse=True, return_counts=True)
    upserts = facts["kind"] == member_upsert.KIND
    homes = np.unique(np.stack([facts["subject"][upserts], facts["other"][upserts]]), axis=1)
    movers, n_homes = np.unique(homes[0], return_counts=True)
    settled = movers[n_homes == 1]
    first = np.full(len(settled), 2**32, dtype=np.int64)
    once = counts[inverse] == 1
    mine = upserts & once & np.isin(facts["subject"], settled)
    places = np.searchsorted(settled, facts["subject"][mine])
    np.minimum.at(first, places, facts["known_at"][mine].astype(np.int64))
    at = np.minimum(np.searchsorted(settled, facts["subject"]), len(settled) - 1)
    person = settled[at] == facts["subject"]
    person &= (facts["known_at"] > first[at]) | upserts
    return (
        once & (facts["retracted"] == 0) & (facts["subject_kind"] != AREA)
        & (facts["kind"] != identity_link.KIND) & (person | (facts["subject_kind"] == 1))
    )  # fmt: skip
