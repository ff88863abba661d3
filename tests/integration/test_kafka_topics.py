"""`yujing topics` against a real broker: shown first, done once, and never a partition count."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from kafka.admin import ConfigResource, KafkaAdminClient

from streams.kafka.admin import Action, advice, apply, plan, refused
from streams.kafka.topics import TOPICS
from tests.support.broker import settings_for, without_topics
from yujing.app.local_kafka.broker import LocalBroker
from yujing.cli import main

pytestmark = pytest.mark.integration

NAMES = [topic.name for topic in TOPICS]
NONE = [Action.NONE] * len(TOPICS)


@pytest.fixture
def admin(broker: LocalBroker) -> Iterator[KafkaAdminClient]:
    with closing(KafkaAdminClient(bootstrap_servers=broker.address)) as client:
        yield client
        without_topics(client, NAMES)


def the_configs(admin: KafkaAdminClient, name: str) -> dict[str, str]:
    told = admin.describe_configs([ConfigResource("topic", name)], config_filter="all")
    return {key: entry["value"] for key, entry in told["topic"][name].items()}


def test_missing_topics_are_shown_then_made_and_the_second_time_nothing_is_done(
    broker: LocalBroker, admin: KafkaAdminClient
) -> None:
    settings = settings_for(broker, partitions=3)
    shown = plan(settings)
    assert [p.action for p in shown] == [Action.CREATE] * len(TOPICS)
    assert not set(admin.list_topics()) & set(NAMES)

    assert [p.fields() for p in apply(settings)] == [p.fields() for p in shown]
    assert [p.action for p in plan(settings)] == NONE
    assert [p.action for p in apply(settings)] == NONE

    for topic in admin.describe_topics(NAMES):
        assert len(topic["partitions"]) == 3
    scores = the_configs(admin, "risk-scores")
    assert scores["cleanup.policy"] == "compact,delete"
    assert scores["retention.ms"] == str(7 * 86_400_000)


def test_a_topic_that_was_made_otherwise_is_configured(
    broker: LocalBroker, admin: KafkaAdminClient
) -> None:
    settings = settings_for(broker, partitions=2)
    one = {"num_partitions": 2, "replication_factor": 1, "configs": {"retention.ms": "1000"}}
    admin.create_topics({"card-events": one}, wait_for_metadata=True)

    [found] = [p for p in plan(settings) if p.topic.name == "card-events"]
    assert found.action is Action.CONFIGURE
    assert found.fields()["differences"]["retention.ms"] == {
        "found": "1000", "wanted": str(30 * 86_400_000),
    }  # fmt: skip
    apply(settings)

    assert [p.action for p in plan(settings)] == NONE
    assert the_configs(admin, "card-events")["retention.ms"] == str(30 * 86_400_000)


def test_a_partition_count_is_refused_with_the_migration_and_nothing_else_is_touched(
    broker: LocalBroker, admin: KafkaAdminClient
) -> None:
    made = {"card-events": {"num_partitions": 2, "replication_factor": 1}}
    admin.create_topics(made, wait_for_metadata=True)

    plans = apply(settings_for(broker, partitions=4))

    assert [p.topic.name for p in refused(plans)] == ["card-events"]
    assert refused(plans)[0].differences["partitions"].fields() == {"found": 2, "wanted": 4}
    assert "partition count" in advice(plans)[0]
    assert set(admin.list_topics()) & set(NAMES) == {"card-events"}
    assert "reassign" in advice(apply(settings_for(broker, partitions=2, replication=2)))[0]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any, str]:
    with pytest.raises(SystemExit) as ended:
        main(["topics", *arguments, "--json"])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), [json.loads(line) for line in out.splitlines()], err


def test_the_command_prints_a_line_a_topic_and_its_status_says_what_was_refused(
    broker: LocalBroker,
    admin: KafkaAdminClient,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("YUJING_KAFKA", broker.address)
    monkeypatch.setenv("YUJING_POSTGRES", "postgresql://x")
    monkeypatch.setenv("YUJING_CLICKHOUSE", "http://x")
    monkeypatch.setenv("YUJING_PARTITIONS", "2")
    for arguments, action in ((["plan"], "create"), (["apply"], "create"), (["plan"], "none")):
        status, lines, err = run(capsys, *arguments)
        assert status == 0
        assert [(line["topic"], line["action"]) for line in lines] == [(n, action) for n in NAMES]

    monkeypatch.setenv("YUJING_PARTITIONS", "3")
    status, lines, err = run(capsys, "plan")
    assert (status, {line["action"] for line in lines}) == (3, {"migrate"})
    assert "partition count is not changed in place" in err
    status, lines, err = run(capsys, "apply")
    assert status == 1
    assert err.endswith("nothing was changed\n")
