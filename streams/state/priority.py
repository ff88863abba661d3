"""Which source wins where two speak of the same day: judgement kept as data (priority.csv)."""

import csv
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from streams.wire.catalogue import BY_NAME, EVENT_TYPES
from yujing.domain.codes import Source, numbers


@cache
def priorities() -> npt.NDArray[np.uint8]:
    """Return the priority of each source for each event type.

    Returns
    -------
    Shape (largest kind + 1, number of sources), in [0, 255]; larger wins. A row of the file that
    names an event type outranks the row with `*`.
    """
    table = np.zeros((max(t.kind for t in EVENT_TYPES) + 1, len(numbers(Source))), dtype=np.uint8)
    text = files("streams.state").joinpath("priority.csv").read_text(encoding="utf8")
    rows = sorted(csv.DictReader(text.splitlines()), key=lambda row: row["event_type"] != "*")
    for row in rows:
        kinds = slice(None) if row["event_type"] == "*" else BY_NAME[row["event_type"]].kind
        table[kinds, numbers(Source)[row["source_system"]]] = int(row["priority"])
    return table
