"""A broker that demands TLS and a password: who has them passes, who has not is told what to do."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kafka import KafkaConsumer, TopicPartition

from streams.kafka.admin import Action, apply, plan
from streams.kafka.connection import client_options
from streams.kafka.messages import Addressed, cut_into_messages
from streams.kafka.producer import Producer
from streams.kafka.stamped import StampedReader
from streams.kafka.stamped_encoding import StampedEncoder
from tests.support.broker import running_broker, settings_for
from tests.support.certificates import Certificates, make_certificates
from tests.support.wire_events import an_event, read
from yujing.app.local_kafka.broker import Demands, LocalBroker
from yujing.errors import StorageError

pytestmark = pytest.mark.integration

PASSWORD = "right-password"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def demanding(
    tmp_path_factory: pytest.TempPathFactory, certificates: Certificates
) -> Iterator[LocalBroker]:
    users = {"broker": "of the broker", "yujing": PASSWORD}
    demands = Demands(certificates.key_store, certificates.ca_file, users)
    with running_broker(tmp_path_factory.mktemp("demanding"), demands) as broker:
        yield broker


@pytest.fixture
def passes(certificates: Certificates) -> dict[str, Any]:
    return {
        "kafka_security": "sasl_ssl",
        "kafka_username": "yujing",
        "kafka_password": PASSWORD,
        "kafka_ca_file": certificates.ca_file,
        "partitions": 1,
    }


def one_message() -> Any:
    reading = read(an_event("employment.end"))
    to = Addressed(np.array([0]), np.array([0]), reading.facts["subject"])
    lines = StampedEncoder().encode(reading.facts, reading.record_ids)
    return reading, list(cut_into_messages(reading.facts, lines, to))


def test_with_the_right_password_topics_are_made_and_events_sent_and_read(
    demanding: LocalBroker, passes: dict[str, Any]
) -> None:
    settings = settings_for(demanding, **passes)
    apply(settings)
    assert {p.action for p in plan(settings)} == {Action.NONE}

    reading, messages = one_message()
    with closing(Producer(settings)) as producer:
        assert producer.send(messages) == 1

    consumer = KafkaConsumer(**client_options(settings), auto_offset_reset="earliest")
    with closing(consumer):
        consumer.assign([TopicPartition("employment-events", 0)])
        records = next(r for _ in range(20) for r in consumer.poll(timeout_ms=500).values())
    assert StampedReader().read([r.value for r in records]).facts.tobytes() == (
        reading.facts.tobytes()
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kafka_password": "wrong"}, "kafka_password"),
        ({"kafka_username": "nobody"}, "kafka_username"),
        ({"kafka_security": "plaintext"}, "kafka_security"),
        ({"kafka_security": "sasl_plaintext"}, "kafka_security"),
        ({"kafka_security": "ssl"}, "kafka_security"),
        ({"kafka_ca_file": None}, "kafka_ca_file"),
        ({"kafka_scram": "sha-256"}, "kafka_scram"),
    ],
)
def test_who_does_not_meet_a_demand_is_told_which_setting_to_look_at(
    demanding: LocalBroker, passes: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    settings = settings_for(demanding, **(passes | change))
    with closing(Producer(settings, patience_s=1)) as producer, pytest.raises(StorageError) as sent:
        producer.send(one_message()[1])
    with pytest.raises(StorageError) as planned:
        plan(settings, patience_s=1)

    for error in (sent.value, planned.value):
        assert demanding.address in str(error)
        assert said in str(error)
        assert PASSWORD not in str(error)
        assert "wrong" not in str(error)


def test_the_configuration_that_holds_a_password_is_the_owners_alone(
    demanding: LocalBroker,
) -> None:
    written: Path = demanding.directory / "server.properties"
    assert written.stat().st_mode & 0o077 == 0
