"""A Prometheus histogram that takes an array at once; the client's own takes one value a call."""

from collections.abc import Iterator, Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

Values = npt.NDArray[np.float64]


class Histogram(Collector):
    """Counts of values by upper bound.

    Parameters
    ----------
    name, meaning
        As in the text form.
    bounds
        Upper bounds, ascending, each included; what lies above the last is counted too.
    """

    def __init__(self, name: str, meaning: str, bounds: Sequence[float]) -> None:
        self._name = name
        self._meaning = meaning
        self._bounds = np.array(bounds, dtype=np.float64)
        self._counts = np.zeros(len(bounds) + 1, dtype=np.int64)
        self._sum = 0.0
        self._lock = Lock()

    def observe(self, values: Values) -> None:
        """Add values; any thread may call it."""
        places = np.searchsorted(self._bounds, values, side="left")
        counts = np.bincount(places, minlength=len(self._counts))
        with self._lock:
            self._counts += counts
            self._sum += float(values.sum())

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Return the counts for a scrape."""
        with self._lock:
            below, total = np.cumsum(self._counts).tolist(), self._sum
        names = [f"{bound:g}" for bound in self._bounds] + ["+Inf"]
        family = HistogramMetricFamily(self._name, self._meaning)
        family.add_metric([], list(zip(names, below, strict=True)), total)
        yield family
