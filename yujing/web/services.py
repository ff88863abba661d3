"""What pages need, filled by the application; pages reach for nothing else."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Engine

from yujing.access.access import Access
from yujing.domain.calendar import Calendar
from yujing.domain.policy import Policy
from yujing.ports import Clock
from yujing.web.words import place

DeskT = TypeVar("DeskT")


class RegionNames(Protocol):
    """What pages ask of the region codes."""

    def name(self, code: int) -> str:
        """Return the Chinese name of a 12-digit code; of an unknown one the code itself."""
        ...


@dataclass(slots=True)
class Services(Generic[DeskT]):
    """The open stores of one county as the pages see them.

    Parameters
    ----------
    access
        Accounts, sessions, audit.
    clock
        The only source of time.
    regions, policy, calendar
        Dated reference data.
    desk
        The desk; its type belongs to the room above.
    desk_engine
        Database of desk, accounts and snapshots.
    vault
        Names and phones.
    state
        Gives the present state; called anew for each request.
    log
        The event log.
    reading
        Opens a moment in which state and log do not change; None when nothing writes beside.
    county
        6-digit prefix of the county served.
    https
        Whether browsers come over https.
    numbers
        Gives the client of ClickHouse that the boards' numbers are read with, inside `reading`.
    grafana
        Address of Grafana, "" without one.
    """

    access: Access
    clock: Clock
    regions: RegionNames
    policy: Policy
    calendar: Calendar
    desk: DeskT
    desk_engine: Engine
    vault: Any
    state: Callable[[], Any]
    log: Any
    county: str
    reading: Callable[[], AbstractContextManager[object]] = field(default=nullcontext)
    https: bool = False
    numbers: Callable[[], Any] = field(default=lambda: None)
    grafana: str = ""

    def place(self, code: int) -> str:
        """Return the name of a place as people say it."""
        return place(self.regions.name(code))
