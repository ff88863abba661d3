"""Stamped events written and read, beside the door's own reading of the events they came from.

Run with `python -m benchmarks.stamped [rows]`; CPU time, since other processes share the cores.
"""

import gc
import sys
import time
from collections.abc import Callable

from benchmarks.door import BATCH, NOW, SECRET, lines
from benchmarks.figure import Figure
from streams.door.door import Door
from streams.door.grant import Grant
from streams.door.quality import QualityRules
from streams.kafka.stamped import StampedReader
from streams.kafka.stamped_encoding import StampedEncoder
from streams.vault.keys import Keys
from yujing.domain.region import Regions

ENVELOPE, REPEATS = 500, 5


def events_a_second(work: Callable[[], object], n_events: int) -> float:
    """Return the best of a few runs, in events a second of CPU time."""
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return n_events / best


def main() -> None:
    """Measure writing and reading, and print a line each."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    door = Door(Keys(SECRET), Regions.load(), QualityRules.load())
    rows, known_at = lines(n), int(NOW.timestamp())
    batches = [rows[start : start + BATCH] for start in range(0, n, BATCH)]
    readings = [door.read(batch, grant=Grant(), known_at=known_at) for batch in batches]
    encoder, reader = StampedEncoder(), StampedReader()
    written = [encoder.encode(one.facts, one.record_ids) for one in readings]
    envelopes = [
        [b"[" + b",".join(some[at : at + ENVELOPE]) + b"]" for at in range(0, len(some), ENVELOPE)]
        for some in written
    ]
    for reading, values in zip(readings, envelopes, strict=True):
        if reader.read(values).facts.tobytes() != reading.facts.tobytes():
            raise SystemExit("the facts differ")
    n_events = sum(map(len, written))
    gc.freeze()
    taken = events_a_second(
        lambda: [door.read(b, grant=Grant(), known_at=known_at) for b in batches], n_events
    )
    works: dict[str, Callable[[], object]] = {
        "stamped.write": lambda: [encoder.encode(r.facts, r.record_ids) for r in readings],
        "stamped.read_envelopes": lambda: [reader.read(values) for values in envelopes],
        "stamped.read_singles": lambda: [reader.read(values) for values in written],
    }
    for bench, work in works.items():
        speed = events_a_second(work, n_events)
        ratio = round(speed / taken, 2)
        print(Figure(bench, round(speed), "events/s", round(taken), ratio).line())


if __name__ == "__main__":
    main()
