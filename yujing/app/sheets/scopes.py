"""What the last sheet of each scope held, so that a row that is missing now can be told.

Before a sheet is taken its scopes hold what they held and what it brings; when it is in, only what
it brought. So a sheet that was killed half way leaves nothing that no later one would miss.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, select

from yujing.app.tables import SHEET_SCOPE
from yujing.storage.sql import reading, upsert, writing

Facts = npt.NDArray[np.uint64]
NOTHING: Facts = np.empty(0, dtype=np.uint64)

_SCOPES_OF_A_QUERY = 500


@dataclass(frozen=True)
class Scope:
    """What the sheets of a scope said so far.

    Parameters
    ----------
    version
        Of the last sheet that is in, 0 without one.
    whole
        Whether every row of that sheet could be told apart.
    facts
        Keys of the facts that it holds, sorted.
    """

    version: int
    whole: bool
    facts: Facts


class Scopes:
    """The scopes of one mapping; the caller takes its sheets one at a time.

    Parameters
    ----------
    engine
        The desk's database.
    source, mapping
        Whose sheets, and which.
    """

    def __init__(self, engine: Engine, source: str, mapping: str) -> None:
        self._engine, self._source, self._mapping = engine, source, mapping
        c = SHEET_SCOPE.c
        self._mine = (c.source == source) & (c.mapping == mapping)

    def of(self, names: Collection[str]) -> dict[str, Scope]:
        """Return the scopes of these names that a sheet was about before."""
        wanted, found, c = sorted(names), {}, SHEET_SCOPE.c
        with reading(self._engine) as connection:
            for start in range(0, len(wanted), _SCOPES_OF_A_QUERY):
                some = c.scope.in_(wanted[start : start + _SCOPES_OF_A_QUERY])
                query = select(c.scope, c.version, c.whole, c.facts).where(self._mine, some)
                for name, version, whole, facts in connection.execute(query):
                    found[name] = Scope(version, bool(whole), _keys(facts))
        return found

    def hold(self, delivery: int, before: Mapping[str, Scope], brings: Mapping[str, Facts]) -> None:
        """Let each scope hold what it held and what a sheet brings."""
        rows = []
        for name, facts in brings.items():
            old = before.get(name, Scope(0, True, NOTHING))
            rows.append(self._row(name, delivery, old.version, old.whole, [old.facts, facts]))
        with writing(self._engine) as connection:
            _write(connection, rows)

    def settle(self, connection: Connection, delivery: int, after: Mapping[str, Scope]) -> None:
        """Write what the scopes hold once a sheet is in."""
        _write(
            connection,
            [
                self._row(name, delivery, scope.version, scope.whole, [scope.facts])
                for name, scope in after.items()
            ],
        )

    def held_elsewhere(self, facts: Facts, names: Collection[str]) -> npt.NDArray[np.bool_]:
        """Return which facts another scope holds too.

        Parameters
        ----------
        facts
            Keys of facts.
        names
            Scopes that do not count as another.
        """
        held = np.zeros(len(facts), dtype=bool)
        if not len(facts):
            return held
        c, own = SHEET_SCOPE.c, set(names)
        with reading(self._engine) as connection:
            for name, content in connection.execute(select(c.scope, c.facts).where(self._mine)):
                if name not in own:
                    held |= np.isin(facts, _keys(content))
        return held

    def _row(
        self, name: str, delivery: int, version: int, whole: bool, facts: list[Facts]
    ) -> dict[str, object]:
        keys = np.unique(np.concatenate(facts)).astype("<u8")
        return {
            "source": self._source, "mapping": self._mapping, "scope": name, "version": version,
            "delivery": delivery, "whole": whole, "facts": keys.tobytes(),
        }  # fmt: skip


def _keys(content: bytes) -> Facts:
    return np.frombuffer(content, dtype="<u8").astype(np.uint64)


def _write(connection: Connection, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    again = upsert(
        connection,
        SHEET_SCOPE,
        key=("source", "mapping", "scope"),
        columns=("version", "delivery", "whole", "facts"),
    )
    connection.execute(again, rows)
