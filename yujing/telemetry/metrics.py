"""The metrics of a process. Their names are typed lists: mypy refuses an unknown name.

`docs/settings.md` documents each, `docs/operations.md` says which to watch.
"""

from collections.abc import Iterable
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from yujing.telemetry.histogram import Histogram, Values

CounterName = Literal[
    "yujing_rows_total",
    "yujing_warnings_total",
    "yujing_requests_total",
    "yujing_sweeps_total",
    "yujing_cards_total",
    "yujing_subjects_reloaded_total",
    "yujing_subjects_repaired_total",
    "yujing_board_cells_mended_total",
    "yujing_errors_total",
    "yujing_messages_total",
    "yujing_dead_letters_total",
    "yujing_retries_total",
    "yujing_rebalances_total",
    "yujing_fenced_total",
]
GaugeName = Literal[
    "yujing_members",
    "yujing_households",
    "yujing_log_position",
    "yujing_unmatched",
    "yujing_last_deal_day",
    "yujing_up",
    "yujing_ready",
    "yujing_state_bytes",
    "yujing_checkpoint_age_seconds",
    "yujing_lag_messages",
    "yujing_owned_partitions",
    "yujing_paused_sources",
    "yujing_store_away",
    "yujing_source_late_days",
    "yujing_working_day",
    "yujing_report_days_left",
]
HistogramName = Literal[
    "yujing_request_seconds",
    "yujing_batch_rows",
    "yujing_batch_seconds",
    "yujing_known_to_score_seconds",
    "yujing_known_to_red_card_seconds",
    "yujing_produced_to_score_seconds",
    "yujing_rebalance_pause_seconds",
]
MetricName = CounterName | GaugeName | HistogramName

LABELS: dict[str, tuple[str, ...]] = {
    "yujing_rows_total": ("source", "outcome"),
    "yujing_warnings_total": ("source", "rule"),
    "yujing_requests_total": ("status",),
    "yujing_sweeps_total": ("kind",),
    "yujing_cards_total": ("what",),
    "yujing_errors_total": ("where",),
    "yujing_messages_total": ("topic",),
    "yujing_dead_letters_total": ("source",),
    "yujing_retries_total": ("store",),
    "yujing_lag_messages": ("topic", "partition"),
    "yujing_store_away": ("store",),
    "yujing_source_late_days": ("source",),
}
MEANINGS: dict[str, str] = {
    "yujing_rows_total": "Rows at the door by source and outcome.",
    "yujing_warnings_total": "Findings of the data-quality rules by source and rule.",
    "yujing_requests_total": "Requests at the HTTP door by status.",
    "yujing_sweeps_total": "Sweeps done by kind (day, catch_up, dry).",
    "yujing_cards_total": "Cards opened and closed by the service.",
    "yujing_subjects_reloaded_total": "Subjects whose state differed from the log; zero is right.",
    "yujing_subjects_repaired_total": "Subjects made anew because news of them came elsewhere.",
    "yujing_board_cells_mended_total": "Cells of the boards that differed from the facts; zero is "
    "right.",
    "yujing_errors_total": "Failures that no one foresaw.",
    "yujing_messages_total": "Messages taken from Kafka by topic.",
    "yujing_dead_letters_total": "Messages that could not be taken, by source.",
    "yujing_retries_total": "Times that a batch was tried again because a store was away.",
    "yujing_rebalances_total": "Times that partitions were assigned or revoked.",
    "yujing_fenced_total": "Writes refused because another worker owns the partition.",
    "yujing_members": "Members in the state.",
    "yujing_households": "Households in the state.",
    "yujing_log_position": "Position of the last event in the log.",
    "yujing_unmatched": "Events of people who are not registered.",
    "yujing_last_deal_day": "Day number of the last deal, 0 before the first.",
    "yujing_up": "1 once the data is open.",
    "yujing_ready": "1 while /ready answers 200.",
    "yujing_state_bytes": "Memory of the state and its fact index.",
    "yujing_checkpoint_age_seconds": "Seconds since the last checkpoint was made.",
    "yujing_lag_messages": "Messages of an owned partition that are not taken yet.",
    "yujing_owned_partitions": "Partitions that this worker owns.",
    "yujing_paused_sources": "Sources that are paused because of too much garbage.",
    "yujing_source_late_days": "Days since the promised day of what a source did not deliver.",
    "yujing_report_days_left": "Days until this year's annual report is due; unsigned ones only.",
    "yujing_working_day": "1 on a working day, 调休 counted; 0 on a day off.",
    "yujing_store_away": "1 while a store (kafka, clickhouse, postgres) does not answer.",
    "yujing_request_seconds": "Time of a request at the HTTP door.",
    "yujing_batch_rows": "Rows of a batch.",
    "yujing_batch_seconds": "Time of a batch from taken to stored.",
    "yujing_known_to_score_seconds": "From known_at (whole seconds) to the stored score.",
    "yujing_known_to_red_card_seconds": "From known_at (whole seconds) to the red card.",
    "yujing_produced_to_score_seconds": "From the time stamp in Kafka to the stored score.",
    "yujing_rebalance_pause_seconds": "Time in which a partition that changed hands stood still.",
}

_SHORT = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_LONG = (1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 86_400.0)  # known_at: 1 s
BOUNDS: dict[HistogramName, tuple[float, ...]] = {
    "yujing_request_seconds": _SHORT,
    "yujing_batch_rows": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 20_000),
    "yujing_batch_seconds": _SHORT,
    "yujing_known_to_score_seconds": _LONG,
    "yujing_known_to_red_card_seconds": _LONG,
    "yujing_produced_to_score_seconds": _SHORT,
    "yujing_rebalance_pause_seconds": _SHORT,
}


class Metrics:
    """The metrics of one process; each instance has its own registry."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counters = {
            name: Counter(name, MEANINGS[name], LABELS.get(name, ()), registry=self._registry)
            for name in get_args(CounterName)
        }
        self._gauges = {
            name: Gauge(name, MEANINGS[name], LABELS.get(name, ()), registry=self._registry)
            for name in get_args(GaugeName)
        }
        self._histograms = {
            name: Histogram(name, MEANINGS[name], bounds) for name, bounds in BOUNDS.items()
        }
        for histogram in self._histograms.values():
            self._registry.register(histogram)

    def count(self, name: CounterName, n: float = 1, **labels: str) -> None:
        """Add `n` to a counter."""
        counter = self._counters[name]
        (counter.labels(**labels) if labels else counter).inc(n)

    def set(self, name: GaugeName, value: float, **labels: str) -> None:
        """Set a gauge."""
        gauge = self._gauges[name]
        (gauge.labels(**labels) if labels else gauge).set(value)

    def forget(self, name: GaugeName, labels: Iterable[tuple[str, ...]]) -> None:
        """Take gauges away that nobody sets any more, such as those of a revoked partition."""
        for values in labels:
            self._gauges[name].remove(*values)

    def observe(self, name: HistogramName, values: float | Values) -> None:
        """Add one or many values to a histogram.

        Parameters
        ----------
        name
            Which one.
        values
            A number, or an array of any length; a whole batch is one call.
        """
        many: npt.NDArray[np.float64] = np.atleast_1d(np.asarray(values, dtype=np.float64))
        self._histograms[name].observe(many)

    def text(self) -> bytes:
        """Return all metrics in Prometheus' text form."""
        return generate_latest(self._registry)
