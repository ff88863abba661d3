"""The door: lines of JSON in, validated facts and named rejects out."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from streams.content import content_hashes
from streams.door.decoding import Decoded, decode
from streams.door.derived import Columns, Lookup, know_nobody
from streams.door.grant import EVERYWHERE, Grant
from streams.door.id_number import unpacked
from streams.door.identity import PersonKeys
from streams.door.link import fill_other
from streams.door.payload import PersonalTexts, fill, fill_personal
from streams.door.quality import QualityRules
from streams.door.reading import Finding, Reading, Reject
from streams.door.reason import Faults
from streams.door.stamp import Stamped, stamp
from streams.fact import AREA, FactArray, empty_facts
from streams.vault.identities import Identities
from streams.vault.keys import Keys
from streams.wire import household_upsert, identity_link, member_upsert
from yujing.access.scope import covered
from yujing.domain.codes import number
from yujing.domain.region import Regions

Ints = npt.NDArray[np.int64]


class Door:
    """Reads batches of lines; what it says of one does not depend on those before.

    Parameters
    ----------
    keys
        The vault's keys: behind the door nobody has an ID number.
    regions
        Places; an unknown one is flagged.
    rules
        Rules of data quality.
    lookup
        What is already known of persons and households, for the rules that need it and for the
        region of an event that names none; without it these rules hold for nobody.
    """

    def __init__(
        self, keys: Keys, regions: Regions, rules: QualityRules, lookup: Lookup = know_nobody
    ) -> None:
        self._keys = keys
        self._people = PersonKeys(keys)
        self._regions = regions
        self._rules = rules
        self._lookup = lookup

    def read(self, lines: Sequence[bytes], *, grant: Grant, known_at: int) -> Reading:
        """Return what a batch of lines says.

        Parameters
        ----------
        lines
            One JSON object each.
        grant
            What the caller may send.
        known_at
            The door's clock, seconds since 1970; the facts carry it, or `reported_at` when the
            grant allows a backfill and the event has one.

        Returns
        -------
        Facts with header and content, position 0; facts and rejects together are all lines.
        """
        decoded = decode(lines)
        facts = np.repeat(empty_facts(1), len(decoded.events))
        faults = Faults(len(facts))
        stamped = stamp(
            decoded,
            facts,
            faults,
            keys=self._keys,
            people=self._people,
            regions=self._regions,
            grant=grant,
            known_at=known_at,
        )
        texts = self._fill_payload(decoded, facts, faults)
        columns = Columns(facts, stamped.persons, self._lookup)
        _check_grant(decoded, columns, faults, grant)
        doubts = self._rules.apply(columns, decoded.groups, faults)
        return _reading(lines, decoded, facts, faults, stamped, texts, doubts)

    def _fill_payload(self, decoded: Decoded, facts: FactArray, faults: Faults) -> PersonalTexts:
        texts = PersonalTexts({}, [])
        for group in decoded.groups:
            if group.retracted:
                continue  # a retraction says which fact, not what it was
            events = decoded.events[group.at]
            fill(group, events, facts, faults)
            fill_personal(group, events, facts, texts, self._keys)
            if group.event_type.kind == identity_link.KIND:
                links = [e for e in events if isinstance(e, identity_link.IdentityLink)]
                fill_other(group, links, facts, faults, self._people)
        return texts


def _check_grant(decoded: Decoded, columns: Columns, faults: Faults, grant: Grant) -> None:
    facts = columns.facts
    if grant.source is not None:
        faults.fail(facts["source"] != number(grant.source), "grant_source")
    if grant.kinds is not None:
        for group in decoded.groups:
            if group.event_type.kind not in grant.kinds:
                faults.fail(np.ones(len(facts[group.at]), dtype=bool), "grant_kind", at=group.at)
    if grant.regions == EVERYWHERE:
        return
    for group in decoded.groups:
        region = facts["region"][group.at].astype(np.int64)
        unsaid = (region == 0) & (facts["subject_kind"][group.at] != AREA)
        if unsaid.any():
            region = np.where(unsaid, columns.background(group.at).region, region)
        outside = (region != 0) & ~covered(grant.regions, region)
        faults.fail(outside, "grant_region", at=group.at)


def _reading(
    lines: Sequence[bytes],
    decoded: Decoded,
    facts: FactArray,
    faults: Faults,
    stamped: Stamped,
    texts: PersonalTexts,
    doubts: list[tuple[str, Ints]],
) -> Reading:
    """Put facts, rejects and findings back into the order of the lines."""
    good = faults.first == 0
    rows = decoded.rows
    kept = np.flatnonzero(good)
    kept = kept[np.argsort(rows[kept])]
    identities = _identities(decoded, facts, good, stamped, texts)
    facts = facts.take(kept)  # many times faster than facts[kept] for wide rows
    facts["content"] = content_hashes(facts)
    rejects = decoded.rejects
    for at in np.flatnonzero(~good).tolist():
        why, row = faults.reasons[faults.first[at]], int(rows[at])
        rejects.append(Reject(row, why.zh, why.en, bytes(lines[row]), why.code))
    return Reading(
        facts=facts,
        record_ids=list(map(stamped.record_ids.__getitem__, kept.tolist())),
        rows=rows[kept],
        rejects=sorted(rejects, key=lambda reject: reject.row),
        warnings=_findings(doubts, rows, good),
        identities=identities,
    )


def _findings(
    doubts: list[tuple[str, Ints]], rows: Ints, good: npt.NDArray[np.bool_]
) -> list[Finding]:
    found = []
    for rule_id, at in doubts:
        found += [Finding(row, rule_id) for row in rows[at[good[at]]].tolist()]
    return sorted(found, key=lambda finding: finding.row)


def _identities(
    decoded: Decoded,
    facts: FactArray,
    good: npt.NDArray[np.bool_],
    stamped: Stamped,
    texts: PersonalTexts,
) -> Identities:
    """Collect what the vault has to remember of the rows that are kept."""
    found = Identities.empty()
    households: dict[int, str] = {}
    for group in decoded.groups:
        kind = group.event_type.kind
        if group.retracted or kind not in (member_upsert.KIND, household_upsert.KIND):
            continue
        spelled = unpacked(stamped.persons.numbers.packed[group.at])
        for at in (np.flatnonzero(good[group.at]) + group.at.start).tolist():
            event = decoded.events[at]
            if event.household_no is not None:
                households[int(stamped.households[at])] = event.household_no
            if isinstance(event, member_upsert.MemberUpsert):
                number_18 = spelled[at - group.at.start] if event.id_number else None
                key = int(facts["subject"][at])
                found.persons.append((key, number_18, event.name or None, event.phone or None))
    found.households = list(households.items())
    if texts.employers:
        named = set(facts["employer"][good].tolist()) | set(facts["other"][good].tolist())
        found.employers = [(key, name) for name, key in texts.employers.items() if key in named]
    found.notes = [(int(facts["fact"][at]), text) for at, text in texts.notes if good[at]]
    return found
