"""How a batch of identities enters the vault: only what is new is sealed and written."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select

from streams.vault.identities import Identities
from streams.vault.keys import Keys, normalise_id
from streams.vault.place import place
from streams.vault.tables import EMPLOYERS, HOUSEHOLDS, NOTES, PERSONS
from yujing.errors import InvalidEventError
from yujing.storage.signed import from_signed, to_signed
from yujing.storage.sql import Merge, insert_new, upsert

_KEYS_OF_A_QUERY = 500  # well below the number of parameters that SQLite takes
# (person key, second digest, (ID number, name, phone))
_Said = tuple[int, bytes | None, tuple[str | None, str | None, str | None]]
_BETWEEN = "\x1f"  # separates the texts of a person in the hash of what was last seen


def remember_all(connection: Connection, keys: Keys, identities: Identities) -> None:
    """Write what is new in `identities` within the caller's transaction.

    Raises
    ------
    InvalidEventError
        If two ID numbers, or two household numbers, have the same key.
    """
    _persons(connection, keys, identities.persons)
    _households(connection, keys, identities.households)
    _employers(connection, keys, identities.employers)
    _notes(connection, keys, identities.notes)


def _persons(
    connection: Connection,
    keys: Keys,
    persons: Sequence[tuple[int, str | None, str | None, str | None]],
) -> None:
    if not persons:
        return
    numbers = list(dict.fromkeys(number for _, number, _, _ in persons if number))
    digests = dict(zip(numbers, keys.person_digests(numbers), strict=True))
    given: list[_Said] = [
        (
            int(key),
            digests[number] if number else None,
            (normalise_id(number) if number else None, name, phone),
        )
        for key, number, name, phone in persons
    ]
    known = _known(connection, PERSONS, (key for key, _, _ in given), "digest", "seen")
    owners = {key: digest for key, (digest, _) in known.items() if digest}
    for key, digest, _ in given:
        if digest is not None and owners.setdefault(key, digest) != digest:
            raise InvalidEventError(
                f"two ID numbers share the person key {key:016x}; the second cannot be registered"
            )
    said = {
        key: (digest, texts)
        for key, digest, texts in _joined(given)
        if any(texts[1:]) or not (key in known and known[key][0])  # an ID number alone is old news
    }
    seen = _seen(keys, [_BETWEEN.join(part or "" for part in texts) for _, texts in said.values()])
    rows = [
        {
            "key": to_signed(key),
            "digest": digest,
            "id_number": _seal(keys, texts[0], "persons", "id_number", key),
            "name": _seal(keys, texts[1], "persons", "name", key),
            "phone": _seal(keys, texts[2], "persons", "phone", key),
            "seen": mark,
        }
        for (key, (digest, texts)), mark in zip(said.items(), seen, strict=True)
        if key not in known or known[key][1] != mark
    ]
    if rows:
        kept = {name: _kept(name) for name in ("digest", "id_number", "name", "phone")}
        merge = upsert(
            connection, PERSONS, key=["key"], columns={**kept, "seen": lambda _, new: new.seen}
        )
        connection.execute(merge, _in_order(rows))


def _kept(name: str) -> Merge:
    """Return the new value of a column, where it says something, else the old one."""
    return lambda old, new: func.coalesce(new[name], old[name])


def _joined(given: Iterable[_Said]) -> list[_Said]:
    """Return one entry a key: the last text of each column that said anything."""
    joined: dict[int, _Said] = {}
    for key, digest, texts in given:
        _, old_digest, old = joined.get(key, (key, None, (None, None, None)))
        number, name, phone = (new or before for new, before in zip(texts, old, strict=True))
        joined[key] = (key, digest or old_digest, (number, name, phone))
    return list(joined.values())


def _households(connection: Connection, keys: Keys, households: Sequence[tuple[int, str]]) -> None:
    said = {int(key): number.strip() for key, number in households}
    digests = keys.household_digests([number for _, number in households])
    known = _known(connection, HOUSEHOLDS, said, "digest")
    owners = {key: digest for key, (digest,) in known.items()}
    for (key, _), digest in zip(households, digests, strict=True):
        if owners.setdefault(int(key), digest) != digest:
            raise InvalidEventError(
                f"two household numbers share the key {int(key):016x}; "
                "the second cannot be registered"
            )
    _add(
        connection,
        HOUSEHOLDS,
        [
            {
                "key": to_signed(key),
                "digest": owners[key],
                "number": keys.seal(number.encode(), place("households", "number", key)),
            }
            for key, number in said.items()
            if key not in known
        ],
    )


def _employers(connection: Connection, keys: Keys, employers: Sequence[tuple[int, str]]) -> None:
    said = {int(key): name for key, name in employers}
    known = _known(connection, EMPLOYERS, said)
    _add(
        connection,
        EMPLOYERS,
        [
            {
                "key": to_signed(key),
                "name": keys.seal(name.encode(), place("employers", "name", key)),
            }
            for key, name in said.items()
            if key not in known
        ],
    )


def _notes(connection: Connection, keys: Keys, notes: Sequence[tuple[int, str]]) -> None:
    marks = _seen(keys, [note for _, note in notes])
    _add(
        connection,
        NOTES,
        [
            {
                "owner": to_signed(int(owner)),
                "seen": mark,
                "content": keys.seal(note.encode(), place("notes", "content", owner)),
            }
            for (owner, note), mark in zip(notes, marks, strict=True)
        ],
    )


def _known(
    connection: Connection, table: Table, keys: Iterable[int], *columns: str
) -> dict[int, tuple[Any, ...]]:
    """Return columns of the rows that are there, by unsigned key."""
    wanted = [to_signed(key) for key in dict.fromkeys(keys)]
    found: dict[int, tuple[Any, ...]] = {}
    for start in range(0, len(wanted), _KEYS_OF_A_QUERY):
        part = wanted[start : start + _KEYS_OF_A_QUERY]
        query = select(table.c.key, *(table.c[name] for name in columns))
        rows = connection.execute(query.where(table.c.key.in_(part)))
        found.update({from_signed(key): tuple(rest) for key, *rest in rows})
    return found


def _seen(keys: Keys, texts: list[str]) -> list[int]:
    return [to_signed(int(key)) for key in keys.text_keys(texts)]


def _seal(keys: Keys, content: str | None, table: str, column: str, key: int) -> bytes | None:
    return keys.seal(content.encode(), place(table, column, key)) if content else None


def _add(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert_new(connection, table), _in_order(rows))


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows by key: two that write the same ones at once wait, and never for each other."""
    return sorted(rows, key=lambda row: int(row.get("key", row.get("owner", 0))))
