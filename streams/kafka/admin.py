"""The topics as they are beside those of the list, and what makes them equal.

Making and configuring topics is idempotent. A partition count is never changed: it decides which
partition owns a household and is part of every position in the log.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kafka.admin import ConfigResource, KafkaAdminClient
from kafka.errors import KafkaError, for_code

from streams.kafka.connection import client_options, storage_error
from streams.kafka.diagnosis import unreachable
from streams.kafka.topics import TOPICS, Topic
from yujing.errors import StorageError
from yujing.settings import Settings

PATIENCE_S = 15.0
_TURN_S, _TURNS = 0.1, 100

MIGRATION = """\
A partition count is not changed in place: a household would change its owner while its events lie
in the old partition, and the count is part of every position in the log. Either go back to the old
count (YUJING_PARTITIONS), or move to a new installation beside this one:
  1. keep what departments send as files; stop every door and publisher; wait until
     `yujing_lag_messages` is 0 everywhere; stop the workers; `yujing backup DIR`
  2. name another Kafka and an empty ClickHouse and PostgreSQL database in the settings, the same
     key file, the new YUJING_PARTITIONS; `yujing topics apply`
  3. start workers and `yujing publish --backfill FILE...` all files from the first day on; what
     was only posted over HTTP has to be sent again by its source
  4. when `facts` of `yujing digest` is the same on both, point the doors to the new servers; cards
     and decisions of the old desk stay in the backup"""
REPLICATION = """\
A replication factor is changed by Kafka's own `kafka-reassign-partitions`, while all goes on."""


class Action(StrEnum):
    """What a topic needs."""

    NONE = "none"
    CREATE = "create"
    CONFIGURE = "configure"
    MIGRATE = "migrate"
    REASSIGN = "reassign"


@dataclass(frozen=True)
class Difference:
    """A value as it is, None where there is none, and as it should be."""

    found: str | int | None
    wanted: str | int

    def fields(self) -> dict[str, Any]:
        """Return it as it is printed."""
        return {"found": self.found, "wanted": self.wanted}


@dataclass(frozen=True)
class TopicPlan:
    """What one topic needs to be as the list says.

    Parameters
    ----------
    topic
        Of the list.
    action
        What has to be done.
    differences
        What differs, by name; for a topic that is missing, all that it will have.
    """

    topic: Topic
    action: Action
    differences: dict[str, Difference] = field(default_factory=dict)

    def fields(self) -> dict[str, Any]:
        """Return it as it is printed."""
        told = {name: one.fields() for name, one in self.differences.items()}
        return {"topic": self.topic.name, "action": self.action.value, "differences": told}

    def words(self) -> str:
        """Return it as a line for a person."""
        told = ", ".join(
            f"{name} {'' if one.found is None else f'{one.found} -> '}{one.wanted}"
            for name, one in self.differences.items()
        )
        return f"{self.topic.name:18} {self.action.value:10} {told}".rstrip()


def plan(settings: Settings, *, patience_s: float = PATIENCE_S) -> list[TopicPlan]:
    """Return what each topic of the list needs; nothing is changed.

    Raises
    ------
    StorageError
        If Kafka is away or refuses.
    """
    with _admin(settings, patience_s) as admin:
        return _plan(admin, settings)


def apply(settings: Settings, *, patience_s: float = PATIENCE_S) -> list[TopicPlan]:
    """Make and configure topics and return what was done; again changes nothing.

    Where a topic needs what is not done here (`MIGRATE`, `REASSIGN`), nothing at all is changed.

    Raises
    ------
    StorageError
        If Kafka is away or refuses.
    """
    with _admin(settings, patience_s) as admin:
        plans = _plan(admin, settings)
        if not refused(plans):
            _create(admin, settings, [p.topic for p in plans if p.action is Action.CREATE])
            _configure(admin, settings, [p for p in plans if p.action is Action.CONFIGURE])
        return plans


def refused(plans: Sequence[TopicPlan]) -> list[TopicPlan]:
    """Return the plans that are not carried out here."""
    return [p for p in plans if p.action in (Action.MIGRATE, Action.REASSIGN)]


