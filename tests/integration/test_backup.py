"""A backup is one moment of a county that goes on, opens with its key only and comes back whole."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import numpy as np
import pytest

from alerts.desk.opening import open_card
from streams.fact import FactArray
from streams.log.position import lane, pack
from streams.vault.keys import load
from tests.support.clickhouse_front import ClickHouseFront
from tests.support.pages import MovableClock
from tests.support.personal_data_scan import scan
from tests.support.postgres import PostgresServer
from tests.support.running_county import (
    NOW,
    command,
    digest_of,
    environment,
    ingest,
    lines_of,
    open_county,
    run,
    serving,
    settings_for,
    written,
)
from tests.support.small_county import UPPER, ZHAO, draft
from yujing.app import backup_log
from yujing.app.backup import back_up
from yujing.app.backup_manifest import Manifest, read_manifest, write_manifest
from yujing.app.county import County
from yujing.app.digest import digest, digest_events
from yujing.app.output import Silence
from yujing.app.recovery_sheet import rows_of
from yujing.app.restore import OFFSETS_FILE, restore
from yujing.app.serve import ADDRESS_FILE
from yujing.app.sweep import sweep
from yujing.app.tables import ROOM as APP
from yujing.domain.codes import Outcome
from yujing.errors import SettingsError, UnreadableFileError, UsageError, YujingError
from yujing.settings import Settings
from yujing.storage.revisions import pending_sql
from yujing.storage.sql import writing

pytestmark = pytest.mark.integration

DAY = date(2026, 11, 23)
NOTE = "去广东了，过年才回来。"


@pytest.fixture(scope="module")
def lived(county_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county with cards, a visit with a note, and things that wait."""
    data = tmp_path_factory.mktemp("lived") / "county"
    with open_county(data) as county:
        ingest(county, county_files[:-8])
        ingest(county, [written(data.parent, "bad.ndjson", [b'{"id_number": "x"}'])])
        sweep(county, DAY - timedelta(days=14), Silence())
        visit(county)
    return data


def visit(county: County) -> int:
    card = county.desk.live_cards()[0]
    note = county.vault.keep_note(card.id, NOTE)
    county.desk.record_outcome(
        card.id, Outcome.NO_CONTACT, by="wang", at=county.now(), role="worker", note=note
    )
    return card.id


