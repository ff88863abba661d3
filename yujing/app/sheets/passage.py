"""The events of a part through the door: first all are read, then those of good rows are taken.

A row makes several events; it is refused if one of them is, and then none of them enters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from streams.door.reading import Finding, Reading, Reject
from streams.pipeline import Outcome
from yujing.app.output import Output
from yujing.app.sheets.versions import known_versions
from yujing.app.sheets.ways import Way

BATCH = 20_000
_NAMED = np.dtype([("fact", "u8"), ("content", "u8"), ("subject", "u8"), ("subject_kind", "u1")])

Rows = npt.NDArray[np.int64]

# of several events of a row: a refused one counts most, a duplicate least
_RANK = np.zeros(len(Outcome), dtype=np.int8)
_RANK[[Outcome.DUPLICATE, Outcome.ACCEPTED, Outcome.UNMATCHED, Outcome.CONFLICT]] = [0, 1, 2, 3]
_RANK[Outcome.REJECTED] = 4
_OF_RANK = np.argsort(_RANK).astype(np.uint8)


@dataclass(frozen=True)
class RefusedLine:
    """An event of a row that was refused; `reason` is empty for the others of the same row."""

    row: int
    raw: bytes = field(repr=False)
    reason_zh: str = ""
    reason: str = ""


@dataclass
class Read:
    """A batch at the door: what it says, and the line of each fact."""

    reading: Reading
    lines: Rows


@dataclass
class Passage:
    """The events of a part on their way.

    Parameters
    ----------
    way
        Where they go.
    lines
        Events as JSON, in the order of their rows.
    row
        Row of each line, rising.
    n_rows
        Number of rows.
    task
        What is being done, for the progress.
    """

    way: Way
    lines: Sequence[bytes]
    row: Rows
    n_rows: int
    task: str
    refused: list[RefusedLine] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    batches: list[Read] = field(default_factory=list)
    n_accepted: int = 0

    def read(self) -> None:
        """Read all lines at the door; nothing is changed yet."""
        for start, stop in self._cuts():
            at = np.arange(start, stop)
            reading = self.way.read(self.lines[start:stop])
            if reading.rejects:
                bad = self._refuse(reading.rejects, at)
                at = at[~np.isin(self.row[at], bad)]
                reading = self.way.read([self.lines[i] for i in at.tolist()])
            rows = self.row[at]
            self.findings += [Finding(int(rows[one.row]), one.rule) for one in reading.warnings]
            self.batches.append(Read(reading, at[reading.rows]))
        self.lines = ()  # refused ones are kept in `refused`

    def take(
        self, version: int, output: Output, *, confirmed: npt.NDArray[np.uint64]
    ) -> npt.NDArray[np.uint8]:
        """Take what was read and return the `Outcome` of each row.

        Parameters
        ----------
        version
            Of the delivery; facts that are known with the same content take the version that is
            known.
        confirmed
            Facts that a newer sheet found as they stand.

        Returns
        -------
        Shape (n_rows,); rows without a line are rejected.
        """
        self._give_versions(version)
        if len(confirmed):
            self._stay_below(confirmed)
        rank = np.full(self.n_rows, -1, dtype=np.int8)
        for batch in self.batches:
            outcomes = self.way.take(batch.reading)
            rows = self.row[batch.lines]
            np.maximum.at(rank, rows, _RANK[outcomes])
            self.n_accepted += int((outcomes == Outcome.ACCEPTED).sum())
            if len(rows):
                output.progress(self.task, int(rows[-1]) + 1, self.n_rows)
        rank[rank < 0] = _RANK[Outcome.REJECTED]
        return _OF_RANK[rank]

    def _cuts(self) -> Iterator[tuple[int, int]]:
        """Cut the lines into batches, never inside a row."""
        start, n = 0, len(self.lines)
        while start < n:
            stop = min(start + BATCH, n)
            if stop < n:
                stop = int(np.searchsorted(self.row, self.row[stop - 1], side="right"))
            yield start, stop
            start = stop

    def _refuse(self, rejects: list[Reject], at: Rows) -> Rows:
        """Note the lines of refused rows, and return these rows."""
        why = {int(at[one.row]): one for one in rejects}
        bad = np.unique(self.row[list(why)])
        for i in at[np.isin(self.row[at], bad)].tolist():
            one = why.get(i)
            reason_zh, reason = (one.reason_zh, one.reason) if one else ("", "")
            self.refused.append(RefusedLine(int(self.row[i]), self.lines[i], reason_zh, reason))
        return bad

    def _give_versions(self, version: int) -> None:
        """Give each fact its version; only now is it known what the log has."""
        parts = [batch.reading.facts for batch in self.batches]
        if not any(len(part) for part in parts):
            return
        named = np.empty(sum(map(len, parts)), dtype=_NAMED)
        standing, start = [], 0
        for part in parts:
            for name in _NAMED.names or ():
                named[name][start : start + len(part)] = part[name]
            standing.append(self.way.standing(part))
            start += len(part)

        def ask(facts: npt.NDArray[np.uint64]) -> npt.NDArray[np.void]:
            return self.way.versions(facts, ("fact", "version", "content", "known_at"))[0]

        versions = known_versions(named, version, np.concatenate(standing), ask)
        start = 0
        for part in parts:
            part["version"] = versions[start : start + len(part)]
            start += len(part)

    def _stay_below(self, confirmed: npt.NDArray[np.uint64]) -> None:
        """Let facts that a newer sheet confirmed stay as that sheet found them."""
        for batch in self.batches:
            facts = batch.reading.facts
            mine = np.isin(facts["fact"], confirmed)
            if mine.any():
                standing = self.way.standing(facts)
                other = mine & (standing["content"] != facts["content"]) & (standing["version"] > 1)
                other &= facts["version"] >= standing["version"]
                facts["version"][other] = standing["version"][other] - 1
