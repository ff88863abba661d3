"""How the clients of Kafka reach its servers, from the settings, and what went wrong in words."""

import ssl
from typing import Any

import kafka.errors as kafka_errors

from yujing.errors import SettingsError, StorageError
from yujing.settings import Settings

CLIENT_ID = "yujing"
_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (
        kafka_errors.SaslAuthenticationFailedError,
        "it refused our name and password: check kafka_username and kafka_password",
    ),
    (kafka_errors.UnsupportedSaslMechanismError, "it does not speak this SCRAM: see kafka_scram"),
    (kafka_errors.AuthorizationError, "we have no right to do this there"),
    (kafka_errors.MessageSizeTooLargeError, "a message is larger than the topic takes"),
    (kafka_errors.KafkaTimeoutError, "no answer in time"),
    (kafka_errors.KafkaConnectionError, "the connection broke"),
)


def servers(settings: Settings) -> list[str]:
    """Return Kafka's servers, host:port each.

    Raises
    ------
    SettingsError
        If none is named.
    """
    if settings.kafka is None:
        raise SettingsError(["kafka: no server is named; see docs/settings.md"])
    return [server.strip() for server in settings.kafka.split(",")]


def client_options(settings: Settings) -> dict[str, Any]:
    """Return what every client of kafka-python is made with."""
    options: dict[str, Any] = {
        "bootstrap_servers": servers(settings),
        "client_id": CLIENT_ID,
        "security_protocol": settings.kafka_security.upper(),
    }
    if settings.kafka_security.endswith("ssl"):
        options["ssl_context"] = ssl_context(settings)
    if settings.kafka_security.startswith("sasl"):
        options["sasl_mechanism"] = _mechanism(settings)
        options["sasl_plain_username"] = settings.kafka_username
        options["sasl_plain_password"] = _password(settings)
    return options


def faust_options(settings: Settings) -> dict[str, Any]:
    """Return what the Faust application is made with: `broker` and `broker_credentials`."""
    from faust import SASLCredentials, SSLCredentials  # the door and the commands do without Faust

    options: dict[str, Any] = {"broker": [f"kafka://{server}" for server in servers(settings)]}
    context = ssl_context(settings) if settings.kafka_security.endswith("ssl") else None
    if settings.kafka_security.startswith("sasl"):
        options["broker_credentials"] = SASLCredentials(
            username=settings.kafka_username,
            password=_password(settings),
            ssl_context=context,
            mechanism=_mechanism(settings),
        )
    elif context is not None:
        options["broker_credentials"] = SSLCredentials(context)
    return options


def storage_error(settings: Settings, error: Exception) -> StorageError:
    """Return a failure of Kafka in words, with the name of its servers and nothing secret."""
    said = next((text for kind, text in _SENTENCES if isinstance(error, kind)), None)
    permanent = isinstance(
        error, kafka_errors.AuthorizationError | kafka_errors.SaslAuthenticationFailedError
    )
    return StorageError(
        f"Kafka at {settings.kafka}: {said or type(error).__name__}", permanent=permanent
    )


def _mechanism(settings: Settings) -> str:
    return f"SCRAM-{settings.kafka_scram.upper()}"


def _password(settings: Settings) -> str:
    return settings.kafka_password.get_secret_value() if settings.kafka_password else ""


def ssl_context(settings: Settings) -> ssl.SSLContext:
    """Return what checks the certificates of Kafka's servers.

    Raises
    ------
    SettingsError
        If the file of certificates cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=settings.kafka_ca_file)
    except (OSError, ssl.SSLError):
        raise SettingsError(
            [f"kafka_ca_file: {settings.kafka_ca_file} cannot be read as certificates in PEM"]
        ) from None
