"""Findings by row and by household: open, mended, opened again; what a department fetches.

What stands here does not depend on the order in which versions of a fact came nor on how they were
cut into batches: only the version that counts is looked at, a newer one replaces what an older one
said, and `settle` mends what a version said that does not count any more.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    any_,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)
from sqlalchemy import literal as sql_literal

from alerts.quality.finding import (
    STATE_KIND,
    Doubted,
    FoundRow,
    RuleCount,
    StateFindings,
    Wanted,
)
from alerts.quality.tables import QUALITY_ROW, ROOM
from yujing.storage.revisions import migrate_sql
from yujing.storage.signed import all_signed, from_signed, to_signed
from yujing.storage.sql import Merge, reading, upsert, writing

Keys = npt.NDArray[np.uint64]
_ROW = QUALITY_ROW.c
_KEYS_OF_A_QUERY = 10_000


class QualityRows:
    """The table of findings; any thread may call it.

    Parameters
    ----------
    engine
        The desk database; a missing table is made.
    """

    def __init__(self, engine: Engine) -> None:
        migrate_sql(engine, ROOM)
        self._engine = engine

    # --- rows

    def take(self, doubted: Doubted, *, day: date) -> None:
        """Open what rules doubt, and mend what they doubt no longer; again changes nothing.

        Parameters
        ----------
        doubted
            The facts of a batch.
        day
            Today.
        """
        facts = doubted.facts
        if not len(facts):
            return
        held = self._held(facts["fact"])
        if not held and not doubted.rules:
            return
        opened, mended = _changes(doubted, held, day.isoformat())
        self._write(opened, mended)

    def settle(self, counts: Callable[[Keys], npt.NDArray[np.uint32]], *, day: date) -> int:
        """Mend what a version said that does not count any more; return how many.

        Parameters
        ----------
        counts
            Gives the version of each fact that counts, 0 where none is known.
        day
            Today.
        """
        query = select(_ROW.about, _ROW.rule, _ROW.version).where(
            _ROW.mended.is_(None), _ROW.kind != STATE_KIND
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        if not rows:
            return 0
        keys = np.array([row[0] for row in rows], dtype=np.int64).view(np.uint64)
        now = counts(keys)
        versions = np.array([row[2] for row in rows], dtype=np.int64)
        stale = np.flatnonzero((now > 0) & (now != versions))
        gone = [
            {"b_about": rows[i][0], "b_rule": rows[i][1], "b_version": int(now[i]),
             "b_day": day.isoformat()}
            for i in stale.tolist()
        ]  # fmt: skip
        self._write([], gone)
        return len(gone)

    # --- state

    def keep_state(
        self, found: StateFindings, *, day: date,
        looked_at: Callable[[Keys], npt.NDArray[np.bool_]] | None = None,
    ) -> None:  # fmt: skip
        """Keep where the rules over the state hold, and mend where they do not any more.

        Parameters
        ----------
        found
            Of the households that were looked at.
        day
            Of the state.
        looked_at
            Which households those were; all when not given.
        """
        query = select(_ROW.about, _ROW.rule, _ROW.household).where(
            _ROW.mended.is_(None), _ROW.kind == STATE_KIND
        )
        with reading(self._engine) as connection:
            standing = connection.execute(query).all()
        homes = np.array([row[2] for row in standing], dtype=np.int64).view(np.uint64)
        mine = np.ones(len(standing), dtype=bool) if looked_at is None else looked_at(homes)
        before = {(row[0], row[1]) for row, ours in zip(standing, mine, strict=True) if ours}
        about = all_signed(found.about)
        now = set(zip(about, found.rules, strict=True))
        opened = [
            _opened(
                about[i], found.rules[i], found.sources[i], (STATE_KIND, 0, ""),
                (found.persons[i], found.households[i], int(found.regions[i])), day.isoformat(),
            )
            for i in range(len(found))
        ]  # fmt: skip
        mended = [
            {"b_about": key, "b_rule": rule, "b_version": 0, "b_day": day.isoformat()}
            for key, rule in sorted(before - now)
        ]
        self._write(opened, mended)

    # --- asking

    def counts(self, wanted: Wanted) -> dict[tuple[str, str], RuleCount]:
        """Return by source and rule what is open and mended, and the trend by month."""
        found: dict[tuple[str, str], RuleCount] = {}
        opened_in, mended_in = (func.substr(column, 1, 7) for column in (_ROW.since, _ROW.mended))
        query = (
            select(_ROW.source, _ROW.rule, opened_in, mended_in, func.count())
            .where(*_clauses(wanted))
            .group_by(_ROW.source, _ROW.rule, opened_in, mended_in)
        )
        with reading(self._engine) as connection:
            for source, rule, since, mended, n in connection.execute(query):
                count = found.setdefault((source, rule), RuleCount())
                count.opened_in[since] = count.opened_in.get(since, 0) + n
                if mended is None:
                    count.open += n
                else:
                    count.mended += n
                    count.mended_in[mended] = count.mended_in.get(mended, 0) + n
        return found

    def rows(self, wanted: Wanted, *, most: int, after: int = 0) -> list[FoundRow]:
        """Return findings, the newest first.

        Parameters
        ----------
        wanted
            Which.
        most
            No more than these.
        after
            How many to pass over.
        """
        query = (
            select(QUALITY_ROW)
            .where(*_clauses(wanted))
            .order_by(_ROW.since.desc(), _ROW.source, _ROW.rule, _ROW.about)
            .limit(most)
            .offset(after)
        )
        with reading(self._engine) as connection:
            return [_found(row) for row in connection.execute(query).mappings()]

    def count(self, wanted: Wanted) -> int:
        """Return how many there are."""
        query = select(func.count()).select_from(QUALITY_ROW).where(*_clauses(wanted))
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def forget(self, before: date) -> int:
        """Erase what was mended before a day and return how many."""
        gone = delete(QUALITY_ROW).where(_ROW.mended < before.isoformat())
        with writing(self._engine) as connection:
            return connection.execute(gone).rowcount

    # --- inside

    def _held(self, facts: Keys) -> dict[int, list[tuple[str, int, bool]]]:
        """Return (rule, version, open) of what is kept of these facts, by signed key."""
        found: dict[int, list[tuple[str, int, bool]]] = {}
        with reading(self._engine) as connection:
            for condition in _among(connection, all_signed(np.unique(facts))):
                query = select(_ROW.about, _ROW.rule, _ROW.version, _ROW.mended)
                for about, rule, version, mended in connection.execute(query.where(condition)):
                    found.setdefault(about, []).append((rule, version, mended is None))
        return found

    def _write(self, opened: list[dict[str, Any]], mended: list[dict[str, Any]]) -> None:
        if not opened and not mended:
            return
        with writing(self._engine) as connection:
            if opened:
                connection.execute(_open(connection), sorted(opened, key=_key))
            if mended:
                connection.execute(_MEND, mended)


_MEND = (
    update(QUALITY_ROW)
    .where(_ROW.about == bindparam("b_about"), _ROW.rule == bindparam("b_rule"))
    .values(mended=bindparam("b_day"), version=bindparam("b_version"))
)


def _open(connection: Connection) -> Any:
    """Return the statement that opens a finding, or keeps it open since the day that it has."""

    def told(name: str) -> Merge:
        return lambda _, new: new[name]

    names = ("source", "kind", "version", "record", "person", "household", "region", "mended")
    columns = {name: told(name) for name in names}
    columns["since"] = lambda old, new: case((old.mended.is_(None), old.since), else_=new.since)
    return upsert(connection, QUALITY_ROW, key=("about", "rule"), columns=columns)


def _key(row: Mapping[str, Any]) -> tuple[int, str]:
    return row["about"], row["rule"]


def _changes(
    doubted: Doubted, held: dict[int, list[tuple[str, int, bool]]], day: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows to open and those to mend."""
    facts = doubted.facts
    keys, versions = all_signed(facts["fact"]), facts["version"].tolist()
    concerned = set(doubted.rules)
    if held:
        known = np.array(sorted(held), dtype=np.int64).view(np.uint64)
        concerned.update(np.flatnonzero(np.isin(facts["fact"], known)).tolist())
    opened: list[dict[str, Any]] = []
    mended: list[dict[str, Any]] = []
    for at in sorted(concerned):
        key, version = keys[at], versions[at]
        before = held.get(key, [])
        if any(its > version for _, its, _ in before):
            continue  # a newer version has spoken
        rules = doubted.rules.get(at, ())
        whose = (doubted.persons[at], doubted.households[at], int(doubted.regions[at]))
        what = (int(facts["kind"][at]), version, doubted.record_ids[at])
        opened += [_opened(key, rule, doubted.sources[at], what, whose, day) for rule in rules]
        mended += [
            {"b_about": key, "b_rule": rule, "b_version": version, "b_day": day}
            for rule, _, is_open in before
            if is_open and rule not in rules
        ]
    return opened, mended


