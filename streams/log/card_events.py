"""Transitions of cards as the desk's outbox brings them, for boards and reports."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import pyarrow as pa

from streams.log.log import log_migrations
from yujing.storage.clickhouse import Client, insert_rows, storage_errors
from yujing.storage.migration import ClickHouseStore, migrate


@dataclass(frozen=True)
class CardEvent:
    """One transition of a card; no text that a person wrote.

    Attributes
    ----------
    transition
        Number of the transition at the desk: brought twice, it counts once.
    card, household, person
        Numbers and keys; person 0 when the card concerns the household.
    region
        12-digit code of the village.
    level
        Urgency 1 to 3.
    from_stage, to_stage, reason, role
        Words of the desk.
    happened_at
        Seconds since 1970.
    """

    transition: int
    card: int
    household: int
    person: int
    region: int
    level: int
    from_stage: str
    to_stage: str
    reason: str
    role: str
    happened_at: int


_TYPES: dict[str, Any] = {
    "transition": pa.uint64(),
    "card": pa.uint64(),
    "household": pa.uint64(),
    "person": pa.uint64(),
    "region": pa.int64(),
    "level": pa.uint8(),
    "happened_at": pa.uint32(),
}


class CardLog:
    """The table `card_events`; one thread at a time.

    Parameters
    ----------
    client
        From `yujing.storage.clickhouse`; missing tables are made.
    """

    def __init__(self, client: Client) -> None:
        migrate(ClickHouseStore(client), log_migrations())
        self._client = client

    def append(self, events: Sequence[CardEvent]) -> None:
        """Keep transitions; sending them again does no harm."""
        if not events:
            return
        table = pa.table(
            {
                field.name: pa.array(
                    [getattr(event, field.name) for event in events],
                    type=_TYPES.get(field.name, pa.string()),
                )
                for field in fields(CardEvent)
            }
        )
        with storage_errors("appending transitions"):
            insert_rows(self._client, "card_events", table)

    def of_card(self, card: int) -> list[CardEvent]:
        """Return the transitions of a card in their order."""
        names = ", ".join(field.name for field in fields(CardEvent))
        with storage_errors("reading transitions"):
            rows = self._client.query(
                f"SELECT {names} FROM card_events FINAL "
                f"WHERE card = {int(card)} ORDER BY transition"
            ).result_rows
        return [CardEvent(*row) for row in rows]
