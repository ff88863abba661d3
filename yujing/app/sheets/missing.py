"""Rows that the last sheet of a scope had and this one has not: what becomes of their facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
import numpy.typing as npt

from streams.fact import HOUSEHOLD, PERSON, FactArray
from streams.pipeline import Outcome
from streams.wire.catalogue import BY_KIND
from yujing.app.county import County
from yujing.app.sheets.order import ScopeLoss
from yujing.app.sheets.plan import Brought
from yujing.app.sheets.scopes import NOTHING, Facts, Scope, Scopes
from yujing.app.sheets.ways import RETRACTION_COLUMNS, Way, standing_facts

MOST_LOST = 0.2  # share of a scope beyond which it must be confirmed
FEW = 5  # so many may go whatever their share
BATCH = 20_000


@dataclass
class Missing:
    """What a part lacks that its scopes held.

    Parameters
    ----------
    before
        The scopes as they were.
    late
        Scopes that a newer sheet was about already.
    facts
        By scope, the missing facts that still stand and nobody else holds.
    standing
        Their winners, with `RETRACTION_COLUMNS`.
    record_ids
        Of those that wait outside the log.
    """

    before: Mapping[str, Scope]
    late: frozenset[str]
    facts: dict[str, Facts] = field(default_factory=dict)
    standing: FactArray = field(default_factory=lambda: np.empty(0, dtype=[("fact", "u8")]))
    record_ids: dict[int, str] = field(default_factory=dict)

    def losses(self, mapping: str, unsure: frozenset[str]) -> list[ScopeLoss]:
        """Return the scopes that would lose so much that it must be confirmed."""
        found = []
        for name, facts in self.facts.items():
            held = len(self.before[name].facts)
            if name not in unsure and len(facts) > FEW and len(facts) > MOST_LOST * held:
                found.append(ScopeLoss(mapping, name, len(facts), held))
        return found


def find_missing(way: Way, scopes: Scopes, brought: Brought, version: int) -> Missing:
    """Return what a part lacks; a sheet older than the scope's last one lacks nothing.

    Parameters
    ----------
    version
        Of the delivery, or the one that it would get.
    """
    before = scopes.of(brought.by_scope)
    late = frozenset(name for name, scope in before.items() if scope.version > version)
    missing = Missing(before, late)
    gone = {
        name: np.setdiff1d(scope.facts, brought.facts, assume_unique=True)
        for name, scope in before.items()
        if name not in late
    }
    every = np.unique(np.concatenate([NOTHING, *gone.values()]))
    if not len(every):
        return missing
    every = every[~scopes.held_elsewhere(every, brought.by_scope)]
    rows, missing.record_ids = way.versions(every, RETRACTION_COLUMNS)
    standing = standing_facts(rows)
    missing.standing = standing.compress(np.isin(standing["fact"], every))
    for name, facts in gone.items():
        standing_here = facts[np.isin(facts, missing.standing["fact"])]
        if len(standing_here):
            missing.facts[name] = standing_here
    return missing


def overtaken(missing: Missing, brought: Brought) -> dict[int, Facts]:
    """Return, by version, the facts of a late sheet that the newer sheet of the scope had not.

    The newer sheet would have withdrawn them if it had come second.
    """
    found: dict[int, list[Facts]] = {}
    for name in missing.late:
        scope = missing.before[name]
        if scope.whole:
            gone = np.setdiff1d(brought.by_scope[name], scope.facts, assume_unique=True)
            found.setdefault(scope.version, []).append(gone)
    return {version: np.concatenate(facts) for version, facts in found.items()}


def withdraw(
    county: County,
    way: Way,
    source: str,
    facts: Facts,
    version: int,
    reported_at: str | None = None,
) -> npt.NDArray[np.bool_]:
    """Retract facts that still stand, and return which of them are gone now.

    Parameters
    ----------
    source
        Word of the source whose facts they are.
    facts
        Keys of facts, each once.
    version
        Of the retractions; a fact with a higher one stays.
    reported_at
        When the sheet was reported, where that is when it was known.
    """
    gone = np.zeros(len(facts), dtype=bool)
    for start in range(0, len(facts), BATCH):
        some = facts[start : start + BATCH]
        rows, waiting = way.versions(some, RETRACTION_COLUMNS)
        standing = standing_facts(rows)
        standing = standing.compress(standing["version"] < version)
        if not len(standing):
            continue
        ids = county.log.record_ids_of(standing["fact"]) | waiting
        lines = _lines(standing, ids, source, version, reported_at)
        reading = way.read(lines)
        # a record id that was hashed at the door is not hashed again
        reading.facts["fact"] = standing["fact"][reading.rows]
        named = standing["fact"][reading.rows].tolist()
        reading.record_ids = [ids[fact] for fact in named]
        outcomes = way.take(reading)
        taken = reading.facts["fact"][outcomes != Outcome.REJECTED]
        gone[start : start + BATCH] = np.isin(some, taken)
    return gone


def _lines(
    standing: FactArray,
    ids: Mapping[int, str],
    source: str,
    version: int,
    reported_at: str | None,
) -> Sequence[bytes]:
    encode = msgspec.json.Encoder().encode
    columns = [standing[name].tolist() for name in ("fact", "kind", "subject_kind", "subject")]
    lines = []
    for fact, kind, of, subject in zip(*columns, strict=True):
        event: dict[str, object] = {
            "event_type": BY_KIND[kind].name,
            "source_system": source,
            "source_record_id": ids[fact],
            "source_version": version,
            "op": "retract",
        }
        if reported_at is not None:
            event["reported_at"] = reported_at
        if of == PERSON:
            event["person_key"] = f"{subject:016x}"
        elif of == HOUSEHOLD:
            event["household_key"] = f"{subject:016x}"
        lines.append(encode(event))
    return lines
