"""The commands as processes: outputs, statuses, a running service, kills, Ctrl-C."""

import contextlib
import json
import os
import random
import signal
import subprocess
from pathlib import Path
from threading import Timer

import httpx
import pytest

from tests.support.running_county import (
    command,
    digest_of,
    environment,
    ingest,
    lines_of,
    open_county,
    run,
    serving,
    written,
)
from yujing.app.serve import ADDRESS_FILE

pytestmark = pytest.mark.integration

@pytest.fixture
def data(county_files: list[Path], tmp_path: Path) -> Path:
    """A county that took the first files."""
    with open_county(tmp_path / "county") as county:
        ingest(county, county_files[:20])
    return tmp_path / "county"


def test_the_help_lists_every_command(tmp_path: Path) -> None:
    from yujing.cli.commands import COMMANDS

    shown = run(tmp_path, "--help")

    assert shown.status == 0
    for name, _, _ in COMMANDS:
        assert run(tmp_path, name, "--help").status == 0, name


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("ingest",), 2),
        (("ingest", "no-such-file.ndjson"), 1),
        (("ingest", "."), 1),
        (("ingest", "x", "--source", "no_such_source"), 2),
        (("sweep", "--as-of", "2999-01-01"), 2),
        (("sweep", "--as-of", "yesterday"), 2),
        (("explain", "xyz"), 2),
        (("explain", "0123456789abcdef"), 2),
        (("models", "show", "u90-nothing"), 1),
        (("models", "rollback", "p12"), 1),
        (("deadletters", "show", "5"), 2),
        (("users", "reset", "nobody"), 2),
        (("users", "add", "x", "--role", "king"), 2),
        (("users", "import", "no-such-file.csv"), 1),
        (("policy", "add", "no.such", "1", "--source", "s", "--valid-from", "2026-01-01"), 2),
        (("no-such-command",), 2),
        (("digest", "--no-such-option"), 2),
    ],
)
def test_an_error_is_one_line_and_a_status(
    arguments: tuple[str, ...], status: int, tmp_path: Path
) -> None:
    ran = run(tmp_path / "county", *arguments)

    assert ran.status == status, ran.messages
    assert len(ran.messages.strip().splitlines()) <= 1
    assert "Traceback" not in ran.messages


def test_wrong_settings_are_said_all_at_once(tmp_path: Path) -> None:
    ran = run(tmp_path, "digest", YUJING_PORT="x", YUJING_SEED="y")

    assert ran.status == 2
    assert len(ran.messages.strip().splitlines()) == 2


def test_a_file_with_bad_rows_is_taken_as_far_as_it_goes_and_replayed(
    county_files: list[Path], tmp_path: Path
) -> None:
    good = lines_of(county_files[:1])[:50]
    file = written(tmp_path, "mixed.ndjson", [*good, b"not json", b'{"event_type":"no.such"}'])
    data = tmp_path / "county"

    ran = run(data, "ingest", str(file), "--backfill", "--json")
    listed = run(data, "deadletters", "list", "--json")
    shown = run(data, "deadletters", "show", str(listed.results[0]["number"]), "--json")
    replayed = run(data, "deadletters", "replay", "--json")

    assert ran.status == 3
    result = ran.results[0]
    assert (result["rows"], result["rejected"]) == (52, 2)
    assert Path(result["result_file"]).exists()
    assert len(listed.results) == 2
    assert shown.results[0]["raw"] in ("not json", '{"event_type":"no.such"}')
    assert (replayed.status, len(replayed.results)) == (3, 2)


def test_commands_say_the_same_with_and_without_a_running_service(
    data: Path, county_files: list[Path]
) -> None:
    asked = [
        ("sweep", "--as-of", "2026-09-01", "--json"),
        ("digest", "--json"),
        ("users", "add", "li", "--role", "worker", "--scope", "522632001004", "--json"),
        ("users", "list", "--json"),
        ("policy", "list", "capacity", "--json"),
        ("ingest", "--backfill", "--json", str(county_files[0])),
        ("explain", "0123456789abcdef", "--json"),
        ("rebuild", "--verify", "--json"),
    ]
    alone = [run(data, *arguments) for arguments in asked]
    run(data, "users", "disable", "li")
    with serving(data) as service:
        beside = [run(data, *arguments) for arguments in asked]
        second = run(data, "serve", "--port", "0")
        trained = run(data, "train", "--as-of", "2026-09-01", "--json")
        service.send_signal(signal.SIGINT)
        service.wait(60)
        assert service.returncode == 0

    assert [ran.status for ran in alone] == [ran.status for ran in beside][:2] + [
        ran.status for ran in alone[2:]
    ]
    for place in (1, 4, 5, 7):
        assert beside[place].results == alone[place].results
    assert beside[6].messages == alone[6].messages
    assert beside[2].status == 2  # that account exists already
    assert second.status == 1
    assert "in use" in second.messages
    assert trained.status == 0
    assert {result["kind"] for result in trained.results} == {"u90", "p12"}
    assert not (data / "socket").exists()
    assert not list((data / "tmp").glob("snapshot*"))


def test_a_second_process_is_refused_clearly(data: Path) -> None:
    with open_county(data):
        ran = run(data, "digest")

    assert ran.status == 1
    assert "in use" in ran.messages


