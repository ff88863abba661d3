"""The board kept in memory: drawn from state and desk when they change, at most once a minute."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

import numpy as np
from sqlalchemy import Engine, text

from dashboards.counts import VillageCounts
from dashboards.numbers import NEEDS, counts_of
from dashboards.picture import Ints, Keys, Picture, draw, live_households
from dashboards.snapshots import Snapshots
from models.features.policy import IncomePolicy
from yujing.storage.sql import reading
from yujing.web.services import Services

FRESH_FOR = timedelta(minutes=1)
_NOBODY = np.empty(0, dtype=np.uint64)


@dataclass(frozen=True)
class Board:
    """What the pages show: the picture, its numbers, and when it was drawn."""

    picture: Picture
    counts: Mapping[str, VillageCounts]
    drawn_at: datetime


class Boards:
    """Draws and keeps the board of one county.

    Parameters
    ----------
    services
        The open stores.
    """

    def __init__(self, services: Services[Any]) -> None:
        self._services = services
        self._lock = Lock()
        self._key: tuple[object, ...] | None = None
        self._board: Board | None = None

    def board(self, as_of: date) -> Board:
        """Return the board of today, drawn anew when facts or cards changed a minute ago."""
        now = self._services.clock.now()
        with self._lock:
            kept = self._board
            if (
                kept is not None
                and kept.picture.as_of == as_of
                and timedelta(0) <= now - kept.drawn_at < FRESH_FOR
            ):
                return kept
            with self._services.reading():
                key = (as_of, self._services.log.count(), self._last_transition())
                if kept is None or key != self._key:
                    picture = self._draw(as_of)
                    self._board = Board(picture, counts_of(picture), now)
                    self._key = key
                elif kept is not None:
                    self._board = Board(kept.picture, kept.counts, now)
            assert self._board is not None  # noqa: S101  set by one of the branches above
            return self._board

    def _draw(self, as_of: date) -> Picture:
        services = self._services
        return draw(
            services.state(), live_households(services.desk_engine), as_of=as_of,
            policy=services.policy,
        )  # fmt: skip

    def _last_transition(self) -> int:
        with reading(self._services.desk_engine) as connection:
            return int(connection.execute(text("SELECT max(id) FROM transitions")).scalar() or 0)


def keep_snapshot(
    state: Any, engine: Engine, *, as_of: date, policy: IncomePolicy,
    snapshots: Callable[[Engine], Snapshots] = Snapshots,
) -> None:  # fmt: skip
    """Keep the numbers of a day; the sweep calls it after the deal."""
    picture = draw(state, live_households(engine), as_of=as_of, policy=policy)
    snapshots(engine).keep(as_of, counts_of(picture))


def counts_without_cards(
    state: Any, *, as_of: date, policy: IncomePolicy
) -> dict[str, VillageCounts]:
    """Return the numbers of a day that a state alone gives, of a part of a county as well."""
    counts = counts_of(draw(state, _NOBODY, as_of=as_of, policy=policy))
    del counts[NEEDS]
    return counts


def keep_counts(
    counts: Mapping[str, VillageCounts], engine: Engine, *, as_of: date, keys: Keys, regions: Ints
) -> None:
    """Keep the numbers of a day with those that the desk gives.

    Parameters
    ----------
    counts
        Of the whole county, from `counts_without_cards`.
    keys, regions
        Its households with present members, and their villages.
    """
    live = np.isin(keys, live_households(engine))
    needs = VillageCounts.tally(regions, live, np.ones(len(keys), dtype=bool))
    Snapshots(engine).keep(as_of, {NEEDS: needs, **counts})
