"""One measured figure and how it is printed and timed."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """A figure beside its baseline, from one run.

    Attributes
    ----------
    ratio
        Above 1 = better than the baseline.
    """

    bench: str
    value: float
    unit: str
    baseline: float | None
    ratio: float | None

    def line(self) -> str:
        """Return the figure as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def median_seconds(work: Callable[[], object], *, repeats: int = 5) -> float:
    """Return the median time of a few runs of `work`, in seconds."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)
