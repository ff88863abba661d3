"""Likely doubles: found inside the vault, kept as pairs of keys, decided once, not asked again.

Names and ID numbers are opened here, some thousand at a time, compared and dropped; what leaves is
a pair of keys and why.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, bindparam, delete, func, select, update

from streams.vault.doubles_finding import TWO_HOMES, Likely, Person, likely_doubles
from streams.vault.doubles_tables import DOUBLE_DECISIONS, DOUBLES, ROOM
from streams.vault.keys import Keys
from streams.vault.place import place
from streams.vault.tables import PERSONS
from yujing.errors import TransitionError, UsageError
from yujing.storage.revisions import migrate_sql
from yujing.storage.signed import from_signed, to_signed
from yujing.storage.sql import insert_new, insert_row, reading, writing

U64 = npt.NDArray[np.uint64]

SAME, DIFFERENT, UNDO = "same", "different", "undo"
_PEOPLE_OF_A_QUERY = 5_000
_PAIR = DOUBLES.c


@dataclass(frozen=True)
class Register:
    """What the register says of people, rising by key; the vault knows only names and numbers.

    Parameters
    ----------
    persons
        Keys.
    births
        Day numbers, below -1000000 where unknown.
    homes
        Households, 0 unknown.
    names
        The key that names each person's row: two of one name are linked already.
    """

    persons: U64
    births: npt.NDArray[np.int64]
    homes: U64
    names: U64


@dataclass(frozen=True)
class Double:
    """A pair that somebody is asked about, or was; `why` in words."""

    one: int
    other: int
    why: tuple[str, ...]
    found_at: int
    decision: str | None

    @property
    def of_two_homes(self) -> bool:
        """Whether it is one person in two households; `other` is then a household."""
        return TWO_HOMES in self.why


@dataclass(frozen=True)
class Decision:
    """Who decided what and when; `link_version` above 0 is a link or its withdrawal."""

    id: int
    one: int
    other: int
    decision: str
    by: str
    at: int
    link_version: int

    @property
    def withdraws(self) -> bool:
        """Whether a link is withdrawn."""
        return self.decision == UNDO


class Doubles:
    """The pairs beside the vault; any thread may call it.

    Parameters
    ----------
    engine
        The vault's database; missing tables are made.
    keys
        The vault's keys.
    """

    def __init__(self, engine: Engine, keys: Keys) -> None:
        migrate_sql(engine, ROOM)
        self._engine, self._keys = engine, keys

    # --- finding

    def look(self, register: Register, two_homes: Sequence[tuple[int, int]], *, at: int) -> int:
        """Look at everybody, keep who is newly likely, drop who is not any more; return how many.

        What was decided stays, whatever is found.

        Parameters
        ----------
        register
            Births and households.
        two_homes
            Person and other household where two claim one person.
        at
            Now, seconds since 1970.
        """
        linked = dict(zip(register.persons.tolist(), register.names.tolist(), strict=True))
        found = [
            pair for pair in likely_doubles(self._people(register))
            if linked.get(pair.one, pair.one) != linked.get(pair.other, pair.other)
        ]  # fmt: skip
        found += [Likely(person, home, (TWO_HOMES,)) for person, home in sorted(set(two_homes))]
        rows = [
            {"one": to_signed(pair.one), "other": to_signed(pair.other), "why": " ".join(pair.why),
             "found_at": at, "decision": None, "link_version": 0}
            for pair in found
        ]  # fmt: skip
        with writing(self._engine) as connection:
            self._drop(connection, {(row["one"], row["other"]) for row in rows})
            if not rows:
                return 0
            return connection.execute(insert_new(connection, DOUBLES), rows).rowcount

    @staticmethod
    def _drop(connection: Connection, found: set[Any]) -> None:
        """Drop what nobody decided and is not likely any more."""
        open_pairs = select(_PAIR.one, _PAIR.other).where(
            _PAIR.decision.is_(None), _PAIR.link_version == 0
        )
        gone = [tuple(row) for row in connection.execute(open_pairs) if tuple(row) not in found]
        if gone:
            drop = delete(DOUBLES).where(
                _PAIR.one == bindparam("b_one"), _PAIR.other == bindparam("b_other")
            )
            connection.execute(drop, [{"b_one": one, "b_other": other} for one, other in gone])

    def _people(self, register: Register) -> Iterator[Person]:
        """Yield everybody who has a name, opened some thousand at a time."""
        last = -(2**63)
        columns = (PERSONS.c.key, PERSONS.c.name, PERSONS.c.id_number)
        query = select(*columns).where(PERSONS.c.name.is_not(None)).order_by(PERSONS.c.key)
        first = True
        while True:
            after = query if first else query.where(PERSONS.c.key > last)
            with reading(self._engine) as connection:
                rows = connection.execute(after.limit(_PEOPLE_OF_A_QUERY)).all()
            if not rows:
                return
            first, last = False, rows[-1][0]
            keys = np.array([row[0] for row in rows], dtype=np.int64).view(np.uint64)
            births, homes = _registered(register, keys)
            for key, birth, home, (_, name, number) in zip(
                keys.tolist(), births, homes, rows, strict=True
            ):
                yield Person(
                    key, self._opened(name, "name", key),
                    self._opened(number, "id_number", key) if number is not None else None,
                    birth, home,
                )  # fmt: skip

    def _opened(self, sealed: bytes, column: str, key: int) -> str:
        return self._keys.open(sealed, place("persons", column, key)).decode()

    # --- asking

    def open(self) -> list[Double]:
        """Return what nobody has decided, the oldest first."""
        return self._listed(_PAIR.decision.is_(None))

    def decided(self) -> list[Double]:
        """Return what was decided."""
        return self._listed(_PAIR.decision.is_not(None))

    def get(self, one: int, other: int) -> Double | None:
        """Return a pair, in either order."""
        for first, second in ((one, other), (other, one)):
            found = self._listed(_PAIR.one == to_signed(first), _PAIR.other == to_signed(second))
            if found:
                return found[0]
        return None

    def _listed(self, *clauses: Any) -> list[Double]:
        query = select(
            _PAIR.one, _PAIR.other, _PAIR.why, _PAIR.found_at, _PAIR.decision
        ).where(*clauses).order_by(_PAIR.found_at, _PAIR.one, _PAIR.other)  # fmt: skip
        with reading(self._engine) as connection:
            return [
                Double(from_signed(one), from_signed(other), tuple(why.split()), found_at, decision)
                for one, other, why, found_at, decision in connection.execute(query)
            ]

    def history(self, one: int | None = None, other: int | None = None) -> list[Decision]:
        """Return decisions, the newest first; of one pair where one is named."""
        query = select(DOUBLE_DECISIONS).order_by(DOUBLE_DECISIONS.c.id.desc())
        if one is not None and other is not None:
            mine = DOUBLE_DECISIONS.c
            query = query.where(mine.one == to_signed(one), mine.other == to_signed(other))
        return self._decisions(query)

    def compared(self, pairs: Sequence[tuple[int, int]]) -> list[tuple[str, str]]:
        """Return the masked ID numbers of pairs: characters are shown only where they differ."""
        numbers = self._numbers(sorted({key for pair in pairs for key in pair}))
        return [_unlike(numbers.get(one), numbers.get(other)) for one, other in pairs]

    def _numbers(self, keys: Sequence[int]) -> Mapping[int, str]:
        found: dict[int, str] = {}
        query = select(PERSONS.c.key, PERSONS.c.id_number).where(PERSONS.c.id_number.is_not(None))
        with reading(self._engine) as connection:
            for start in range(0, len(keys), 500):
                some = [to_signed(key) for key in keys[start : start + 500]]
                for signed, sealed in connection.execute(query.where(PERSONS.c.key.in_(some))):
                    key = from_signed(signed)
                    found[key] = self._opened(sealed, "id_number", key)
        return found

    # --- deciding

    def decide(self, one: int, other: int, decision: str, *, by: str, at: int) -> Decision:
        """Record that two are the same or not, or take that back; return the decision.

        Parameters
        ----------
        one, other
            A pair of the list, in either order.
        decision
            `same`, `different` or `undo`.
        by, at
            Who, and now.

        Raises
        ------
        UsageError
            If there is no such pair.
        TransitionError
            If it was decided already, or there is nothing to undo; a Chinese line.
        """
        pair = self.get(one, other)
        if pair is None:
            raise UsageError(f"{one:016x} and {other:016x} are no pair of the list")
        where = (_PAIR.one == to_signed(pair.one), _PAIR.other == to_signed(pair.other))
        with writing(self._engine) as connection:
            now = connection.execute(
                select(_PAIR.decision, _PAIR.link_version).where(*where).with_for_update()
            ).one()
            _check(now[0], decision)
            linking = not pair.of_two_homes and SAME in (decision, now[0])
            version = now[1] + 1 if linking else now[1]
            connection.execute(
                update(DOUBLES).where(*where).values(
                    decision=None if decision == UNDO else decision, link_version=version
                )
            )  # fmt: skip
            sent_version = version if linking else 0
            row = {
                "one": to_signed(pair.one), "other": to_signed(pair.other), "decision": decision,
                "by_whom": by, "at": at, "link_version": sent_version, "sent": int(not linking),
            }  # fmt: skip
            number = insert_row(connection, DOUBLE_DECISIONS, row)
        return Decision(number, pair.one, pair.other, decision, by, at, sent_version)

    def waiting(self) -> list[Decision]:
        """Return links and withdrawals that were not sent yet, in their order."""
        query = select(DOUBLE_DECISIONS).where(DOUBLE_DECISIONS.c.sent == 0)
        return self._decisions(query.order_by(DOUBLE_DECISIONS.c.id))

    def mark_sent(self, numbers: Sequence[int]) -> None:
        """Note that these decisions went through the door."""
        if numbers:
            mark = update(DOUBLE_DECISIONS).where(DOUBLE_DECISIONS.c.id.in_(numbers))
            with writing(self._engine) as connection:
                connection.execute(mark.values(sent=1))

    def count(self) -> int:
        """Return how many pairs nobody has decided."""
        query = select(func.count()).select_from(DOUBLES).where(_PAIR.decision.is_(None))
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def _decisions(self, query: Any) -> list[Decision]:
        with reading(self._engine) as connection:
            return [
                Decision(
                    row["id"], from_signed(row["one"]), from_signed(row["other"]), row["decision"],
                    row["by_whom"], row["at"], row["link_version"],
                )
                for row in connection.execute(query).mappings()
            ]  # fmt: skip


def _check(now: str | None, decision: str) -> None:
    if decision not in (SAME, DIFFERENT, UNDO):
        raise UsageError(f"a decision is same, different or undo, not {decision}")
    if decision == UNDO and now is None:
        raise TransitionError("这一对还没有决定，没有可以撤销的。")
    if decision != UNDO and now is not None:
        raise TransitionError("这一对已经有人决定过了。要改，请先撤销。")


def _registered(register: Register, keys: U64) -> tuple[list[int | None], list[int]]:
    """Return birth and household of each key, None and 0 where the register does not say."""
    if not len(register.persons):
        return [None] * len(keys), [0] * len(keys)
    at = np.minimum(np.searchsorted(register.persons, keys), len(register.persons) - 1)
    known = register.persons[at] == keys
    births = [
        birth if there and birth > -1_000_000 else None
        for there, birth in zip(known.tolist(), register.births[at].tolist(), strict=True)
    ]
    homes = np.where(known, register.homes[at], np.uint64(0)).tolist()
    return births, homes


def _unlike(one: str | None, other: str | None) -> tuple[str, str]:
    """Return two numbers with stars where they are alike.

    Examples
    --------
    >>> _unlike("110105194912310021", "110105194912310121")
    ('***************0**', '***************1**')
    """
    if one is None or other is None:
        return ("未登记" if one is None else "*" * len(one),
                "未登记" if other is None else "*" * len(other))  # fmt: skip
    differs = [a != b for a, b in zip(one, other, strict=True)]
    masked = [
        "".join(c if shown else "*" for c, shown in zip(number, differs, strict=True))
        for number in (one, other)
    ]
    return masked[0], masked[1]
