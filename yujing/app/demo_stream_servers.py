"""The servers of the demo of the stream: a Kafka broker, PostgreSQL, a database on ClickHouse."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from streams.kafka import admin
from yujing.app.local_kafka.broker import LocalBroker
from yujing.app.local_kafka.jars import KAFKA_VERSION, java, kafka_jars
from yujing.app.local_postgres.server import LocalPostgres, programs
from yujing.app.output import Output
from yujing.errors import DependencyError
from yujing.settings import Settings
from yujing.storage.clickhouse import connect_server, storage_errors

DATABASE = "yujing_stream_demo"  # on ClickHouse; emptied at each start
_BROKER_STOPS_WITHIN_S = 3.0  # nothing of it is used again


def look_for_programs(cache: Path, output: Output) -> None:
    """Look for all that the demo needs on this machine, and fetch Kafka if it is not there.

    Parameters
    ----------
    cache
        Where Kafka's programs are or come to lie.

    Raises
    ------
    DependencyError
        Naming everything that is missing, and how to get it.
    """
    if not (cache / f"kafka-{KAFKA_VERSION}").is_dir():
        output.message(f"fetching Kafka {KAFKA_VERSION} with Maven, this once")
    looks: list[Callable[[], object]] = [java, lambda: kafka_jars(cache), _postgres_programs]
    missing = []
    for look in looks:
        try:
            look()
        except DependencyError as error:
            missing.append(str(error))
    if missing:
        raise DependencyError("; ".join(missing), permanent=True)


@contextmanager
def running_servers(settings: Settings, place: Path, output: Output) -> Iterator[Settings]:
    """Run broker and PostgreSQL with topics and empty databases; yield settings that name them.

    Parameters
    ----------
    settings
        Name the ClickHouse server; the demo has a database of its own there.
    place
        Takes the broker's data, which must be gone before each start.
    """
    with ExitStack() as stack:
        output.message("starting Kafka and PostgreSQL")
        postgres = stack.enter_context(LocalPostgres(Path(tempfile.gettempdir())))
        broker = LocalBroker(place / "kafka", jars=kafka_jars(place.parent), java=java())
        stack.callback(broker.stop, _BROKER_STOPS_WITHIN_S)
        broker.start()
        named = settings.model_copy(
            update={
                "kafka": broker.address,
                "postgres": SecretStr(postgres.new_database()),
                "clickhouse": SecretStr(_empty_database(settings)),
            }
        )
        admin.apply(named)
        yield named


def _postgres_programs() -> None:
    with tempfile.TemporaryDirectory() as root:
        programs(Path(root))


def _empty_database(settings: Settings) -> str:
    """Return the address of the demo's database, dropped if it was left by an earlier demo."""
    assert settings.clickhouse is not None  # noqa: S101  the settings name all servers or none
    server = urlsplit(settings.clickhouse.get_secret_value())
    address = server._replace(path=f"/{DATABASE}").geturl()
    client = connect_server(address)
    with storage_errors("dropping the database of an earlier demo"):
        client.command(f"DROP DATABASE IF EXISTS `{DATABASE}` SYNC")
    client.close()
    return address
