"""Settings are read from four places, and everything that is wrong is said at once."""

import os
from datetime import time
from pathlib import Path

import pytest

from yujing.errors import SettingsError
from yujing.settings import environment_of, load_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("YUJING_"):
            monkeypatch.delenv(name)


def test_the_key_lies_beside_the_data_directory_and_never_inside(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path / "county")

    assert settings.key_path == tmp_path / "county.key"


def test_a_variable_wins_over_a_secret_file_and_that_over_the_toml_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "YUJING_PORT").write_text("2")
    (tmp_path / "secrets" / "YUJING_SEED").write_text("2")
    (tmp_path / "yujing.toml").write_text('port = 3\nseed = 3\ndeal_at = "06:30"\n')
    monkeypatch.setenv("YUJING_CONFIG", str(tmp_path / "yujing.toml"))
    monkeypatch.setenv("YUJING_SECRETS_DIR", str(tmp_path / "secrets"))
    monkeypatch.setenv("YUJING_PORT", "1")

    settings = load_settings()

    assert (settings.port, settings.seed, settings.deal_at) == (1, 2, time(6, 30))


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUJING_PORT", "none")
    monkeypatch.setenv("YUJING_DEAL_AT", "25:00")

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert [problem.split(":")[0] for problem in caught.value.problems] == ["port", "deal_at"]


def test_a_misspelt_variable_is_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUJING_DATTA", "x")

    with pytest.raises(SettingsError, match="YUJING_DATTA"):
        load_settings()


@pytest.mark.parametrize("name", ["YUJING_CONFIG", "YUJING_SECRETS_DIR"])
def test_a_place_that_is_named_must_be_there(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(tmp_path / "missing"))

    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_a_broken_toml_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "yujing.toml").write_text("port = = 1")
    monkeypatch.setenv("YUJING_CONFIG", str(tmp_path / "yujing.toml"))

    with pytest.raises(SettingsError, match=r"yujing\.toml"):
        load_settings()


SERVERS = {
    "kafka": "a:9092,b:9092", "postgres": "postgresql://u:geheim@c/d",
    "clickhouse": "http://u:geheim@e:8123/f",
}  # fmt: skip


@pytest.mark.parametrize("left_out", [["kafka"], ["postgres"], ["clickhouse", "postgres"]])
def test_servers_are_named_all_or_none_and_who_is_missing_is_said(left_out: list[str]) -> None:
    assert load_settings(**SERVERS).distributed
    assert not load_settings().distributed
    given = {name: value for name, value in SERVERS.items() if name not in left_out}

    with pytest.raises(SettingsError) as caught:
        load_settings(**given)

    assert f"without {' and '.join(n for n in SERVERS if n in left_out)}" in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_no_secret_is_shown_with_the_settings() -> None:
    settings = load_settings(**SERVERS, kafka_username="u", kafka_password="geheim")

    assert "geheim" not in repr(settings)
    assert "geheim" not in str(settings.model_dump())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kafka": "a"}, "host:port"),
        ({"kafka": "a:9092,b"}, "host:port"),
        ({"kafka_security": "sasl_ssl"}, "kafka_username and kafka_password"),
        ({"kafka_security": "sasl_plaintext", "kafka_username": "u"}, "needs kafka_password"),
        ({"partitions": 0}, "partitions"),
        ({"partitions": 512}, "partitions"),
    ],
)
def test_what_kafka_needs_is_checked_at_once(given: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings(**(SERVERS | given))


def test_a_child_process_has_the_settings_of_its_parent_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "yujing.toml").write_text("seed = 3\n")
    monkeypatch.setenv("YUJING_CONFIG", str(tmp_path / "yujing.toml"))
    monkeypatch.setenv("LANG_OF_ALL", "zh")
    settings = load_settings(
        data=tmp_path, kafka="a:1", postgres="postgresql://u:p@a/b", clickhouse="http://a",
        deal_at=time(23, 59), https=True, bundles=False, red_fresh_hours=3,
    )  # fmt: skip

    child = environment_of(settings)
    monkeypatch.setattr(os, "environ", child)

    assert load_settings() == settings
    assert settings.seed == 3
    assert child["LANG_OF_ALL"] == "zh"
    assert "YUJING_CONFIG" not in child
