"""The files of an installation keep the rules: pinned, watched, confined, no secret in clear."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import pytest
import yaml

from dashboards.grafana.alerts import watches
from dashboards.grafana.grants import ALL_TABLES
from dashboards.grafana.stream import stream_document
from yujing.cli.commands import COMMANDS
from yujing.settings import Settings
from yujing.telemetry.metrics import BOUNDS, MEANINGS, HistogramName

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
KNOWN = {f"YUJING_{name.upper()}" for name in Settings.model_fields} | {
    "YUJING_CONFIG",
    "YUJING_SECRETS_DIR",
}
PINNED = re.compile(r"[\w./-]+:v?\d+\.\d+(\.\d+)*(-[\w.-]+)?(@sha256:[0-9a-f]{64})?")


def names(path: Path) -> str:
    return path.name


def test_every_part_of_the_stream_is_there() -> None:
    assert set(SERVICES) >= {"kafka", "clickhouse", "postgres", "grafana", "door", "worker"}


@pytest.mark.parametrize("name", sorted(SERVICES))
class TestService:
    def test_its_image_is_pinned(self, name: str) -> None:
        assert PINNED.fullmatch(SERVICES[name]["image"])

    def test_it_is_watched(self, name: str) -> None:
        check = SERVICES[name]["healthcheck"]
        once = SERVICES[name].get("restart") == "no"

        assert check == {"disable": True} if once else check["test"][0] in ("CMD", "CMD-SHELL")

    def test_it_runs_without_privileges_on_a_system_it_cannot_change(self, name: str) -> None:
        service = SERVICES[name]
        user = str(service["user"]).split(":")[0]

        assert user.isdigit()
        assert int(user) > 0
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert not service.get("privileged")
        assert service["tmpfs"]

    def test_it_cannot_take_the_machine(self, name: str) -> None:
        limits = SERVICES[name]["deploy"]["resources"]["limits"]

        assert float(limits["cpus"]) > 0
        assert re.fullmatch(r"\d+[mg]", limits["memory"])

    def test_it_holds_no_secret_in_clear(self, name: str) -> None:
        for variable, value in SERVICES[name].get("environment", {}).items():
            if re.search("PASSWORD|SECRET|TOKEN|KEY", variable) or "://" in str(value):
                harmless = str(value).startswith("/run/secrets") or variable.startswith("KAFKA_")
                assert harmless, variable
        for secret in SERVICES[name].get("secrets", []):
            source = secret if isinstance(secret, str) else secret["source"]
            assert source in COMPOSE["secrets"]

    def test_its_variables_are_settings(self, name: str) -> None:
        given = {one for one in SERVICES[name].get("environment", {}) if one.startswith("YUJING_")}

        assert given <= KNOWN

    def test_its_ports_are_for_this_machine_alone(self, name: str) -> None:
        assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))

    def test_what_it_mounts_is_declared_or_there(self, name: str) -> None:
        for volume in SERVICES[name].get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (DEPLOY / source).exists(), source
            elif not source.startswith("/"):
                assert source in COMPOSE["volumes"]


def test_our_services_run_commands_that_exist_with_secrets_named_after_settings() -> None:
    commands = {name for name, *_ in COMMANDS}
    ours = [service for service in SERVICES.values() if service["image"].startswith("yujing:")]

    assert len(ours) >= 3
    for service in ours:
        assert service["command"][0] in commands
        targets = {s["target"] for s in service["secrets"] if isinstance(s, dict)}
        assert {target.upper() for target in targets} <= KNOWN


def test_secrets_are_files_that_no_commit_holds() -> None:
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    ignored = (DEPLOY.parent / ".gitignore").read_text("utf8").splitlines()
    assert "/deploy/secrets/" in ignored


def test_the_secrets_are_made_once_and_fit_the_compose_file(tmp_path: Path) -> None:
    script = tmp_path / "make-secrets.sh"
    shutil.copy(DEPLOY / "make-secrets.sh", script)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "chown").write_text("#!/bin/sh\n")  # only root may give files away
    (tmp_path / "bin" / "chown").chmod(0o755)
    path = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}

    subprocess.run([script], env=path, check=True, capture_output=True)
    made = {p: p.read_bytes() for p in (tmp_path / "secrets").iterdir()}
    subprocess.run([script], env=path, check=True, capture_output=True)

    assert made == {p: p.read_bytes() for p in (tmp_path / "secrets").iterdir()}
    assert {p.name for p in made} == {Path(s["file"]).name for s in COMPOSE["secrets"].values()}
    assert all(p.stat().st_mode & 0o777 == 0o400 for p in made)
    content = {p.name: text.decode() for p, text in made.items()}
    boards = ElementTree.fromstring(content["clickhouse_users.xml"]).find("users/boards")
    assert boards is not None
    assert [one.text for one in boards.iter("query")] == [
        f"GRANT SELECT ON yujing.{table}" for table in ALL_TABLES
    ]
    hashed = hashlib.sha256(content["boards_password"].encode()).hexdigest()
    assert boards.findtext("password_sha256_hex") == hashed
    assert re.fullmatch("[0-9a-f]{64}", content["vault_key"])
    assert content["postgres_password"] in content["postgres_url"]
    Settings(
        kafka="kafka:9092",
        postgres=content["postgres_url"],
        clickhouse=content["clickhouse_url"],
    )


def test_the_example_of_variables_names_settings_and_values_that_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = (DEPLOY / "yujing.env.example").read_text("utf8").splitlines()
    given = dict(
        line.lstrip("#").split("=", 1) for line in lines if re.match(r"#?YUJING_\w+=", line)
    )

    assert set(given) <= KNOWN
    assert not any(re.search("PASSWORD|POSTGRES|CLICKHOUSE", name) for name in given)
    for name, value in given.items():
        if name != "YUJING_SECRETS_DIR":
            monkeypatch.setenv(name, value)
    Settings(postgres="postgresql://x/y", clickhouse="http://x", kafka_password="p")


@pytest.mark.parametrize("unit", UNITS, ids=names)
def test_a_unit_reads_and_is_confined(unit: Path, tmp_path: Path) -> None:
    text = unit.read_text("utf8")
    variables = set(re.findall(r"YUJING_\w+(?==)", text))

    assert variables <= KNOWN
    assert "User=yujing" in text
    for confinement in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n"):
        assert confinement in text
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    here = tmp_path / unit.name
    here.write_text(text.replace("/opt/yujing/bin/yujing", sys.executable))
    checked = subprocess.run(
        [program, "verify", "--recursive-errors=no", "--man=no", here],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    about = [line for line in checked.stderr.splitlines() if unit.name in line]
    assert about == []


def test_the_dockerfile_is_pinned_and_does_not_run_as_root() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf8").splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    users = [line.split()[1] for line in lines if line.startswith("USER ")]

    assert all(PINNED.fullmatch(base) for base in bases)
    assert users[-1] == "10001:10001"
    assert any("--require-hashes" in line for line in lines)
    uv = next(line for line in lines if "pip install" in line and "uv==" in line)
    assert uv


def test_what_prometheus_and_grafana_ask_for_is_measured() -> None:
    texts = [path.read_text("utf8") for path in DEPLOY.rglob("*.yml")]
    board = stream_document()
    texts += [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    texts += [watch.query for watch in watches([2026]) if not watch.numbers]
    histograms = {f"{name}_bucket" for name in get_args(HistogramName)}
    asked = set(re.findall(r"\byujing_\w+", "\n".join(texts)))

    assert asked
    assert set(BOUNDS) == set(get_args(HistogramName))
    assert asked <= set(MEANINGS) | histograms
