"""Gaps of coverage: labourers of whom nobody said whether they worked in a closed month. Pure.

A gap is a fact of our own, one a person and month. Its odd versions say that there is a gap, its
even ones withdraw it, so that what is to be sent follows from what is there, however often it is
worked out and wherever a kill fell.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from streams.fact import FactArray
from streams.state.effective import winners
from streams.wire.coverage_gap import KIND
from yujing.domain.codes import Source
from yujing.domain.days import month_end, month_start

Keys = npt.NDArray[np.uint64]
COLUMNS = ("fact", "version", "content", "known_at", "subject", "retracted")
MOST_LINES = 20_000


@dataclass(frozen=True)
class GapChanges:
    """What is to be said of a month, arrays of one length.

    Parameters
    ----------
    persons
        Keys of persons, each once, rising.
    versions
        The version to send: odd opens a gap, even withdraws it.
    """

    persons: Keys
    versions: npt.NDArray[np.int64]

    @property
    def opened(self) -> int:
        """How many gaps are new."""
        return int((self.versions % 2 == 1).sum())

    @property
    def withdrawn(self) -> int:
        """How many gaps are over."""
        return len(self.versions) - self.opened


def gap_changes(silent: Keys, told: FactArray) -> GapChanges:
    """Return what is to be said, so that the gaps that count are those of `silent`.

    Parameters
    ----------
    silent
        Persons of whom nothing was said, each once.
    told
        Versions of the gaps of this month so far, any order, copies allowed; columns `COLUMNS`.
    """
    standing = told.take(winners(told)) if len(told) else told
    persons = np.union1d(silent, standing["subject"])
    version = np.zeros(len(persons), dtype=np.int64)
    np.maximum.at(version, np.searchsorted(persons, standing["subject"]), standing["version"])
    wanted = np.isin(persons, silent)
    changes = wanted != (version % 2 == 1)
    return GapChanges(persons[changes], version[changes] + 1)


def gap_lines(changes: GapChanges, month: int) -> Iterator[list[bytes]]:
    """Return the events of changes as lines for the door, in batches.

    Parameters
    ----------
    changes
        From `gap_changes`.
    month
        Month number.
    """
    first, last = month_start(month), month_end(month)
    encode = msgspec.json.Encoder().encode
    lines: list[bytes] = []
    for person, version in zip(changes.persons.tolist(), changes.versions.tolist(), strict=True):
        event: dict[str, object] = {
            "event_type": "coverage.gap", "source_system": Source.YUJING.value,
            "source_record_id": f"gap-{first:%Y-%m}-{person:016x}", "source_version": version,
            "person_key": f"{person:016x}", "month": f"{first:%Y-%m}",
            "occurred_from": first.isoformat(), "occurred_to": last.isoformat(),
            "precision": "month", "op": "upsert" if version % 2 else "retract",
        }  # fmt: skip
        lines.append(encode(event))
        if len(lines) == MOST_LINES:
            yield lines
            lines = []
    if lines:
        yield lines


__all__ = ["COLUMNS", "KIND", "GapChanges", "gap_changes", "gap_lines"]
