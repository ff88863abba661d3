"""A simulated county as the messages that a door would have sent, the same every time."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from streams.content import content_hashes
from streams.door.door import Door
from streams.door.grant import Grant
from streams.door.quality import QualityRules
from streams.fact import AREA, FactArray, empty_facts
from streams.kafka.bucket import bucket_of
from streams.kafka.messages import Addressed, Message, cut_into_messages
from streams.kafka.stamped_encoding import StampedEncoder
from streams.vault.keys import load_or_create
from streams.wire import identity_link, member_upsert
from yujing.domain.region import Regions

_LINES = 5_000


class Recorder:
    """Reads lines as a door does and addresses what it made of them.

    Parameters
    ----------
    key_file
        The vault's key.
    n_partitions
        Of every topic.
    """

    def __init__(self, key_file: Path, n_partitions: int) -> None:
        keys = load_or_create(key_file, data_dir=key_file.parent / "none")
        self._door = Door(keys, Regions.load(), QualityRules.load())
        self._encoder, self._n = StampedEncoder(), n_partitions
        self._homes: dict[int, int] = {}

    def read(self, lines: list[bytes], known_at: int) -> tuple[FactArray, list[str]]:
        """Return the facts of lines and their record ids; known when their source says."""
        reading = self._door.read(lines, grant=Grant(backfill=True), known_at=known_at)
        assert not reading.rejects, reading.rejects[:3]
        return reading.facts, reading.record_ids

    def messages(
        self, facts: FactArray, record_ids: list[str], *, most_events: int = 500
    ) -> Iterator[Message]:
        """Yield the messages of facts, which are in the order in which they were known."""
        moved_from = np.zeros(len(facts), dtype=np.uint64)
        rows, homes = [], []
        columns = (facts["kind"], facts["subject"], facts["other"], facts["subject_kind"])
        for row, (kind, subject, other, subject_kind) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        ):
            if subject_kind == AREA:
                to = list(range(1, self._n + 1))  # one household a partition stands for all
            elif subject_kind == 1:
                to = [subject]
            elif kind == member_upsert.KIND and other:
                before = self._homes.get(subject, 0)
                moved_from[row] = before if before not in (0, other) else 0
                self._homes[subject] = other
                to = [other]
            else:
                persons = (subject, other) if kind == identity_link.KIND else (subject,)
                to = sorted({self._homes.get(person, 0) for person in persons})
            rows += [row] * len(to)
            homes += to
        households = np.array(homes, dtype=np.uint64)
        to_all = Addressed(
            np.array(rows, dtype=np.int64), bucket_of(households, self._n), households
        )
        lines = self._encoder.encode(facts, record_ids, moved_from)
        yield from cut_into_messages(facts, lines, to_all, backfill=True, most_events=most_events)


def in_batches(lines: Iterable[bytes], size: int = _LINES) -> Iterator[list[bytes]]:
    """Cut lines into lists."""
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def with_noise(
    facts: FactArray, record_ids: list[str], *, seed: int, duplicates: float = 0.05,
    corrections: float = 0.03,
) -> tuple[FactArray, list[str]]:  # fmt: skip
    """Return the facts with some sent again and some corrected later, in order of knowledge.

    Parameters
    ----------
    duplicates
        Share of rows that come once more, unchanged.
    corrections
        Share of rows that come once more as a higher version: half with another wage or amount,
        half retracted.
    """
    rng = np.random.default_rng(seed)
    order = np.lexsort((facts["fact"], facts["kind"] != member_upsert.KIND, facts["known_at"]))
    facts, ids = facts.take(order), [record_ids[i] for i in order.tolist()]
    n = len(facts)
    again = rng.choice(n, int(n * duplicates), replace=False)
    better = rng.choice(n, int(n * corrections), replace=False)
    better = better[facts["kind"][better] != member_upsert.KIND]
    fixed = facts.take(better)
    fixed["version"] += 1
    gone = rng.random(len(fixed)) < 0.5
    for name in ("wage_fen", "amount_fen"):
        fixed[name] = np.where(fixed[name] > 0, fixed[name] + 100, fixed[name])
    fixed = np.concatenate([fixed.compress(~gone), retracted(fixed.compress(gone))])
    better = np.concatenate([better[~gone], better[gone]])
    place = np.concatenate(
        [np.arange(n), later(rng, again, n), later(rng, better, n)]
    )  # where each stands
    whole = np.concatenate([facts, facts.take(again), fixed])
    names = [*ids, *(ids[i] for i in again.tolist()), *(ids[i] for i in better.tolist())]
    order = np.argsort(place, kind="stable")
    whole = whole.take(order)
    whole["known_at"] = np.maximum.accumulate(whole["known_at"])  # a door's clock never goes back
    whole["content"] = content_hashes(whole)
    return whole, [names[i] for i in order.tolist()]


def later(rng: np.random.Generator, places: np.ndarray, n: int) -> np.ndarray:
    """Return a place after each."""
    return places + rng.random(len(places)) * (n - places)


def retracted(facts: FactArray) -> FactArray:
    """Return retractions of facts: the header stays, the content goes."""
    out = np.repeat(empty_facts(1), len(facts))
    for name in ("fact", "version", "known_at", "kind", "source", "role"):
        out[name] = facts[name]
    for name in ("subject_kind", "subject"):
        out[name] = facts[name]
    for name in ("region", "occurred_from", "occurred_to", "precision"):
        out[name] = facts[name]
    out["retracted"] = 1
    return out
