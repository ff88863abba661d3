"""Doctor says what the stream lacks on this machine, and which server does not answer."""

import shutil
import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from yujing.app import doctor_servers
from yujing.app.doctor_servers import of_machine, of_servers
from yujing.app.local_kafka import jars
from yujing.settings import Settings

PASSWORD = "not-to-be-shown"


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_machine_with_nothing_gets_a_mend_for_each_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    for module in (doctor_servers, jars):
        monkeypatch.setattr(module, "find_spec", lambda _name: None)
    monkeypatch.setattr(doctor_servers, "_DEBIAN_POSTGRES", tmp_path)

    checks = {check.check: check for check in of_machine(Settings(data=tmp_path / "county"))}

    assert set(checks) == {"java", "kafka jars", "postgresql"}
    for check in checks.values():
        assert check.state == "ok"  # a county needs none of them
        assert check.text.startswith("missing")
        assert check.mend


def test_programs_that_are_there_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"kafka-{jars.KAFKA_VERSION}").mkdir()
    (tmp_path / "17" / "bin").mkdir(parents=True)
    (tmp_path / "17" / "bin" / "initdb").touch()
    monkeypatch.setattr(doctor_servers, "find_spec", lambda _name: None)
    monkeypatch.setattr(doctor_servers, "_DEBIAN_POSTGRES", tmp_path)

    checks = {check.check: check for check in of_machine(Settings(data=tmp_path / "county"))}

    assert checks["kafka jars"].text == str(tmp_path / f"kafka-{jars.KAFKA_VERSION}")
    assert checks["postgresql"].text == str(tmp_path / "17" / "bin")
    assert all(not checks[name].mend for name in ("kafka jars", "postgresql"))


def test_an_embedded_county_asks_no_server(tmp_path: Path) -> None:
    assert of_servers(Settings(data=tmp_path)) == []


def test_every_server_that_does_not_answer_is_bad_and_no_password_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_servers, "_PATIENCE_S", 1.0)
    port = closed_port()
    settings = Settings(
        data=tmp_path,
        kafka=f"127.0.0.1:{port}",
        postgres=SecretStr(f"postgresql://yujing:{PASSWORD}@127.0.0.1:{port}/yujing"),
        clickhouse=SecretStr(f"http://yujing:{PASSWORD}@127.0.0.1:{port}/yujing"),
    )

    checks = of_servers(settings)

    assert [check.check for check in checks] == ["kafka", "postgres", "clickhouse"]
    for check in checks:
        assert check.state == "bad"
        assert f"YUJING_{check.check.upper()}" in check.mend
        assert PASSWORD not in check.text + check.mend
