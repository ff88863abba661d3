"""The engine behind the ClickHouse front: connections of chDB with sessions, settings and rows."""

import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import chdb

_INSERT = re.compile(rb"\s*(INSERT\s+INTO\s[^\n]*?)\s+FORMAT\s+(\w+)[ \t]*\n", re.IGNORECASE)
_CODE = re.compile(r"Code: (\d+)")


class StatementError(Exception):
    """A statement failed; the code is ClickHouse's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Handle:
    """One connection to the engine: the database, settings and temporary tables are its own."""

    def __init__(self, path: str) -> None:
        self._connection = chdb.connect(path)
        self._database = ""
        self._settings: dict[str, str] = {}
        self.lock = threading.Lock()

    def run(
        self,
        sql: bytes,
        database: str,
        settings: dict[str, str],
        parameters: dict[str, str],
        form: str = "TabSeparated",
    ) -> bytes:
        if database != self._database:
            self._query(f"USE `{database}`")
            self._database = database
        for name in self._settings.keys() - settings.keys():
            self._query(f"SET {name} = DEFAULT")
            del self._settings[name]
        for name, value in settings.items():
            if self._settings.get(name) != value:
                self._query(f"SET {name} = '{_quoted(value)}'")
                self._settings[name] = value
        insert = _INSERT.match(sql)
        if insert is None:
            return self._query(sql, form, parameters)
        # the engine would end rows that follow the statement at the first empty line in them
        with tempfile.NamedTemporaryFile(suffix=".rows") as file:
            file.write(memoryview(sql)[insert.end() :])
            file.flush()
            source = f" FROM INFILE '{_quoted(file.name)}' FORMAT ".encode()
            return self._query(insert[1] + source + insert[2], form, parameters)

    def _query(
        self, sql: bytes | str, form: str = "TabSeparated", parameters: dict[str, str] | None = None
    ) -> bytes:
        try:
            return bytes(self._connection.query(sql, form, params=parameters or {}).bytes() or b"")
        except RuntimeError as error:
            message = str(error)
            code = _CODE.search(message)
            raise StatementError(int(code[1]) if code else 0, message) from error

    def close(self) -> None:
        self._connection.close()


class Engine:
    """The engine's connections: one for every session, some for everybody else."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._lock = threading.Lock()
        self._idle: list[Handle] = [Handle(self._path)]
        self._sessions: dict[str, Handle] = {}

    @contextmanager
    def handle(self, session: str) -> Iterator[Handle]:
        if session:
            with self._lock:
                if session not in self._sessions:
                    self._sessions[session] = Handle(self._path)
                handle = self._sessions[session]
            if not handle.lock.acquire(blocking=False):
                raise StatementError(373, f"Code: 373. DB::Exception: Session {session} is locked")
            try:
                yield handle
            finally:
                handle.lock.release()
            return
        with self._lock:
            handle = self._idle.pop() if self._idle else Handle(self._path)
        try:
            yield handle
        finally:
            with self._lock:
                self._idle.append(handle)

    def close(self) -> None:
        for handle in [*self._idle, *self._sessions.values()]:
            handle.close()


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
