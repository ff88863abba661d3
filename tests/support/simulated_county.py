"""The small simulated county that the simulator's tests share, and its events as read back."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from streams.simulator.simulate import Summary
from streams.simulator.world import Order

END = date(2026, 6, 30)
ORDER = Order(households=400, months=26, world="base", seed=7, end=END)


def silent(_what: str, _share: float) -> None:
    pass


@dataclass(frozen=True)
class Written:
    """A county as written."""

    folder: Path
    summary: Summary
    lines: list[bytes]

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """All events, in the order of the files."""
        return [json.loads(line) for line in self.lines]

    def of(self, event_type: str) -> list[dict[str, Any]]:
        """Return the events of one type."""
        return [event for event in self.events if event["event_type"] == event_type]

    @cached_property
    def versions(self) -> Counter[tuple[str, str, int]]:
        """How often each (source, record, version) was sent."""
        return Counter(
            (e["source_system"], e["source_record_id"], e["source_version"]) for e in self.events)
