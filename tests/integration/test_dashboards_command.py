"""`yujing dashboards` as a command, against a double of Grafana."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models.registry import Promotion
from tests.support.grafana_double import TOKEN, GrafanaDouble, ready_double, served
from yujing.cli.root import root

pytestmark = pytest.mark.integration


@pytest.fixture
def double() -> GrafanaDouble:
    return ready_double()


@pytest.fixture
def run(
    double: GrafanaDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:  # fmt: skip
    token = tmp_path / "token"
    token.write_text(f"{TOKEN}\n")
    monkeypatch.setenv("YUJING_DATA", str(tmp_path / "county"))
    monkeypatch.setenv("YUJING_GRAFANA_TOKEN_FILE", str(token))

    def carried_out(*arguments: str) -> tuple[int, list[dict[str, Any]], str]:
        with served(double) as address:
            monkeypatch.setenv("YUJING_GRAFANA", address)
            status = root()(["dashboards", *arguments, "--json"], result_action="return_value")
        shown = capsys.readouterr()
        return status, [json.loads(line) for line in shown.out.splitlines()], shown.err

    return carried_out


def test_a_plan_then_a_push_then_nothing_to_do(run: Any, double: GrafanaDouble) -> None:
    status, planned, _ = run("plan")
    assert (status, double.writes()) == (0, [])

    status, pushed, said = run("push")
    things = [one for one in pushed if one["kind"] != "annotation"]
    assert (status, things) == (0, planned)
    assert f"changed: {len(planned)}" in said

    n_writes = len(double.writes())
    assert run("push")[:2] == (0, [])
    assert len(double.writes()) == n_writes
    status, checked, said = run("check")
    assert status == 0
    assert all(one["ok"] for one in checked)
    assert "would change: 0" in said


def test_an_edited_board_is_kept_with_another_status(run: Any, double: GrafanaDouble) -> None:
    run("push")
    double.edit("yujing-overview", title="我改的")

    status, (kept,), _ = run("push")
    assert (status, kept["state"], kept["changes"]) == (3, "edited by hand, kept", False)
    assert run("check")[0] == 3

    assert run("push", "--overwrite")[0] == 0
    assert run("check")[0] == 0


def test_a_model_that_changed_is_marked_on_the_boards(
    run: Any, double: GrafanaDouble, tmp_path: Path
) -> None:
    import msgspec

    models = tmp_path / "county" / "models"
    models.mkdir(parents=True)
    at = datetime.now(UTC).isoformat()
    promotions = [Promotion("u90", "first", at, "x"), Promotion("u90", "second", at, "x")]
    (models / "active.json").write_bytes(msgspec.json.encode(promotions))

    run("push")

    assert [one["text"] for one in double.annotations if "model" in one["tags"]] == [
        "失业风险模型换为 second"
    ]


def test_without_the_plugin_nothing_is_written(run: Any, double: GrafanaDouble) -> None:
    double.plugins.clear()

    assert run("push")[0] == 1
    assert double.writes() == []
    status, findings, _ = run("check")
    assert status == 1
    assert [one["check"] for one in findings if not one["ok"]] == ["plugin"]


def test_what_is_not_set_is_named(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YUJING_GRAFANA_TOKEN_FILE")

    status, _, said = run("plan")

    assert status == 2
    assert "YUJING_GRAFANA_TOKEN_FILE" in said


def test_files_are_written_and_grants_printed(run: Any, tmp_path: Path) -> None:
    status, files, _ = run("render", str(tmp_path / "files"), "--at", "/etc/yujing")
    assert status == 0
    assert all(Path(one["file"]).is_file() for one in files)

    status, statements, _ = run("grants", "520526")
    assert status == 0
    assert any("yujing_boards_520526" in one["sql"] for one in statements)
    assert run("grants", "999999")[0] == 2
    assert run("render", str(tmp_path / "x"), "--clickhouse", "nobody")[0] == 2