@pytest.mark.parametrize(
    "sign", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.soak)]
)
def test_an_ingest_broken_off_at_any_moment_and_run_again_gives_the_same(
    sign: signal.Signals, county_files: list[Path], tmp_path: Path
) -> None:
    file = written(tmp_path, "all.ndjson", lines_of(county_files))
    arguments = ("ingest", "--backfill", "--json", str(file))
    more = {"YUJING_BATCH_ROWS": "200"}
    whole = tmp_path / "whole"
    assert run(whole, *arguments, **more).status in (0, 3)
    broken = tmp_path / "broken"
    chance = random.Random(7)
    for _ in range(4):
        statuses = broken_off(broken, arguments, sign, chance.uniform(0.8, 4.0), **more)
        assert statuses in (0, 3, 130, -sign)  # -SIGINT: before Python had begun
    assert run(broken, *arguments, **more).status in (0, 3)

    assert digest_of(broken) == digest_of(whole)
    assert run(broken, "rebuild", "--verify").status == 0


def test_a_sweep_killed_at_any_moment_and_run_again_deals_the_same(
    data: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(data), str(copy)], check=True)
    arguments = ("sweep", "--as-of", "2026-09-01", "--json")
    run(data, *arguments)
    chance = random.Random(5)
    for _ in range(3):
        broken_off(copy, arguments, signal.SIGKILL, chance.uniform(1.0, 3.0))
    run(copy, *arguments)

    assert digest_of(copy) == digest_of(data)


def test_a_killed_service_leaves_everything_in_order(data: Path) -> None:
    # both by the command: digests of the tests' own process are of the code that it loaded, and
    # differ without any fault in the service when a file is edited while the tests run
    before = run(data, "digest", "--json")
    with serving(data) as service:
        service.kill()
        service.wait(60)
    after = run(data, "digest", "--json")  # the dead socket is no hindrance

    assert (before.status, before.messages) == (0, "")
    assert (after.status, after.messages) == (0, "")  # else no result looks like another digest
    assert after.results == before.results


def test_a_service_killed_while_events_are_posted_gives_the_same_when_they_are_sent_again(
    county_files: list[Path], tmp_path: Path
) -> None:
    lines = lines_of(county_files[:20])
    source = "village_report"
    sent = [json.loads(line)["source_system"] == source for line in lines]
    mine = [line for line, is_mine in zip(lines, sent, strict=True) if is_mine]
    rest = [line for line, is_mine in zip(lines, sent, strict=True) if not is_mine]
    others = written(tmp_path, "others.ndjson", rest)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    run(whole, "ingest", "--backfill", str(others), str(written(tmp_path, "mine.ndjson", mine)))
    run(broken, "ingest", "--backfill", str(others))
    made = run(broken, "tokens", "create", source, "--region", "52", "--backfill", "--json")
    headers = {"Authorization": f"Bearer {made.results[0]['token']}"}
    left = [mine[start : start + 20] for start in range(0, len(mine), 20)]
    assert len(left) > 5
    chance = random.Random(11)
    kills_left = 2
    while left:
        (broken / ADDRESS_FILE).unlink(missing_ok=True)  # of a service that was killed
        with serving(broken) as service, httpx.Client(timeout=60) as client:
            address = (broken / ADDRESS_FILE).read_text().strip()
            killing = Timer(chance.uniform(0.0, 0.3), service.kill)
            if kills_left:
                killing.start()
            with contextlib.suppress(httpx.TransportError):
                while left:
                    body = b"\n".join(left[0])
                    answer = client.post(f"{address}/api/v1/events", content=body, headers=headers)
                    assert answer.status_code == 200
                    left.pop(0)  # only what was acknowledged is not sent again
            killing.cancel()
        kills_left = max(0, kills_left - 1)

    assert digest_of(broken) == digest_of(whole)
    assert run(broken, "rebuild", "--verify").status == 0


def test_a_training_killed_half_way_leaves_the_registry_whole(data: Path) -> None:
    broken_off(data, ("train", "--as-of", "2026-09-01"), signal.SIGKILL, 3.0)

    listed = run(data, "models", "list", "--json")
    assert listed.status == 0
    for result in listed.results:
        assert run(data, "models", "show", result["id"], "--json").status == 0


def broken_off(
    data: Path, arguments: tuple[str, ...], sign: signal.Signals, after_s: float, **more: str
) -> int:
    """Start a command and signal it after a while; return its status."""
    with subprocess.Popen(
        command(*arguments),
        env=environment(data, **more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            process.wait(after_s)
        except subprocess.TimeoutExpired:
            process.send_signal(sign)
        _, messages = process.communicate(timeout=120)
        assert b"Traceback" not in messages, messages.decode()
        return process.returncode


def test_accounts_of_a_file_are_made_all_or_none(tmp_path: Path) -> None:
    data = tmp_path / "county"
    good = tmp_path / "good.csv"
    good.write_text("username,role,scope,name\nzhang,worker,520204001001,张\nli,leader,520204,李\n")
    bad = tmp_path / "bad.csv"
    bad.write_text("username,role,scope\nwang,worker,520204001001\nzhao,king,52\n")

    made = run(data, "users", "import", str(good), "--json")
    refused = run(data, "users", "import", str(bad), "--json")
    names = [account["username"] for account in run(data, "users", "list", "--json").results]

    assert [account["role"] for account in made.results] == ["worker", "leader"]
    assert all(len(account["password"]) >= 12 for account in made.results)
    assert refused.status == 2
    assert "line 3" in refused.messages
    assert names == ["li", "zhang"]


def test_the_schemas_are_json(tmp_path: Path) -> None:
    for option in ((), ("--openapi",), ("--asyncapi",)):
        done = subprocess.run(
            command("schema", *option), env=environment(tmp_path), capture_output=True, check=True
        )
        assert json.loads(done.stdout)
    assert os.listdir(tmp_path) == []
