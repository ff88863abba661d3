"""What clients are made with, and what is said of a server that cannot be used."""

import socket
from pathlib import Path
from typing import Any

import kafka.errors as kafka_errors
import pytest

from streams.kafka.connection import client_options, faust_options, servers, storage_error
from streams.kafka.diagnosis import unreachable
from tests.support.certificates import make_certificates
from yujing.errors import SettingsError
from yujing.settings import Settings, load_settings

SASL = {"kafka_username": "yujing", "kafka_password": "geheim"}


def named(kafka: str = "a:1, b:2", **more: Any) -> Settings:
    return load_settings(kafka=kafka, postgres="postgresql://x", clickhouse="http://x", **more)


def test_servers_are_named_or_missed_by_name() -> None:
    assert servers(named()) == ["a:1", "b:2"]
    with pytest.raises(SettingsError, match="kafka"):
        servers(load_settings())


@pytest.mark.parametrize("security", ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"])
def test_both_clients_speak_the_same_way(security: str, tmp_path: Path) -> None:
    ca_file = make_certificates(tmp_path).ca_file
    settings = named(kafka_security=security, kafka_ca_file=ca_file, kafka_scram="sha-256", **SASL)
    ours, fausts = client_options(settings), faust_options(settings)
    credentials = fausts.get("broker_credentials")

    assert ours["bootstrap_servers"] == ["a:1", "b:2"]
    assert fausts["broker"] == ["kafka://a:1", "kafka://b:2"]
    assert ours["security_protocol"] == security.upper()
    assert ("ssl_context" in ours) == security.endswith("ssl")
    assert (ours.get("sasl_mechanism") == "SCRAM-SHA-256") == security.startswith("sasl")
    if security == "plaintext":
        assert credentials is None
    else:
        assert credentials.protocol.value == ours["security_protocol"]
    if security.startswith("sasl"):
        assert (credentials.username, credentials.password) == ("yujing", "geheim")
        assert credentials.mechanism.value == ours["sasl_mechanism"]
        assert ours["sasl_plain_password"] == "geheim"


def test_a_file_that_holds_no_certificates_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path / "empty"):
        if path.name == "empty":
            path.write_text("nothing")
        with pytest.raises(SettingsError, match=f"kafka_ca_file: {path}"):
            client_options(named(kafka_security="ssl", kafka_ca_file=path))


def test_a_failure_names_the_servers_and_no_password() -> None:
    settings = named(kafka_security="sasl_plaintext", **SASL)
    refused = storage_error(settings, kafka_errors.SaslAuthenticationFailedError("geheim"))
    late = storage_error(settings, kafka_errors.KafkaTimeoutError("x"))
    other = storage_error(settings, kafka_errors.NotEnoughReplicasError("y"))

    assert "a:1, b:2" in str(refused)
    assert "kafka_password" in str(refused)
    assert "geheim" not in str(refused)
    assert (refused.permanent, late.permanent) == (True, False)
    assert "no answer in time" in str(late)
    assert "NotEnoughReplicasError" in str(other)


def test_a_server_that_is_not_there_and_one_that_is_silent_are_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("streams.kafka.diagnosis._KNOCK_S", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        socket.create_server(("127.0.0.1", 0)) as closed,
    ):
        there, gone = (f"127.0.0.1:{one.getsockname()[1]}" for one in (silent, closed))
        closed.close()
        said = str(unreachable(named(f"{there},{gone}")))

    assert f"Kafka at {there}: it takes connections but does not answer" in said
    assert f"Kafka at {gone}: no connection (Connection refused)" in said
