"""A process that delivers a sheet and kills itself at a step of the way.

Run as ``python sheets_child.py DATA SHEET STEP`` with a step of `STEPS`; "end" lets it finish.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yujing.app.sheets.delivery as delivery
from streams.vault.kept_columns import KeptColumns
from tests.support.sheet_office import office, send
from yujing.app.sheets.passage import Passage
from yujing.app.sheets.register import Deliveries
from yujing.app.sheets.scopes import Scopes
from yujing.app.sheets.ways import OwnWay

AFTER, BEFORE = "after", "before"
STEPS: dict[str, tuple[Any, str, str, int]] = {
    "numbered": (Deliveries, "begin", AFTER, 1),
    "columns kept": (KeptColumns, "keep", AFTER, 1),
    "scopes held": (Scopes, "hold", AFTER, 1),
    "read": (Passage, "read", AFTER, 1),
    "first batch in": (OwnWay, "take", AFTER, 1),
    "all in, nothing withdrawn": (delivery, "withdraw", BEFORE, 1),
    "withdrawn": (delivery, "withdraw", AFTER, 1),
    "made anew": (OwnWay, "end", AFTER, 1),
    "inside the last transaction": (Scopes, "settle", AFTER, 1),
}


def dying(real: Callable[..., Any], when: str, nth: int) -> Callable[..., Any]:
    """Return a function that kills its process before or after its n-th call."""
    calls = 0

    def call(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth and when == BEFORE:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*arguments, **named)
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return call


def main(data: Path, sheet: Path, step: str) -> None:
    """Deliver the sheet as far as the step."""
    if step in STEPS:
        holder, name, when, nth = STEPS[step]
        setattr(holder, name, dying(getattr(holder, name), when, nth))
    with office(data) as county:
        send(county, sheet.read_bytes(), sheet.name, confirm_retractions=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
