"""The state of a county in memory: a cache of the log that any order of arrival builds alike."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.fact import AREA, HOUSEHOLD, PERSON, FactArray
from streams.state.areas import SUM, Areas
from streams.state.effective import effective, winners
from streams.state.fact_index import FRESH, REPLACED, FactIndex
from streams.state.fold import fold
from streams.state.homes import Homes
from streams.state.judging import ACCEPTED, CONFLICT, DUPLICATE, Verdicts, judge
from streams.state.layout import HOUSEHOLD_ROW, MEMBER
from streams.state.links import Links
from streams.state.source import FactSource
from streams.state.table import Table
from streams.wire import identity_link, member_upsert

__all__ = ["ACCEPTED", "CONFLICT", "DUPLICATE", "State", "Touched"]

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
NO_KEYS = np.empty(0, dtype=np.uint64)
SUBJECTS_OF_A_QUESTION = 10_000  # at a hundred facts of 244 bytes each: a quarter of a gigabyte


@dataclass(frozen=True)
class Touched:
    """The subjects that a batch concerned, by the keys that name their rows, ordered."""

    persons: Keys = field(default_factory=lambda: NO_KEYS)
    households: Keys = field(default_factory=lambda: NO_KEYS)


class State:
    """Members, households, disaster areas, links and the fact index, folded up to now.

    Parameters
    ----------
    base_month
        First month of the window, see `streams.state.layout.base_month_of`.

    Notes
    -----
    Rows are picked with `take` and `compress`: indexing copies a structured array field by field,
    which takes ten times as long.

    Not safe for several threads. `members` and `households` are views; they are replaced when the
    tables grow, so do not keep them over an `absorb`.
    """

    def __init__(self, base_month: int) -> None:
        self.base_month = base_month
        self.index = FactIndex()
        self.links = Links()
        self._areas = Areas()
        self._members = Table(MEMBER)
        self._households = Table(HOUSEHOLD_ROW)
        self._homes: Homes | None = None  # made when it is first asked for
        self._changed = NO_KEYS  # facts whose winner changed, to be settled from the log
        self._dirty = NO_KEYS  # subjects to be folded anew

    @property
    def members(self) -> npt.NDArray[np.void]:
        """Rows of `MEMBER`, one a person or component of linked keys."""
        return self._members.rows

    @property
    def households(self) -> npt.NDArray[np.void]:
        """Rows of `HOUSEHOLD_ROW`; a household that only members name has no facts of its own."""
        return self._households.rows

    @property
    def areas(self) -> npt.NDArray[np.void]:
        """Rows of `AREA_ROW`, ordered by fact."""
        return self._areas.rows()

    @property
    def nbytes(self) -> int:
        """Bytes of members and households with their keys, the fact index left out."""
        return self._members.nbytes + self._households.nbytes

    @property
    def settled(self) -> bool:
        """Whether nothing waits to be folded anew."""
        return not len(self._changed) and not len(self._dirty)

    def person_rows(self, keys: Keys) -> Rows:
        """Return the row of each person key, links followed; -1 where unknown."""
        return self._members.lookup(self.links.canonical(keys))

    def household_rows(self, keys: Keys) -> Rows:
        """Return the row of each household key, -1 where unknown."""
        return self._households.lookup(keys)

    def members_of(self, households: Keys) -> Rows:
        """Return the rows of the members of these households; a few of them cost little.

        Parameters
        ----------
        households
            Keys, each once.
        """
        if self._homes is None:
            self._homes = Homes()
            self._house(np.arange(len(self.members)))
        return self._homes.members_of(households)

    def _house(self, rows: Rows) -> None:
        """Note in which household these members are, if anybody ever asked."""
        if self._homes is not None:
            self._homes.move(rows, self.members["household"][rows])

    def judge(self, facts: FactArray, log: FactSource) -> Verdicts:
        """Return the verdict on each row of a batch (see `streams.state.judging.judge`)."""
        return judge(facts, self.index, log)

    def absorb(
        self, facts: FactArray, verdicts: Verdicts, log: FactSource, *, defer: bool = False
    ) -> Touched:
        """Take a judged batch, already appended to the log, into the state.

        Parameters
        ----------
        facts
            The batch, shape (n,).
        verdicts
            From `judge`, shape (n,).
        log
            Asked once about what must be folded anew.
        defer
            Leave that to a later `settle`, for bulk loads.

        Returns
        -------
        Every subject named, duplicates included, so that a crash between log and desk is healed
        when the batch comes again.
        """
        self._enter(facts.compress(verdicts != DUPLICATE))
        if not defer:
            self.settle(log)
        return self._touched(facts)

    def take_logged(self, rows: FactArray, log: FactSource) -> None:
        """Take rows that stand in the log beyond a checkpoint; copies do no harm."""
        self._enter(rows)
        self.settle(log)

    def settle(self, log: FactSource) -> None:
        """Fold anew, from the log, every subject whose facts changed otherwise than by addition."""
        if len(self._changed):
            versions = log.versions_of(self._changed)
            winning = versions.take(winners(versions))
            of_areas = winning.compress(winning["subject_kind"] == AREA)
            gone = versions["fact"][versions["subject_kind"] == AREA]
            self._areas.forget(np.setdiff1d(gone, of_areas["fact"]))
            self._areas.change(of_areas)
            self._link(winning, versions)
            subjects = np.unique(versions["subject"][versions["subject_kind"] != AREA])
            self._dirty = np.union1d(self._dirty, subjects)
            self._changed = NO_KEYS
        if len(self._dirty):
            subjects, self._dirty = self._dirty, NO_KEYS
            self.rebuild(subjects, log)

    def relink(self, versions: FactArray, log: FactSource) -> None:
        """Set the links that these say, and fold anew whose component changed.

        Parameters
        ----------
        versions
            Every version of the link facts concerned, copies allowed.
        log
            Asked about those to be folded anew.
        """
        self._link(versions.take(winners(versions)), versions)
        self.settle(log)

    def rebuild(self, subjects: Keys, log: FactSource) -> None:
        """Fold the rows of these subjects (and of whom they are linked with) anew from the log.

        Parameters
        ----------
        subjects
            Keys of persons and households, codes of places; any number, any order.
        log
            Asked once for every `SUBJECTS_OF_A_QUESTION` of them, so that a bulk load of
            corrections does not bring half the log into memory at once.
        """
        wanted = self.links.component(subjects)
        self._members.clear(wanted)  # also of keys whose facts now fold into another's row
        cleared = self._members.lookup(wanted)
        self._house(cleared[cleared >= 0])
        self._households.clear(wanted)
        self._areas.clear(wanted)
        for start in range(0, len(wanted), SUBJECTS_OF_A_QUESTION):
            facts = log.facts_of(wanted[start : start + SUBJECTS_OF_A_QUESTION])
            facts = facts.take(effective(facts))
            self.index.enter(facts)  # what memory had lost must be known as a duplicate again
            self._add(facts, np.ones(len(facts), dtype=bool))
        if len(self._dirty):  # a link that memory had lost
            self.settle(log)

    @classmethod
    def build(cls, history: FactArray, base_month: int) -> "State":
        """Return the state of a history of versions, copies allowed, in any order."""
        state = cls(base_month)
        winning = history.take(winners(history))
        state.index.enter(winning)
        state._add(winning, winning["retracted"] == 0)
        state._dirty = NO_KEYS  # nothing was folded before the links were known
        return state

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the whole content as arrays, for a checkpoint; `of` takes them back."""
        edges = [(fact, *keys) for fact, keys in sorted(self.links.edges().items())]
        return {
            "members": self.members,
            "households": self.households,
            "index": self.index.slots(),
            "n_facts": np.array(len(self.index)),
            "links": np.array(edges, dtype=np.uint64).reshape(-1, 3),
            "areas": self.areas,
            "area_subjects": np.array(self._areas.entries(), dtype=np.uint64).reshape(-1, 2),
        }

    @classmethod
    def of(cls, base_month: int, arrays: dict[str, npt.NDArray[Any]]) -> "State":
        """Return the state that `arrays` was taken from."""
        state = cls(base_month)
        state.index = FactIndex.of(arrays["index"], int(arrays["n_facts"]))
        state.links.change({fact: (a, b) for fact, a, b in arrays["links"].tolist()})
        state._areas = Areas.of(arrays["areas"], arrays["area_subjects"])
        state._members.fill(arrays["members"])
        state._households.fill(arrays["households"])
        return state

    def sums(self) -> npt.NDArray[np.void]:
        """Return number and XOR of the effective facts of every row that has facts.

        Returns
        -------
        Array of `SUM` ordered by subject; linked persons stand under the key of their row.
        """
        parts = [self._areas.sums()]
        for rows in (self.members, self.households):
            held = rows["n_facts"] > 0
            part = np.zeros(int(held.sum()), dtype=SUM)
            part["subject"] = rows["key"][held]
            part["n"], part["xor"] = rows["n_facts"][held], rows["facts_xor"][held]
            parts.append(part)
        sums = np.concatenate(parts)
        return sums[np.argsort(sums["subject"], kind="stable")]

    def compare(self, log_sums: npt.NDArray[np.void]) -> Keys:
        """Return the subjects whose facts in memory differ from the log's.

        Parameters
        ----------
        log_sums
            From the log: array with fields subject, n, xor, one row a subject.
        """
        theirs = np.zeros(len(log_sums), dtype=SUM)
        for name in ("n", "xor"):
            theirs[name] = log_sums[name]
        theirs["subject"] = self.links.canonical(np.ascontiguousarray(log_sums["subject"]))
        mine, logged = self.sums(), _joined(theirs)
        same = np.isin(_row_keys(mine), _row_keys(logged))
        missing = ~np.isin(_row_keys(logged), _row_keys(mine))
        return np.union1d(mine["subject"][~same], logged["subject"][missing])

    def digest(self) -> str:
        """Return the SHA-256 of the canonical content: rows with facts, ordered by key."""
        total = hashlib.sha256(str(self.base_month).encode())
        for rows in (self.members, self.households):
            held = rows.compress(rows["n_facts"] > 0)
            total.update(held.take(np.argsort(held["key"])).tobytes())
        total.update(self.areas.tobytes())
        return total.hexdigest()

    def _enter(self, rows: FactArray) -> None:
        """Enter versions into the index; add what is new, note what must be folded anew."""
        changes = self.index.enter(rows)
        repeated = rows["fact"][changes == REPLACED]
        fresh = (changes == FRESH) & (rows["retracted"] == 0)
        if len(repeated):
            self._changed = np.union1d(self._changed, repeated)
            fresh &= ~np.isin(rows["fact"], repeated)
        self._add(rows, fresh)

    def _add(self, facts: FactArray, chosen: npt.NDArray[np.bool_]) -> None:
        """Add the chosen facts, all effective and none in the state yet."""
        of_areas = chosen & (facts["subject_kind"] == AREA)
        self._areas.change(facts.compress(of_areas))
        links = facts.compress(chosen & (facts["kind"] == identity_link.KIND))
        self._link(links, links)
        self._fold(facts, chosen & ~of_areas)

    def _link(self, winning: FactArray, versions: FactArray) -> None:
        """Set the links that these winners say; whose component changed must be folded anew."""
        named = versions["fact"][versions["kind"] == identity_link.KIND]
        edges: dict[int, tuple[int, int] | None] = dict.fromkeys(named.tolist())
        links = winning.compress(winning["kind"] == identity_link.KIND)
        columns = [links[name].tolist() for name in ("fact", "subject", "other", "retracted")]
        for fact, one, other, retracted in zip(*columns, strict=True):
            edges[fact] = None if retracted else (one, other)
        if edges:
            self._dirty = np.union1d(self._dirty, self.links.change(edges))

    def _fold(self, facts: FactArray, chosen: npt.NDArray[np.bool_]) -> None:
        """Fold the chosen facts about persons and households, giving new keys their rows."""
        if not chosen.any():
            return
        persons = chosen & (facts["subject_kind"] == PERSON)
        homes = chosen & (facts["subject_kind"] == HOUSEHOLD)
        rows = np.full(len(facts), -1, dtype=np.int64)
        rows[persons] = self._members.add(self.links.canonical(facts["subject"][persons]))
        rows[homes] = self._households.add(facts["subject"][homes])
        of_members = chosen & (facts["kind"] == member_upsert.KIND)
        named = facts["other"][of_members]
        self._households.add(named[named != 0])
        fold(self.members, self.households, facts, rows, base_month=self.base_month)
        self._house(rows[of_members])

    def _touched(self, facts: FactArray) -> Touched:
        persons = self.links.canonical(facts["subject"][facts["subject_kind"] == PERSON])
        return Touched(
            persons=np.unique(persons),
            households=np.unique(facts["subject"][facts["subject_kind"] == HOUSEHOLD]),
        )


def _joined(sums: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """Return sums with one row a subject: linked keys are counted together."""
    subjects, place = np.unique(sums["subject"], return_inverse=True)
    joined = np.zeros(len(subjects), dtype=SUM)
    joined["subject"] = subjects
    np.add.at(joined["n"], place, sums["n"])
    np.bitwise_xor.at(joined["xor"], place, sums["xor"])
    return joined


def _row_keys(sums: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """Return each row as one comparable value."""
    return np.ascontiguousarray(sums).view(np.dtype((np.void, SUM.itemsize))).ravel()