def advice(plans: Sequence[TopicPlan]) -> list[str]:
    """Return what to do instead where a plan is refused."""
    actions = {p.action for p in plans}
    told = {Action.MIGRATE: MIGRATION, Action.REASSIGN: REPLICATION}
    return [text for action, text in told.items() if action in actions]


@contextmanager
def _admin(settings: Settings, patience_s: float) -> Iterator[KafkaAdminClient]:
    try:
        admin = KafkaAdminClient(
            **client_options(settings),
            request_timeout_ms=int(patience_s * 1000),
            bootstrap_timeout_ms=int(patience_s * 1000),
        )
    except KafkaError as error:
        raise unreachable(settings) from error
    try:
        yield admin
    except KafkaError as error:
        raise storage_error(settings, error) from error
    finally:
        admin.close()


def _plan(admin: KafkaAdminClient, settings: Settings) -> list[TopicPlan]:
    existing = set(admin.list_topics())
    names = [topic.name for topic in TOPICS if topic.name in existing]
    described = {one["name"]: one for one in admin.describe_topics(names)} if names else {}
    found = _configs(admin, names)
    return [
        _plan_one(topic, settings, described.get(topic.name), found.get(topic.name, {}))
        for topic in TOPICS
    ]


def _plan_one(
    topic: Topic, settings: Settings, described: dict[str, Any] | None, config: dict[str, str]
) -> TopicPlan:
    wanted: dict[str, str | int] = {
        "partitions": settings.partitions,
        "replication": settings.replication,
        **topic.config(settings.replication),
    }
    if described is None:
        missing = {name: Difference(None, value) for name, value in wanted.items()}
        return TopicPlan(topic, Action.CREATE, missing)
    partitions = described["partitions"]
    found: dict[str, str | int | None] = {
        "partitions": len(partitions),
        "replication": min(len(one["replica_nodes"]) for one in partitions),
        **{name: config.get(name) for name in topic.config(settings.replication)},
    }
    differences = {
        name: Difference(found[name], value)
        for name, value in wanted.items()
        if found[name] != value
    }
    if "partitions" in differences:
        return TopicPlan(topic, Action.MIGRATE, differences)
    if "replication" in differences:
        return TopicPlan(topic, Action.REASSIGN, differences)
    return TopicPlan(topic, Action.CONFIGURE if differences else Action.NONE, differences)


def _configs(admin: KafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    asked = [ConfigResource("topic", name) for name in names]
    told = admin.describe_configs(asked, config_filter="all")["topic"]
    return {
        topic: {name: entry["value"] for name, entry in config.items()}
        for topic, config in told.items()
    }


def _create(admin: KafkaAdminClient, settings: Settings, topics: list[Topic]) -> None:
    if not topics:
        return
    made = {
        topic.name: {
            "num_partitions": settings.partitions,
            "replication_factor": settings.replication,
            "configs": topic.config(settings.replication),
        }
        for topic in topics
    }
    answer = admin.create_topics(made, raise_errors=False)
    for one in answer["topics"]:
        error = for_code(one["error_code"])
        if one["error_code"] and error.__name__ != "TopicAlreadyExistsError":
            raise error(one["error_message"] or one["name"])
    admin.wait_for_topics([topic.name for topic in topics])


def _configure(admin: KafkaAdminClient, settings: Settings, plans: list[TopicPlan]) -> None:
    if not plans:
        return
    wanted = {
        p.topic.name: {name: str(one.wanted) for name, one in p.differences.items()} for p in plans
    }
    told = admin.alter_configs(
        [ConfigResource("topic", name, config) for name, config in wanted.items()]
    )
    for name, result in told["topic"].items():
        if result != "OK":
            raise StorageError(f"Kafka at {settings.kafka} did not configure {name}: {result}")
    for _ in range(_TURNS):  # it takes effect a moment after the answer
        found = _configs(admin, list(wanted))
        if all(found[name].items() >= config.items() for name, config in wanted.items()):
            return
        time.sleep(_TURN_S)
    raise StorageError(f"Kafka at {settings.kafka} has not taken the new configuration yet")
