"""The events of a part through the door: first all are read, then those of good rows are taken.

A row makes several events; it is refused if one of them is, and then none of them enters.
"""

from collections.abc import Iterable, Iterator, Sequence
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
    """A batch at the door: what it says, and the row of each fact."""

    reading: Reading
    rows: Rows


@dataclass
class Passage:
    """The events of a part on their way.

    Parameters
    ----------
    way
        Where they go.
    pieces
        The events, a few thousand rows at a time: lines of JSON and the row of each, rising.
    n_rows
        Number of rows.
    task
        What is being done, for the progress.
    """

    way: Way
    pieces: Iterable[tuple[Sequence[bytes], Rows]]
    n_rows: int
    task: str
    refused: list[RefusedLine] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    batches: list[Read] = field(default_factory=list)
    n_accepted: int = 0

    def read(self) -> None:
        """Read all lines at the door; nothing is changed yet."""
        for lines, row in self.pieces:
            for start, stop in _cuts(row):
                self._read(lines[start:stop], row[start:stop])

    def _read(self, lines: Sequence[bytes], row: Rows) -> None:
        reading = self.way.read(lines)
        if reading.rejects:
            good = np.flatnonzero(~np.isin(row, self._refuse(reading.rejects, lines, row)))
            reading, row = self.way.read([lines[i] for i in good.tolist()]), row[good]
        self.findings += [Finding(int(row[one.row]), one.rule) for one in reading.warnings]
        self.batches.append(Read(reading, row[reading.rows]))

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
        firsts = self._first_of_each_fact()
        while self.batches:
            batch, first = self.batches.pop(0), firsts.pop(0)
            outcomes, rows = self.way.take(batch.reading), batch.rows
            # known by the version of this very delivery: it entered before a kill
            own = first & (batch.reading.facts["version"] == version)
            outcomes[own & (outcomes == Outcome.DUPLICATE)] = Outcome.ACCEPTED
            np.maximum.at(rank, rows, _RANK[outcomes])
            self.n_accepted += int((outcomes == Outcome.ACCEPTED).sum())
            if len(rows):
                output.progress(self.task, int(rows[-1]) + 1, self.n_rows)
        rank[rank < 0] = _RANK[Outcome.REJECTED]
        return _OF_RANK[rank]

    def _refuse(self, rejects: list[Reject], lines: Sequence[bytes], row: Rows) -> Rows:
        """Note the lines of refused rows, and return these rows."""
        why = {one.row: one for one in rejects}
        bad = np.unique(row[list(why)])
        for i in np.flatnonzero(np.isin(row, bad)).tolist():
            one = why.get(i)
            reason_zh, reason = (one.reason_zh, one.reason) if one else ("", "")
            self.refused.append(RefusedLine(int(row[i]), lines[i], reason_zh, reason))
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

    def _first_of_each_fact(self) -> list[npt.NDArray[np.bool_]]:
        """Return, for each batch, which of its facts no line before names."""
        facts = [batch.reading.facts["fact"] for batch in self.batches]
        if not facts:
            return []
        first = np.zeros(sum(map(len, facts)), dtype=bool)
        first[np.unique(np.concatenate(facts), return_index=True)[1]] = True
        return np.split(first, np.cumsum([len(part) for part in facts])[:-1])

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


def _cuts(row: Rows) -> Iterator[tuple[int, int]]:
    """Cut lines into batches, never inside a row."""
    start, n = 0, len(row)
    while start < n:
        stop = min(start + BATCH, n)
        if stop < n:
            stop = int(np.searchsorted(row, row[stop - 1], side="right"))
        yield start, stop
        start = stop
