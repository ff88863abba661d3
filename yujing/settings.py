"""Settings: read once, at the start of a process; the only reader of the environment.

Later places yield to earlier ones: arguments of `load_settings`, variables `YUJING_*`, files named
after a setting in the directory `YUJING_SECRETS_DIR`, the TOML file `YUJING_CONFIG`. Every wrong
value is named at once.
"""

import os
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from yujing.errors import SettingsError

SHANGHAI = ZoneInfo("Asia/Shanghai")
MEBIBYTE = 2**20


class Settings(BaseSettings):
    """Everything that an installation may decide, with its default."""

    model_config = SettingsConfigDict(env_prefix="YUJING_", extra="forbid", frozen=True)

    data: Path = Field(Path("var/yujing"), description="The data directory.")
    key_file: Path | None = Field(
        None, description="The vault's key; beside the data directory when not given."
    )
    simulated: Path = Field(
        Path("var/simulated"), description="Where the demo puts its simulated inputs."
    )
    host: str = Field("127.0.0.1", description="Address that `serve` listens on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8000, description="Port that `serve` listens on; 0 takes a free one."
    )
    https: bool = Field(
        False, description="Whether browsers reach the pages over https; cookies are then Secure."
    )
    deal_at: time = Field(time(7, 0), description="When `serve` sweeps and deals, Asia/Shanghai.")
    batch_rows: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        20_000, description="Rows of a file that enter the log together."
    )
    body_bytes: Annotated[int, Field(ge=1024)] = Field(
        32 * MEBIBYTE, description="Largest request body at the door."
    )
    line_bytes: Annotated[int, Field(ge=1024)] = Field(
        MEBIBYTE, description="Longest line at the door; a longer one is a rejected row."
    )
    rows_per_minute: Annotated[int, Field(ge=1)] = Field(
        600_000, description="Rows that one token may post a minute before it is told to wait."
    )
    memory_bytes: Annotated[int, Field(ge=256 * MEBIBYTE)] = Field(
        2048 * MEBIBYTE, description="Most memory that the ClickHouse engine takes."
    )
    unmatched_days: Annotated[int, Field(ge=1)] = Field(
        90, description="How long an event of somebody unregistered is kept."
    )
    seed: int = Field(
        20260101, description="Seed of the recorded random numbers of deals and training."
    )
    kafka: str | None = Field(
        None, description="Kafka's servers, host:port,host:port; with `postgres` and `clickhouse`."
    )
    kafka_security: Literal["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"] = Field(
        "plaintext", description="How Kafka is spoken to: TLS with ssl, a password with sasl."
    )
    kafka_username: str | None = Field(None, description="Who we are to Kafka, with sasl.")
    kafka_password: SecretStr | None = Field(None, description="The password to it.")
    kafka_scram: Literal["sha-256", "sha-512"] = Field(
        "sha-512", description="Hash of Kafka's SCRAM, with sasl."
    )
    kafka_ca_file: Path | None = Field(
        None, description="Certificates that may have signed Kafka's; the system's when not given."
    )
    partitions: Annotated[int, Field(ge=1, le=511)] = Field(
        48, description="Partitions of every topic; fixed for the life of an installation."
    )
    replication: Annotated[int, Field(ge=1, le=15)] = Field(
        1, description="Kafka servers that hold each message; 3 for a province."
    )
    postgres: SecretStr | None = Field(
        None, description="The desk's server, postgresql://user:password@host:port/database."
    )
    clickhouse: SecretStr | None = Field(
        None, description="The log's server, http(s)://user:password@host:port/database."
    )
    group: str = Field("yujing", description="Consumer group of the workers.")
    worker_name: str | None = Field(
        None, description="Name of this worker in the table of owners; host and process by default."
    )
    worker_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        0, description="Port of a worker's /health, /ready and /metrics; 0 takes a free one."
    )
    bundles: bool = Field(
        True, description="Whether Faust hands on a poll's messages of a partition as one."
    )
    session_timeout_s: Annotated[int, Field(ge=6, le=300)] = Field(
        15, description="Silence after which Kafka gives a worker's partitions to others."
    )
    red_fresh_hours: Annotated[int, Field(ge=1)] = Field(
        48, description="A red from news known longer ago waits for the deal: a worker replays it."
    )
    grafana: str | None = Field(
        None, description="Grafana's address, for `yujing dashboards plan`, `push` and `check`."
    )
    grafana_token_file: Path | None = Field(
        None, description="File with the token of a service account of Grafana, role Admin."
    )
    service_url: str = Field(
        "http://127.0.0.1:8000", description="The service as browsers reach it; links in Grafana."
    )
    alert_addresses: str = Field(
        "root@localhost", description="Who is told of Grafana's alerts, semicolons between."
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    @field_validator("data", "simulated")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("key_file")
    @classmethod
    def _absolute_key(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser().absolute()

    @field_validator("kafka", "kafka_username", "kafka_ca_file", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("kafka")
    @classmethod
    def _servers(cls, text: str | None) -> str | None:
        for server in (text or "host:1").split(","):
            host, _, port = server.strip().rpartition(":")
            if not host or not port.isdigit():
                raise ValueError("servers are named host:port, several with commas between")
        return text

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Check what only several settings together can say."""
        servers = {
            "kafka": self.kafka,
            "postgres": self.postgres,
            "clickhouse": self.clickhouse,
        }
        missing = [name for name, value in servers.items() if value is None]
        if missing and len(missing) < len(servers):
            given = " and ".join(name for name in servers if name not in missing)
            raise ValueError(
                f"{given} without {' and '.join(missing)}: name all three servers, or none"
            )
        if self.kafka_security.startswith("sasl"):
            credentials = {
                "kafka_username": self.kafka_username,
                "kafka_password": self.kafka_password,
            }
            missing = [name for name, value in credentials.items() if not value]
            if missing:
                raise ValueError(f"kafka_security with sasl needs {' and '.join(missing)}")
        return self

    @property
    def distributed(self) -> bool:
        """Whether events come by Kafka and lie on servers."""
        return self.kafka is not None

    @property
    def key_path(self) -> Path:
        """Where the vault's key lies, never inside the data directory by default."""
        return self.key_file or self.data.with_name(self.data.name + ".key")

    @property
    def socket(self) -> Path:
        """Where a running `serve` takes the requests of commands."""
        return self.data / "socket"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the places in the order of their weight."""
        sources: list[PydanticBaseSettingsSource] = [
            init_settings,
            env_settings,
            file_secret_settings,
        ]
        config = os.environ.get("YUJING_CONFIG")
        if config:
            sources.append(TomlConfigSettingsSource(settings_cls, Path(config)))
        return tuple(sources)


def load_settings(**given: object) -> Settings:
    """Return the settings of this process.

    Parameters
    ----------
    given
        Values that win over every other place, by the name of the setting.

    Raises
    ------
    SettingsError
        Naming every setting that is wrong, and why; also when the file or directory named for
        settings is not there.
    """
    problems: list[str] = []
    config, secrets = os.environ.get("YUJING_CONFIG"), os.environ.get("YUJING_SECRETS_DIR")
    if config and not Path(config).is_file():
        problems.append(f"YUJING_CONFIG: there is no file {config}")
    if secrets and not Path(secrets).is_dir():
        problems.append(f"YUJING_SECRETS_DIR: there is no directory {secrets}")
    problems += _unknown_variables()
    if problems:
        raise SettingsError(problems)
    try:
        return Settings(_secrets_dir=secrets or None, **given)  # type: ignore[call-arg, arg-type]  # pydantic's own
    except ValidationError as error:
        raise SettingsError([_sentence(found) for found in error.errors()]) from None
    except ValueError as error:  # the TOML reader's own
        raise SettingsError([f"{config}: {error}"]) from None


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment of a child process that shall have these settings and no others.

    Parameters
    ----------
    settings
        Its settings; secrets among them are in the environment in clear.
    """
    kept = {name: text for name, text in os.environ.items() if not name.startswith("YUJING_")}
    given = settings.model_dump(exclude_none=True)
    return kept | {f"YUJING_{name.upper()}": _as_text(value) for name, value in given.items()}


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value.isoformat() if isinstance(value, time) else str(value)


def _unknown_variables() -> list[str]:
    """Return a sentence for each misspelt variable, which would otherwise be ignored in silence."""
    known = {f"YUJING_{name}".upper() for name in Settings.model_fields}
    known |= {"YUJING_CONFIG", "YUJING_SECRETS_DIR"}
    return [
        f"{name}: there is no such setting"
        for name in sorted(os.environ)
        if name.startswith("YUJING_") and name not in known
    ]


def _sentence(found: object) -> str:
    assert isinstance(found, dict)  # noqa: S101  narrows pydantic's TypedDict for the line below
    name = ".".join(str(part) for part in found["loc"])
    said = found["msg"].removeprefix("Value error, ")
    return f"{name}: {said[:1].lower()}{said[1:]}" if name else str(said)