def _opened(
    about: int, rule: str, source: str, what: tuple[int, int, str], whose: tuple[Any, Any, int],
    day: str,
) -> dict[str, Any]:  # fmt: skip
    kind, version, record = what
    person, household, region = whose
    return {
        "about": about, "rule": rule, "source": source, "kind": kind, "version": version,
        "record": record, "person": to_signed(int(person)), "household": to_signed(int(household)),
        "region": region, "since": day, "mended": None,
    }  # fmt: skip


def _clauses(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.source is not None:
        yield _ROW.source == wanted.source
    if wanted.rule is not None:
        yield _ROW.rule == wanted.rule
    if wanted.regions != Wanted.regions:
        yield _ROW.region.between(*wanted.regions)
    if wanted.state == "open":
        yield _ROW.mended.is_(None)
    elif wanted.state == "mended":
        yield _ROW.mended.is_not(None)


def _found(row: Any) -> FoundRow:
    return FoundRow(
        from_signed(row["about"]), row["rule"], row["source"], row["kind"], row["version"],
        row["record"], from_signed(row["person"]), from_signed(row["household"]), row["region"],
        date.fromisoformat(row["since"]),
        date.fromisoformat(row["mended"]) if row["mended"] else None,
    )  # fmt: skip


def _among(connection: Connection, keys: list[int]) -> Iterator[ColumnElement[bool]]:
    """Yield conditions that together say that a finding is about one of these facts."""
    if connection.dialect.name == "postgresql":
        if keys:
            yield _ROW.about == any_(sql_literal(keys, ARRAY(BigInteger)))
        return
    for start in range(0, len(keys), _KEYS_OF_A_QUERY):
        part: Collection[int] = keys[start : start + _KEYS_OF_A_QUERY]
        numbers = ",".join(map(str, part))  # one parameter: thousands of them cost a compilation
        listed = func.json_each(f"[{numbers}]").table_valued("value")
        yield _ROW.about.in_(select(listed.c.value))
