"""A process that sends events and dies at a step of the door.

Run as ``python -m tests.support.door_child STEP`` with the settings in its environment and a JSON
array of events on standard input. STEP is `Class.method`, and the process ends when it returned.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from streams.kafka.producer import Producer
from streams.log.unmatched import Unmatched
from streams.vault.deadletters import DeadLetters
from streams.vault.routing import Routing
from streams.vault.vault import Vault
from tests.support.kafka_reading import send
from tests.support.pages import MovableClock
from tests.support.running_county import NOW
from yujing.app.county import County
from yujing.settings import load_settings

STEPS: dict[str, tuple[type, str]] = {
    "keep_dead_letters": (DeadLetters, "keep_all"),
    "keep_unmatched": (Unmatched, "keep"),
    "remember": (Vault, "remember"),
    "send": (Producer, "send"),
    "register": (Routing, "register"),
    "move": (Routing, "move"),
    "release": (Unmatched, "release"),
    "drop": (Unmatched, "drop"),
}


def dying(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method, after which the process is dead."""

    def last(*arguments: Any, **named: Any) -> Any:
        method(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return last


def main(step: str) -> None:
    """Send what standard input holds, up to a step."""
    owner, name = STEPS[step]
    setattr(owner, name, dying(getattr(owner, name)))
    clock = MovableClock()
    clock.at = NOW
    with County.open(load_settings(), clock=clock) as county:
        send(county, *json.load(sys.stdin))


if __name__ == "__main__":
    main(sys.argv[1])
