"""Where the door sends the events of a person, and who is registered: all that it has to know.

What is known is kept in memory as well; it may be behind, since other doors write too. That is
harmless for events: the owner of the partition passes on the news of who is at home elsewhere. Only
a change of household has to be told to the right former owner, so `move` writes nothing over a home
that is not the one that the caller knew.
"""

from collections.abc import Iterator
from threading import Lock

import numpy as np
import numpy.typing as npt
from sqlalchemy import ARRAY, BigInteger, Column, ColumnElement, Connection, Engine, any_, select
from sqlalchemy import literal as sql_literal

from streams.state.key_index import KeyIndex
from streams.vault.tables import REGISTERED_HOUSEHOLDS, ROOM, ROUTES
from yujing.storage.revisions import migrate_sql
from yujing.storage.signed import all_signed
from yujing.storage.sql import insert_new, reading, upsert, writing

U64 = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]

_KEYS_OF_A_QUERY = 500  # well below the number of parameters that SQLite takes
_PERSON, _HOUSEHOLD = ROUTES.c.person, ROUTES.c.household


class Routing:
    """Homes of persons and registered households; any thread may call it.

    A person that belongs to no household has his own key as home.

    Parameters
    ----------
    engine
        The vault's database; missing tables are made.
    """

    def __init__(self, engine: Engine) -> None:
        migrate_sql(engine, ROOM)
        self._engine = engine
        self._known = _Homes()

    def homes_of(self, persons: U64) -> U64:
        """Return the home of each person, 0 where nobody has registered him."""
        return self._found(persons, _PERSON, _HOUSEHOLD)

    def registered(self, households: U64) -> Bools:
        """Return which households somebody has registered."""
        column = REGISTERED_HOUSEHOLDS.c.household
        known: Bools = self._found(households, column, column) != 0
        return known

    def present_homes(self, persons: U64) -> U64:
        """Return the home of each person as the database has it now, 0 where it has none."""
        with reading(self._engine) as connection:
            homes = _asked(connection, persons, _PERSON, _HOUSEHOLD)
        self._known.put(persons, homes)
        return homes

    def register(self, households: U64) -> None:
        """Note that households are registered."""
        keys = np.unique(households)
        new = keys[self._known.of(keys) == 0]
        if not len(new):
            return
        with writing(self._engine) as connection:
            statement = insert_new(connection, REGISTERED_HOUSEHOLDS)
            connection.execute(statement, [{"household": key} for key in all_signed(new)])
        self._known.put(new, new)

    def move(self, persons: U64, homes: U64, assumed: U64) -> U64:
        """Set the home of persons, each only if it still is the one that the caller knew.

        Parameters
        ----------
        persons
            Rising, each once.
        homes
            Where they are at home from now on.
        assumed
            Where the caller believes them to be at home, 0 unregistered.

        Returns
        -------
        For each person 0, or the home that another door gave him meanwhile and that he still has.
        """
        with writing(self._engine) as connection:
            new = assumed == 0
            if new.any():  # in the order of the keys: two doors do not wait for each other
                insert = insert_new(connection, ROUTES)
                connection.execute(insert, _rows(persons[new], homes[new]))
            now = _asked(connection, persons, _PERSON, _HOUSEHOLD)
            leaving = np.flatnonzero(now != homes)
            if len(leaving):
                now[leaving] = _moved(
                    connection, persons[leaving], homes[leaving], assumed[leaving]
                )
        self._known.put(persons, now)
        return np.where(now != homes, now, np.uint64(0))

    def _found(self, keys: U64, key: Column[int], home: Column[int]) -> U64:
        """Return the home of each key from memory, and what memory lacks from the database."""
        homes = self._known.of(keys)
        missing = np.unique(keys[homes == 0])
        missing = missing[missing != 0]
        if not len(missing):
            return homes
        with reading(self._engine) as connection:
            self._known.put(missing, _asked(connection, missing, key, home))
        return self._known.of(keys)


class _Homes:
    """The home of each key that is known, in memory."""

    def __init__(self) -> None:
        self._index = KeyIndex()
        self._homes = np.zeros(16, dtype=np.uint64)
        self._lock = Lock()

    def of(self, keys: U64) -> U64:
        """Return the home of each key, 0 where none is known."""
        with self._lock:
            rows = self._index.lookup(keys)
            return np.where(rows >= 0, self._homes[rows], np.uint64(0))

    def put(self, keys: U64, homes: U64) -> None:
        """Note homes, but no 0: who is not registered may be the next moment."""
        keys, homes = keys[homes != 0], homes[homes != 0]
        with self._lock:
            rows = self._index.add(keys)
            if len(self._index) > len(self._homes):
                grown = np.zeros(2 * len(self._index), dtype=np.uint64)
                grown[: len(self._homes)] = self._homes
                self._homes = grown
            self._homes[rows] = homes


def _moved(connection: Connection, persons: U64, homes: U64, assumed: U64) -> U64:
    """Set homes that are as assumed, and return the home of each person afterwards."""
    now = _asked(connection, persons, _PERSON, _HOUSEHOLD, lock=True)
    expected = now == assumed
    if expected.any():
        change = upsert(connection, ROUTES, key=("person",), columns=("household",))
        connection.execute(change, _rows(persons[expected], homes[expected]))
    return np.where(expected, homes, now)


def _asked(
    connection: Connection, keys: U64, key: Column[int], home: Column[int], *, lock: bool = False
) -> U64:
    """Return the home of each key as the database has it, 0 where it has none."""
    found_keys: list[int] = []
    found_homes: list[int] = []
    for condition in _among(connection, key, all_signed(np.unique(keys))):
        query = select(key, home).where(condition)
        if lock:
            query = query.order_by(key).with_for_update()
        for one, its_home in connection.execute(query):
            found_keys.append(one)
            found_homes.append(its_home)
    found = _Homes()
    found.put(_unsigned(found_keys), _unsigned(found_homes))
    return found.of(keys)


def _rows(persons: U64, homes: U64) -> list[dict[str, int]]:
    return [
        {"person": person, "household": home}
        for person, home in zip(all_signed(persons), all_signed(homes), strict=True)
    ]


def _among(
    connection: Connection, column: Column[int], keys: list[int]
) -> Iterator[ColumnElement[bool]]:
    """Yield conditions that together say that a column is one of these keys."""
    if connection.dialect.name == "postgresql":
        if keys:
            yield column == any_(sql_literal(keys, ARRAY(BigInteger)))
        return
    for start in range(0, len(keys), _KEYS_OF_A_QUERY):
        yield column.in_(keys[start : start + _KEYS_OF_A_QUERY])


def _unsigned(numbers: list[int]) -> U64:
    return np.array(numbers, dtype=np.int64).view(np.uint64)
