"""Why a server of Kafka cannot be used, found by knocking: the clients only say that time ran out.

A broker that refuses a password hangs up, and so does one that is spoken to in the wrong protocol.
"""

import socket
import ssl

from streams.kafka.connection import servers, ssl_context
from yujing.errors import StorageError
from yujing.settings import Settings

_KNOCK_S = 3.0


def unreachable(settings: Settings) -> StorageError:
    """Return what stands between us and Kafka, and which setting to look at.

    Parameters
    ----------
    settings
        With which no client could be made.
    """
    found = {server: _reason(server, settings) for server in servers(settings)}
    return StorageError(
        "; ".join(f"Kafka at {server}: {reason}" for server, reason in found.items())
    )


def _reason(server: str, settings: Settings) -> str:
    host, _, port = server.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _KNOCK_S).close()
    except OSError as error:
        return f"no connection ({error.strerror or type(error).__name__}): is it up?"
    try:
        speaks_tls = _greets(host, int(port), _trusting())
    except TimeoutError:
        return "it takes connections but does not answer"
    if not settings.kafka_security.endswith("ssl"):
        return (
            "it demands TLS: see kafka_security and kafka_ca_file"
            if speaks_tls
            else _after_greeting(settings)
        )
    if not speaks_tls:
        return "it does not speak TLS: see kafka_security"
    try:
        _greets(host, int(port), ssl_context(settings), raises=True)
    except ssl.SSLCertVerificationError as error:
        return f"its certificate is not accepted ({error.verify_message}): see kafka_ca_file"
    except (OSError, ssl.SSLError):
        return "it refuses our TLS"
    return _after_greeting(settings)


def _after_greeting(settings: Settings) -> str:
    if settings.kafka_security.startswith("sasl"):
        return "it hangs up on us: check kafka_username, kafka_password and kafka_scram"
    return "it hangs up on us: does it demand a password? see kafka_security"


def _greets(host: str, port: int, context: ssl.SSLContext, *, raises: bool = False) -> bool:
    """Tell whether a TLS greeting is answered; silence is a TimeoutError."""
    try:
        with (
            socket.create_connection((host, port), _KNOCK_S) as line,
            context.wrap_socket(line, server_hostname=host),
        ):
            return True
    except TimeoutError:
        raise
    except (OSError, ssl.SSLError):
        if raises:
            raise
        return False


def _trusting() -> ssl.SSLContext:
    """Return a context to knock with: it sends nothing and trusts nothing it hears."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