@pytest.fixture
def data(lived: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    shutil.copytree(lived, tmp_path / "county", symlinks=True)
    shutil.copy(lived.parent / "test.key", tmp_path / "test.key")
    return tmp_path / "county"


@pytest.fixture
def backup(data: Path, tmp_path: Path) -> Path:
    """A backup of it."""
    with open_county(data) as county:
        back_up(county, tmp_path / "backup", Silence())
    return tmp_path / "backup"


def elsewhere(data: Path) -> Path:
    return data.with_name("elsewhere")


def restored(data: Path, backup: Path, **more: Any) -> Path:
    restore(settings_for(elsewhere(data)), backup, Silence(), **more)
    return elsewhere(data)


class Meanwhile(Silence):
    """An output during whose progress the county goes on."""

    def __init__(self, county: County, files: list[Path]) -> None:
        self._county, self._files = county, files
        self.tasks: list[str] = []

    def progress(self, task: str, done: int, total: int | None) -> None:
        if task != "digest" and task not in self.tasks:
            self.tasks.append(task)
            ingest(self._county, [self._files.pop()])
            visit(self._county)
            sweep(self._county, DAY - timedelta(days=8 - len(self.tasks)), Silence())


def test_what_happens_while_it_is_written_is_not_in_it(
    county_files: list[Path], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_log, "ROWS_OF_A_SLICE", 200)  # each table in many pieces
    with open_county(data) as county:
        before, n_before = digest(county), county.log.count()
        transitions = sum(len(county.desk.transitions(c.id)) for c in county.desk.live_cards())
        meanwhile = Meanwhile(county, county_files[-8:])
        manifest = back_up(county, tmp_path / "backup", meanwhile)
        n_after = county.log.count()

    assert len(meanwhile.tasks) >= 3
    assert n_after > n_before
    assert manifest.digest == before
    place = restored(data, tmp_path / "backup")
    assert digest_of(place) == before
    with open_county(place) as county:
        assert county.log.count() == n_before
        assert transitions == sum(
            len(county.desk.transitions(c.id)) for c in county.desk.live_cards()
        )


def test_everything_comes_back_and_goes_on_numbering(data: Path, backup: Path) -> None:
    place = restored(data, backup)

    with open_county(place) as now:
        card = now.desk.live_cards()[0].id
        assert NOTE in [note for card in now.desk.live_cards() for note in now.vault.notes(card.id)]
        assert len(now.deadletters.list()) == 1
        assert now.deadletters.show(now.deadletters.list()[0].id)
        another = now.vault.keep_note(card, "另一条备注")
        assert now.vault.notes(card)[-1] == "另一条备注"
    assert another > 1


def test_a_backup_holds_nothing_personal_in_clear_and_not_the_key(
    county_files: list[Path], data: Path, backup: Path
) -> None:
    events = [msgspec.json.decode(line) for line in lines_of(county_files)]
    needles = {event["id_number"] for event in events if "id_number" in event}
    needles |= {event[name] for event in events for name in ("name", "phone") if event.get(name)}
    key = (data.parent / "test.key").read_text().strip()
    needles = {n for n in {*needles, NOTE} if len(n.encode()) > 8}

    assert len(needles) > 100
    assert scan(backup, None, [*needles, key, key[:32]]) == []
    assert all(path.stat().st_mode & 0o077 == 0 for path in [backup, *backup.rglob("*")])


@pytest.mark.parametrize(
    "name", ["log/events.arrow.zst", "sql/cards.msgpack.zst", "sql/persons.msgpack.zst"]
)
def test_an_altered_file_is_refused_and_nothing_is_left(
    data: Path, backup: Path, name: str
) -> None:
    path = backup / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    refused(data, backup, UnreadableFileError, f"{name} is not as it was written")


def refused(data: Path, backup: Path, error: type[YujingError], says: str) -> None:
    with pytest.raises(error, match=says):
        restored(data, backup)
    left = {path.name for path in data.parent.iterdir()}
    assert left <= {data.name, "test.key", backup.name, "other.key"}


def test_a_missing_file_and_a_foreign_one_are_refused(data: Path, backup: Path) -> None:
    (backup / "sql" / "foreign").write_bytes(b"")
    refused(data, backup, UnreadableFileError, "does not belong to this backup")
    (backup / "sql" / "foreign").unlink()
    (backup / "sql" / "cards.msgpack.zst").unlink()
    refused(data, backup, UnreadableFileError, r"cards\.msgpack\.zst is missing")


def test_a_broken_or_altered_manifest_is_refused(data: Path, backup: Path) -> None:
    path = backup / "manifest.json"
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    refused(data, backup, UnreadableFileError, "does not read")

    page = json.loads(whole)
    page["digest"]["events"] = "0" * 64
    path.write_text(json.dumps(page))
    refused(data, backup, UnreadableFileError, "was altered")

    path.write_text(json.dumps(json.loads(whole) | {"format": 99}))
    refused(data, backup, UnreadableFileError, "format 99")

    path.unlink()
    refused(data, backup, UnreadableFileError, "no whole backup")


def test_another_key_is_refused_before_anything_is_written(data: Path, backup: Path) -> None:
    (data.parent / "test.key").write_text("ab" * 32 + "\n")

    refused(data, backup, SettingsError, "does not fit")


def test_a_data_directory_with_anything_in_it_is_left_alone(data: Path, backup: Path) -> None:
    elsewhere(data).mkdir()
    (elsewhere(data) / "mine").write_text("mine")

    with pytest.raises(UsageError, match="is not empty"):
        restored(data, backup)
    assert [path.name for path in elsewhere(data).iterdir()] == ["mine"]


def test_a_backup_goes_into_a_new_directory_apart_from_data_and_key(
    data: Path, backup: Path, tmp_path: Path
) -> None:
    with open_county(data) as county:
        with pytest.raises(UsageError, match="is not empty"):
            back_up(county, backup, Silence())
        with pytest.raises(UsageError, match="inside the data directory"):
            back_up(county, data / "backup", Silence())
    inside = run(data, "backup", str(tmp_path / "b"), "--recovery-sheet", str(tmp_path / "b/k"))
    assert inside.status == 2
    assert "apart" in inside.messages
    assert not (tmp_path / "b").exists()


def test_the_key_comes_back_from_paper(data: Path, backup: Path) -> None:
    key_file = data.parent / "test.key"
    key = key_file.read_text().strip()
    key_file.unlink()
    rows = rows_of(key)

    with pytest.raises(SettingsError, match="row 2 of the key does not check"):
        restored(data, backup, typed=[rows[0], rows[1].replace(rows[1][0], "g"), *rows[2:]])
    assert not key_file.exists()
    place = restored(data, backup, typed=[row.upper().replace(" ", "-") for row in rows])

    assert key_file.read_text().strip() == key
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert digest_of(place)


class Sender:
    """Posts events without end, as a source does, and keeps what was acknowledged."""

    def __init__(self, address: str, token: str, like: list[dict[str, Any]]) -> None:
        self._address, self._token, self._like = address, token, like
        self.taken: list[int] = []
        self.failed: list[str] = []
        self._stopped = Event()
        self._thread = Thread(target=self._run)

    def __enter__(self) -> "Sender":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        with httpx.Client(base_url=self._address, timeout=60) as client:
            while not self._stopped.is_set():
                n = len(self.taken)
                sent = [
                    msgspec.json.encode(event | {"source_record_id": f"load-{n}-{place}"})
                    for place, event in enumerate(self._like)
                ]
                answer = client.post(
                    "/api/v1/events",
                    content=b"\n".join(sent),
                    headers={"Authorization": f"Bearer {self._token}"},
                )
                if answer.status_code != 200:
                    self.failed.append(answer.text)
                    return
                if b'"accepted"' not in answer.content:
                    self.failed.append(answer.text)
                    return
                self.taken.append(len(sent))


def test_under_load_the_backup_has_the_digest_that_it_recorded(
    county_files: list[Path], data: Path, tmp_path: Path
) -> None:
    made = run(data, "tokens", "create", "village_report", "--region", "52", "--backfill", "--json")
    told = [line for line in lines_of(county_files[:-8]) if b'"village_report"' in line]
    like = [msgspec.json.decode(line) for line in told[-20:]]
    sheet = tmp_path / "sheet.txt"
    with serving(data):
        address = (data / ADDRESS_FILE).read_text().strip()
        with Sender(address, made.results[0]["token"], like) as sender:
            while not sender.taken and not sender.failed:
                pass
            acknowledged = len(sender.taken)
            done = run(
                data, "backup", str(tmp_path / "backup"), "--recovery-sheet", str(sheet), "--json"
            )
            during = len(sender.taken) - acknowledged
        after = run(data, "digest", "--json")
    assert (done.status, sender.failed) == (0, [])
    assert during > 0
    assert after.results[0] != done.results[0]["digest"]

    place = tmp_path / "new" / "county"
    place.parent.mkdir()
    rows = [line.partition(".")[2] for line in sheet.read_text().splitlines() if "." in line[:6]]
    back = run_with_input(place, rows[:4], "restore", str(tmp_path / "backup"), "--type-key")
    assert back == 0
    found = run(place, "digest", "--json").results[0]
    assert found == done.results[0]["digest"]
    with open_county(data, NOW) as was:
        names = was.vault.persons(was.state.members["key"].tolist())
    with open_county(place, NOW) as now:
        keys = now.state.members["key"].tolist()
        assert now.vault.persons(keys) == {key: names[key] for key in keys if key in names}
        assert len(now.vault.persons(keys)) > 10


def run_with_input(data: Path, rows: list[str], *arguments: str) -> int:
    return subprocess.run(
        command(*arguments),
        env=environment(data),
        input="\n".join(rows),
        text=True,
        capture_output=True,
        check=False,
    ).returncode


def test_a_backup_of_one_shape_is_refused_by_the_other(data: Path, backup: Path) -> None:
    with pytest.raises(UsageError, match="embedded"):
        restore(
            settings_for(
                elsewhere(data),
                kafka="127.0.0.1:9",
                postgres="postgresql://nobody/x",
                clickhouse="http://nobody/x",
            ),
            backup,
            Silence(),
        )


def written_anew(data: Path, backup: Path, **changes: Any) -> Manifest:
    """Write the manifest of a backup as another release would have."""
    manifest = read_manifest(backup)
    there = {name: entry for name, entry in manifest.files.items() if (backup / name).exists()}
    (backup / "manifest.json").unlink()
    changed = msgspec.structs.replace(manifest, files=there, **changes)
    return write_manifest(backup, changed, load(data.parent / "test.key"))


@pytest.mark.parametrize(("store", "room"), [("sql", "desk"), ("clickhouse", "log")])
def test_a_backup_of_a_newer_release_is_refused_by_name(
    data: Path, backup: Path, store: str, room: str
) -> None:
    schema = dict(read_manifest(backup).schema)
    schema[store] = schema[store] | {room: "9999"}
    written_anew(data, backup, schema=schema)

    refused(data, backup, UnreadableFileError, f"newer release made this backup: its {room} is at")


def test_what_an_earlier_release_backed_up_is_brought_up_to_date(data: Path, backup: Path) -> None:
    schema = dict(read_manifest(backup).schema)
    assert schema["sql"]["app"] >= "0003"  # the revision that made these tables
    for table in ("delivery", "sheet_scope"):
        (backup / "sql" / f"{table}.msgpack.zst").unlink()
    manifest = written_anew(data, backup, schema=schema | {"sql": schema["sql"] | {"app": "0002"}})

    place = restored(data, backup)

    assert digest_of(place) == manifest.digest
    with open_county(place) as county:
        assert pending_sql(county.engine, APP) == []


@pytest.fixture
def servers(
    postgres_server: PostgresServer,
    clickhouse_front: ClickHouseFront,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[str], Settings]]:
    """Settings of a county on servers, each time with new databases."""
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)  # put back what stores change
    made = []

    def new(name: str) -> Settings:
        made.append(postgres_server.new_database())
        return settings_for(
            data.with_name(name),
            kafka="127.0.0.1:9",
            postgres=made[-1],
            clickhouse=clickhouse_front.url(f"d{uuid4().hex}"),
        )

    clickhouse_front.heal()
    yield new
    for url in made:
        postgres_server.drop_database(url)


