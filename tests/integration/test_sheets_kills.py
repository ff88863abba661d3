"""Sheets whose process is killed: the same file again ends where it would have ended."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from tests.integration.sheets_child import STEPS
from tests.support.running_county import command, environment, run
from tests.support.sheet_office import Row, csv_of, id_number, office, people, send
from yujing.app.county import County
from yujing.app.digest import digest
from yujing.app.sheets.register import DONE, Deliveries
from yujing.app.tables import SHEET_SCOPE
from yujing.storage.sql import reading

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).parent / "sheets_child.py"
FIRST = csv_of([*people(*range(12)), *people(20, 21, village="小河边村")])
SECOND = csv_of(
    [
        *people(*range(4), 25), Row(4, wage="9", start="2026-01", more="备注"), Row(40),
        *people(20, village="小河边村"),
    ]
)  # fmt: skip


def told(county: County) -> dict[str, Any]:
    """Return what must be the same with and without a kill."""
    with reading(county.engine) as connection:
        columns = [SHEET_SCOPE.c[n] for n in ("scope", "version", "delivery", "whole", "facts")]
        scopes = connection.execute(select(*columns).order_by(SHEET_SCOPE.c.scope)).all()
    said = digest(county)
    return {
        "facts": said["facts"],
        "state": said["state"],
        "scopes": [(s, v, d, bool(w), bytes(f)) for s, v, d, w, f in scopes],
        "waiting": county.unmatched.count(),
        "deliveries": [(d["number"], d["state"]) for d in Deliveries(county.engine).list()],
    }


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a county that has the first sheet."""
    folder = tmp_path_factory.mktemp("begun")
    with office(folder / "data") as county:
        send(county, FIRST)
    return folder


@pytest.fixture(scope="module")
def whole(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the second sheet makes of it without a kill."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copytree(begun, folder, dirs_exist_ok=True, symlinks=True)
    with office(folder / "data") as county:
        assert send(county, SECOND, "二.csv", confirm_retractions=True).retracted == 8
        return told(county)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_same_file_again_ends_in_the_same_place(
    begun: Path, whole: dict[str, Any], tmp_path: Path, step: str
) -> None:
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True, symlinks=True)
    sheet = tmp_path / "二.csv"
    sheet.write_bytes(SECOND)
    arguments = [sys.executable, str(CHILD), str(tmp_path / "data"), str(sheet), step]
    child = subprocess.run(arguments, cwd=ROOT, check=False, timeout=120)
    assert child.returncode == -signal.SIGKILL

    with office(tmp_path / "data") as county:
        delivered = send(county, SECOND, "二.csv")  # what was confirmed once stays confirmed

        assert delivered.error is None
        assert told(county) == whole
        assert county.state.compare(county.log.sums()).tolist() == []


def test_another_sheet_after_a_kill_misses_nothing_of_the_killed_one(
    begun: Path, tmp_path: Path
) -> None:
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True, symlinks=True)
    sheet = tmp_path / "二.csv"
    sheet.write_bytes(csv_of([*people(*range(12)), *people(26, 27)]))
    arguments = [sys.executable, str(CHILD), str(tmp_path / "data"), str(sheet)]
    subprocess.run([*arguments, "first batch in"], cwd=ROOT, check=False, timeout=120)

    with office(tmp_path / "data") as county:
        third = send(county, csv_of(people(*range(12))))

        assert third.retracted == 2  # the two that the killed one brought, with a higher version
        resumed = send(county, sheet.read_bytes(), "二.csv")
        assert resumed.error is None
        standing = county.log.facts()
        gone = county.keys.person_keys([id_number(26), id_number(27)])
        assert not np.isin(standing["subject"][standing["kind"] == 9], gone).any()


@pytest.mark.soak
def test_the_command_killed_again_and_again_ends_where_one_run_ends(
    begun: Path, whole: dict[str, Any], tmp_path: Path
) -> None:
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True, symlinks=True)
    sheet = tmp_path / "二.csv"
    sheet.write_bytes(SECOND)
    arguments = command("ingest", "--json", "--confirm-retractions", str(sheet))
    chance = random.Random(5)
    for _ in range(4):
        child = subprocess.Popen(
            arguments, env=environment(tmp_path / "data"), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(chance.uniform(1.0, 4.0))
        child.kill()
        child.wait()

    last = run(tmp_path / "data", "ingest", "--json", "--confirm-retractions", str(sheet))

    assert last.status == 3  # somebody is not registered
    (result,) = last.results
    assert (result["rows"], result["unmatched"], result["error"]) == (8, 1, None)
    assert Path(result["result_file"]).name == "二.结果.csv"
    with office(tmp_path / "data") as county:
        now = told(county)
        assert now["waiting"] == whole["waiting"]
        assert [(s, f) for s, _, _, _, f in now["scopes"]] == [
            (s, f) for s, _, _, _, f in whole["scopes"]
        ]
        assert {state for _, state in now["deliveries"]} == {DONE}
        assert len(county.log.facts()) > 0


def test_two_people_who_send_the_same_month_at_once_do_not_interleave(
    begun: Path, tmp_path: Path
) -> None:
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True, symlinks=True)
    one = csv_of([Row(n, wage="1111") for n in range(12)])
    other = csv_of([Row(n, wage="2222") for n in range(12)])
    with office(tmp_path / "data") as county:
        threads = [Thread(target=send, args=(county, sheet)) for sheet in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        facts = county.log.facts()
        wages = facts["wage_fen"][(facts["kind"] == 9) & (facts["wage_fen"] != 300_000)]
        assert len(wages) == 12
        assert len(np.unique(wages)) == 1
        states = [(row["number"], row["state"]) for row in Deliveries(county.engine).list()]
        assert states == [(3, DONE), (2, DONE), (1, DONE)]
