"""Ports: what leaves the process, as protocols that adapters obey."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the present moment, aware, UTC; it may go back, so who stamps must guard."""
        ...
