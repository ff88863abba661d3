"""The list of all topics: what is in each, how long it is kept, and which event type goes where."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.wire.catalogue import EVENT_TYPES
from streams.wire.event_type import TOPICS as INPUT_TOPICS

__all__ = [
    "CARD_EVENTS", "DEAD_LETTERS", "INPUT_TOPICS", "MOST_MESSAGE_BYTES", "RISK_SCORES", "TOPICS",
    "Topic", "topic_numbers",
]  # fmt: skip

RISK_SCORES = "risk-scores"
CARD_EVENTS = "card-events"
DEAD_LETTERS = "dead-letters"

MOST_MESSAGE_BYTES = 2**20
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Topic:
    """One topic.

    Parameters
    ----------
    name
        As clients call it.
    holds
        What is in it.
    days
        How long a message is kept; ClickHouse, not Kafka, owns what happened.
    latest_only
        Whether only the latest message of a key has to stay.
    """

    name: str
    holds: str
    days: int
    latest_only: bool = False

    def config(self, replication: int) -> dict[str, str]:
        """Return the settings that the broker must have for it.

        Parameters
        ----------
        replication
            Number of brokers that hold it; from three on, two must have a message before it is
            acknowledged.
        """
        return {
            "cleanup.policy": "compact,delete" if self.latest_only else "delete",
            "retention.ms": str(self.days * _DAY_MS),
            "max.message.bytes": str(MOST_MESSAGE_BYTES),
            "compression.type": "producer",
            "min.insync.replicas": "2" if replication >= 3 else "1",
        }


TOPICS = (
    Topic("employment-events", "work begins, ends, is planned; registered unemployment", 30),
    Topic("insurance-events", "enrolments, contributions, medical bills", 30),
    Topic("migration-events", "leaving for work and coming home", 30),
    Topic("household-events", "members, households, categories, income, help, disasters", 30),
    Topic("feedback-events", "what workers found and did, and what people reported", 30),
    Topic(RISK_SCORES, "the latest scores of each member", 7, latest_only=True),
    Topic(CARD_EVENTS, "every change of a card", 30),
    Topic(DEAD_LETTERS, "where a message was refused and why, without its content", 90),
)


def topic_numbers(kinds: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Return the place in `INPUT_TOPICS` of the topic of each kind of event.

    Parameters
    ----------
    kinds
        The column `kind` of `FACT`.
    """
    table = np.full(256, -1, dtype=np.int64)
    for event_type in EVENT_TYPES:
        table[event_type.kind] = INPUT_TOPICS.index(event_type.topic)
    return table[kinds]
