"""What passes while the demo of the stream runs, as a line every two seconds."""

import re
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic

from sqlalchemy import func, select

from alerts.desk.tables import CARDS, OUTCOMES
from alerts.rules.catalogue import RED
from yujing.app.county import County
from yujing.app.cut_offs import CutOffs
from yujing.app.demo_stream_processes import Process
from yujing.app.output import Output
from yujing.errors import StorageError
from yujing.settings import SHANGHAI
from yujing.storage.sql import reading

EVERY_S = 2.0
_LAG = re.compile(r"^yujing_lag_messages\{.*\} ([0-9.e+]+)$", re.MULTILINE)
_PATIENCE_S = 1.0


@dataclass(frozen=True)
class Seen:
    """What there is at a moment.

    Parameters
    ----------
    at
        Time of day in China.
    sent, left
        Events of the newest weeks.
    per_s
        Events sent a second since the last look.
    log_rows
        Rows of the event log.
    lag
        Messages that each worker has not taken yet, None where it does not answer.
    cards, reds
        Cards that were opened, those of the highest level among them.
    visits
        Visits that were recorded.
    last_deal
        The last day that was dealt.
    """

    at: str
    sent: int
    left: int
    per_s: float
    log_rows: int
    lag: dict[str, int | None]
    cards: int
    reds: int
    visits: int
    last_deal: str | None

    def words(self) -> str:
        """Return the line for a person."""
        behind = ", ".join(f"{n} {'?' if lag is None else lag}" for n, lag in self.lag.items())
        return (
            f"{self.at}  {self.per_s:4.0f} events/s  {self.left:,} to come  "
            f"log {self.log_rows:,} rows  lag {behind}  cards {self.cards} ({self.reds} red)  "
            f"visits {self.visits}  last deal {self.last_deal or '-'}"
        )


class Watch:
    """Looks at the stores and at the workers' metrics.

    Parameters
    ----------
    county
        The open stores.
    workers
        Whose lag is asked.
    output
        Hears of what was seen.
    """

    def __init__(self, county: County, workers: Sequence[Process], output: Output) -> None:
        self._county, self._workers, self._output = county, workers, output
        self._cut_offs = CutOffs(county.engine, county.settings.partitions)
        self._looked_at, self._sent_then = monotonic(), 0
        self._told: Seen | None = None

    def look(self, sent: int = 0, of: int = 0) -> None:
        """Say what passes if it is time for it; once nothing passes, nothing is said.

        Parameters
        ----------
        sent, of
            Events of the newest weeks.
        """
        now = monotonic()
        if now - self._looked_at < EVERY_S:
            return
        per_s = (sent - self._sent_then) / (now - self._looked_at)
        self._looked_at, self._sent_then = now, sent
        try:
            seen = self._see(sent, of, per_s)
        except StorageError as error:
            self._output.message(str(error))
            return
        if self._told is None or _content(seen) != _content(self._told):
            self._output.result(_fields(seen), seen.words())
        self._told = seen

    def last_dealt(self) -> date | None:
        """Return the last day that was dealt."""
        return self._cut_offs.last_dealt()

    def _see(self, sent: int, of: int, per_s: float) -> Seen:
        county = self._county
        _ = county.desk
        with reading(county.engine) as connection:
            cards, reds = (
                int(connection.execute(query).scalar_one())
                for query in (
                    select(func.count()).select_from(CARDS),
                    select(func.count()).select_from(CARDS).where(CARDS.c.level >= RED),
                )
            )
            visits = int(
                connection.execute(
                    select(func.count()).select_from(OUTCOMES).where(OUTCOMES.c.undone == 0)
                ).scalar_one()
            )
        dealt = self.last_dealt()
        at = county.now().astimezone(SHANGHAI).strftime("%H:%M:%S")
        return Seen(
            at, sent, of - sent, round(per_s, 1), county.log.count(),
            {worker.name: lag_of(worker.address) for worker in self._workers},
            cards, reds, visits, dealt.isoformat() if dealt else None,
        )  # fmt: skip


def lag_of(address: str | None) -> int | None:
    """Return how many messages a worker has not taken yet, None if it does not answer."""
    if address is None:
        return None
    try:
        with urllib.request.urlopen(f"{address}/metrics", timeout=_PATIENCE_S) as answer:  # noqa: S310  our own
            return lag_in(answer.read().decode())
    except OSError:
        return None


def lag_in(metrics: str) -> int:
    """Return the sum over topics and partitions.

    Examples
    --------
    >>> lag_in('yujing_lag_messages{partition="0",topic="household-events"} 3.0')
    3
    """
    return int(sum(float(found) for found in _LAG.findall(metrics)))


def _content(seen: Seen) -> dict[str, object]:
    return {name: value for name, value in _fields(seen).items() if name != "at"}


def _fields(seen: Seen) -> dict[str, object]:
    return dict(vars(seen))
