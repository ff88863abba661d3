"""Batches on their way in: the same steps for a file, a request at the HTTP door and a replay.

The steps of a batch, in this order: read at the door, step through the core, remember identities,
keep dead letters and unmatched events, append to the log, fold, release who was waited for.
A kill between any two of them loses nothing: the same batch again does what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import structlog

from streams.door.grant import Grant
from streams.door.reading import Finding, Reading, Reject
from streams.fact import FactArray
from streams.pipeline import (
    NO_KEYS,
    Keys,
    Outcome,
    Step,
    places_of,
    registering,
    step,
    with_households,
)
from streams.state.state import CONFLICT, DUPLICATE
from streams.vault.deadletters import Refused
from yujing.app.answering import take_answers
from yujing.app.county import County
from yujing.app.findings import keep_findings
from yujing.app.source_days import counts_of, note_rows
from yujing.domain.codes import Source, members
from yujing.domain.days import to_day

_FIRST_KNOWN = ("fact", "version", "content", "known_at")


@dataclass(slots=True)
class Counts:
    """What became of rows; `rows` is the sum of the five outcomes."""

    rows: int = 0
    accepted: int = 0
    duplicate: int = 0
    conflict: int = 0
    rejected: int = 0
    unmatched: int = 0
    warnings: int = 0
    events: int = 0

    def add(self, outcomes: npt.NDArray[np.uint8], n_warnings: int) -> None:
        """Count a batch."""
        numbers = np.bincount(outcomes, minlength=len(Outcome))
        self.rows += len(outcomes)
        self.accepted += int(numbers[Outcome.ACCEPTED])
        self.duplicate += int(numbers[Outcome.DUPLICATE])
        self.conflict += int(numbers[Outcome.CONFLICT])
        self.rejected += int(numbers[Outcome.REJECTED])
        self.unmatched += int(numbers[Outcome.UNMATCHED])
        self.warnings += n_warnings
        self.events += int(numbers[Outcome.ACCEPTED])

    @property
    def refused(self) -> int:
        """Rows that were not taken as they came."""
        return self.rejected + self.conflict + self.unmatched


@dataclass(frozen=True)
class Taken:
    """What became of a batch, row by row.

    Parameters
    ----------
    outcomes
        `Outcome` of each row.
    rejects
        Why a row was refused.
    warnings
        Findings of the data-quality rules that did not refuse a row.
    """

    outcomes: npt.NDArray[np.uint8]
    rejects: list[Reject]
    warnings: list[Finding]

    def lines(self, first_row: int, *, all_rows: bool = True) -> list[dict[str, object]]:
        """Return a result for each row, in order; rows are counted from 1.

        Parameters
        ----------
        first_row
            Number of rows before this batch.
        all_rows
            False leaves out rows that were taken or known, with nothing to say about them.
        """
        words = [outcome.word for outcome in Outcome]
        findings: dict[int, list[str]] = {}
        for row, rule in self.warnings:
            findings.setdefault(row, []).append(rule)
        told = {
            reject.row: {"reason": reject.reason, "reason_zh": reject.reason_zh}
            for reject in self.rejects
        }
        results: list[dict[str, object]] = []
        told_of = np.ones(len(self.outcomes), dtype=bool)
        if not all_rows:
            told_of = self.outcomes > Outcome.DUPLICATE
            told_of[list(findings)] = True
        rows = np.flatnonzero(told_of)
        for row, outcome in zip(rows.tolist(), self.outcomes[rows].tolist(), strict=True):
            result: dict[str, object] = {"row": first_row + row + 1, "outcome": words[outcome]}
            result |= told.get(row, {})
            if row in findings:
                result["warnings"] = findings[row]
            results.append(result)
        return results


@dataclass
class Intake:
    """The way in for the rows of one sender.

    Parameters
    ----------
    county
        The open data; the caller holds `busy`.
    grant
        What the sender may send.
    origin
        Name of the file or of the door, kept with dead letters.
    bulk
        Whether subjects whose facts changed are made anew at the end instead of batch by batch.
    """

    county: County
    grant: Grant
    origin: str
    bulk: bool = False
    counts: Counts = field(default_factory=Counts)
    touched: list[Keys] = field(default_factory=list)
    repeats: list[tuple[FactArray, list[str]]] = field(default_factory=list)
    appended: list[tuple[int, int]] = field(default_factory=list)

    @property
    def source_name(self) -> str:
        """How dead letters and metrics call the sender."""
        return self.grant.source.value if self.grant.source else Source.UNKNOWN.value

    def take(self, lines: Sequence[bytes], *, first_row: int = 0) -> Taken:
        """Take a batch in and return what became of each row.

        Parameters
        ----------
        lines
            The rows as they came.
        first_row
            Number of rows before this batch, for dead letters.

        Raises
        ------
        StorageError
            If a store refused or is full; what was acknowledged before stays, send this again.
        """
        county = self.county
        reading = county.door.read(lines, grant=self.grant, known_at=county.stamp())
        return self.take_reading(reading, len(lines), first_row=first_row)

    def take_reading(self, reading: Reading, n_rows: int, *, first_row: int = 0) -> Taken:
        """Take in what the door read, known now; see `take`.

        Parameters
        ----------
        reading
            From the door, since the county was last busy with something else.
        n_rows
            Number of its rows.
        first_row
            Number of rows before this batch, for dead letters.
        """
        county = self.county
        try:
            outcomes = self._take(reading, first_row, n_rows)
        except BaseException:
            county.drop_memory()
            raise
        self.counts.add(outcomes, len(reading.warnings))
        measure_rows(county, reading, outcomes, self.source_name)
        return Taken(outcomes, reading.rejects, reading.warnings)

    def _take(self, reading: Reading, first_row: int, n_rows: int) -> npt.NDArray[np.uint8]:
        county = self.county
        facts, ids = reading.facts, reading.record_ids
        stepped = step(facts, county.state, county.registered, county.log)
        county.vault.remember(reading.identities)
        keep_rejects(county, reading.rejects, self.source_name, self.origin, first_row)
        apart = stepped.unmatched
        waiting = [ids[i] for i in apart.tolist()]
        county.unmatched.keep(facts.take(apart), waiting, at=county.now_s())
        self._append(facts, ids, stepped)
        # not the newcomers alone: a kill after the append leaves them registered, not released
        self._release(registering(facts))
        outcomes = np.full(n_rows, Outcome.REJECTED, dtype=np.uint8)
        outcomes[reading.rows] = stepped.outcomes
        return outcomes

    def _append(self, facts: FactArray, ids: list[str], stepped: Step) -> None:
        county = self.county
        fresh = stepped.to_append
        rows = facts.take(fresh)
        with_households(rows, county.state)
        county.log.append(rows, [ids[i] for i in fresh.tolist()], places_of(rows, county.state))
        if len(rows):
            self.appended.append((int(rows["position"].min()), int(rows["position"].max())))
        matched = facts.take(stepped.matched)
        county.state.absorb(matched, stepped.verdicts, county.log, defer=self.bulk)
        county.registered.add(stepped.newcomers)
        self.touched.append(np.unique(matched["subject"]))
        if self.grant.backfill:
            again = stepped.matched[stepped.verdicts == DUPLICATE]
            self.repeats.append((facts.take(again), [ids[i] for i in again.tolist()]))
        told = matched.compress(stepped.verdicts != CONFLICT)
        take_answers(county, told, backfill=self.grant.backfill)

    def _release(self, registered: Keys) -> None:
        if len(registered):
            self.touched.append(release(self.county, registered, defer=self.bulk))


def keep_rejects(
    county: County, rejects: Sequence[Reject], source: str, origin: str, first_row: int
) -> None:
    """Keep refused rows as dead letters.

    Parameters
    ----------
    source, origin
        Who sent them, and in which file or through which door.
    first_row
        Number of rows before this batch.
    """
    county.deadletters.keep_all(
        (Refused(source, origin, first_row + r.row + 1, r.reason, r.raw) for r in rejects),
        at=county.now_s(),
    )


def measure_rows(
    county: County, reading: Reading, outcomes: npt.NDArray[np.uint8], source: str
) -> None:
    """Count what became of a batch in the metrics, and the findings of rows that were accepted.

    Parameters
    ----------
    source
        How metrics call the sender of rows that could not be read.
    """
    metrics, sources = county.metrics, members(Source)
    pairs, numbers = np.unique(
        np.stack([reading.facts["source"], outcomes[reading.rows]]), axis=1, return_counts=True
    )
    for (number, outcome), n in zip(pairs.T.tolist(), numbers.tolist(), strict=True):
        word = sources[number].value
        metrics.count("yujing_rows_total", n, source=word, outcome=Outcome(outcome).word)
    if reading.rejects:
        n_rejects = len(reading.rejects)
        metrics.count("yujing_rows_total", n_rejects, source=source, outcome="rejected")
    keep_findings(county, reading, outcomes)
    counts = counts_of(reading.facts, outcomes[reading.rows], len(reading.rejects), source)
    note_rows(county.engine, counts, day=to_day(county.today()), at=county.now_s())


def log_batch(intake: Intake) -> None:
    """Write a log line with what became of a batch and which positions of the log it got.

    With the trace that is bound to the context it leads from a request to the events of the log.
    """
    counts = intake.counts
    structlog.get_logger().info(
        "batch",
        origin=intake.origin,
        rows=counts.rows,
        accepted=counts.accepted,
        refused=counts.refused,
        positions=[list(pair) for pair in intake.appended],
    )


def finish(county: County, intakes: Sequence[Intake]) -> Keys:
    """Make anew what was left for the end and return the keys of all that was touched.

    Parameters
    ----------
    intakes
        Everything that was taken in since the last `finish`.
    """
    try:
        county.state.settle(county.log)
        keep_earliest(county, [repeat for intake in intakes for repeat in intake.repeats])
    except BaseException:
        county.drop_memory()
        raise
    touched = [keys for intake in intakes for keys in intake.touched]
    return np.unique(np.concatenate(touched)) if touched else NO_KEYS


def release(county: County, subjects: Keys, *, defer: bool = False) -> Keys:
    """Let what waits for these subjects into the log and return the subjects that had any.

    The events keep the moment at which they were first known.
    """
    facts, ids = county.unmatched.release(subjects)
    if not len(facts):
        return NO_KEYS
    verdicts = county.state.judge(facts, county.log)
    fresh = np.flatnonzero(verdicts != DUPLICATE)
    rows = facts.take(fresh)
    with_households(rows, county.state)
    county.log.append(rows, [ids[i] for i in fresh.tolist()], places_of(rows, county.state))
    county.state.absorb(facts, verdicts, county.log, defer=defer)
    again = np.flatnonzero(verdicts == DUPLICATE)
    keep_earliest(county, [(facts.take(again), [ids[i] for i in again.tolist()])])
    county.unmatched.drop(facts)
    return np.unique(facts["subject"])


def keep_earliest(county: County, repeats: list[tuple[FactArray, list[str]]]) -> None:
    """Keep the earliest moment at which a version was known, whatever order files come in.

    A version that a backfill brings again with an earlier `reported_at` enters the log once more:
    of two copies the log counts the one that was known first.
    """
    if not any(len(facts) for facts, _ in repeats):
        return
    facts = np.concatenate([part for part, _ in repeats])
    ids = [record_id for _, part in repeats for record_id in part]
    known = county.log.versions_of(np.unique(facts["fact"]), columns=_FIRST_KNOWN)
    first = _earliest(known)
    earlier = [
        row
        for row, (name, known_at) in enumerate(_named(facts))
        if known_at < first.get(name, known_at)
    ]
    if not earlier:
        return
    rows = facts[earlier]
    rows["position"] = 0
    with_households(rows, county.state)
    county.log.append(rows, [ids[row] for row in earlier], places_of(rows, county.state))
    county.state.take_logged(rows, county.log)  # another content may count now


def _earliest(facts: FactArray) -> dict[tuple[int, int, int], int]:
    first: dict[tuple[int, int, int], int] = {}
    for name, known_at in _named(facts):
        first[name] = min(known_at, first.get(name, known_at))
    return first


def _named(facts: FactArray) -> list[tuple[tuple[int, int, int], int]]:
    return [
        ((fact, version, content), known_at)
        for fact, version, content, known_at in facts[list(_FIRST_KNOWN)].tolist()
    ]