def append_at(county: County, facts: FactArray, partition: int) -> None:
    rows = facts.copy()
    rows["position"] = pack(lane(3, partition), 10, np.arange(len(rows)))
    county.log.append(rows, [f"r{n}" for n in range(len(rows))])


class LaterNews(Silence):
    """An output during whose progress a worker appends to the log."""

    def __init__(self, county: County, facts: FactArray) -> None:
        self._county, self._facts, self.done = county, facts, False

    def progress(self, task: str, done: int, total: int | None) -> None:
        if task.startswith("tables") and not self.done:
            self.done = True
            append_at(self._county, self._facts, 7)


def test_a_county_on_servers_is_backed_up_and_restored_on_others(
    data: Path, servers: Callable[[str], Settings], tmp_path: Path
) -> None:
    with open_county(data) as county:
        facts = county.log.history()
    first, second = servers("first"), servers("second")
    with County.open(first, clock=standing_clock()) as county:
        append_at(county, facts[:900], 5)
        note = county.vault.keep_note(7, NOTE)
        _ = county.desk  # makes its tables
        with writing(county.engine) as connection:
            card = open_card(
                connection, draft(10, ZHAO, UPPER), day=DAY, at=county.now(), by="yujing"
            )
        before = digest_events(county)
        news = LaterNews(county, facts[900:1000])
        manifest = back_up(county, tmp_path / "servers", news)
        assert (news.done, county.log.count()) == (True, 1000)
    assert manifest.digest == {"events": before}
    assert manifest.shape == "distributed"

    restore(second, tmp_path / "servers", Silence())

    assert (second.data / OFFSETS_FILE).read_text() == "household-events,5,10\n"

    with County.open(second, clock=standing_clock()) as county:
        assert county.log.count() == 900
        assert digest_events(county) == before
        assert county.vault.notes(7) == [NOTE]
        assert [one.id for one in county.desk.live_cards()] == [card]
        assert county.vault.keep_note(8, NOTE) > note
    with pytest.raises(UsageError, match="holds rows"):
        restore(
            second.model_copy(update={"data": tmp_path / "third"}), tmp_path / "servers", Silence()
        )


def standing_clock() -> MovableClock:
    clock = MovableClock()
    clock.at = NOW
    return clock
