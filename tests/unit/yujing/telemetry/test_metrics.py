"""Every metric has a meaning and can be scraped; arrays enter a histogram at once."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client import Histogram as OneByOne
from prometheus_client.parser import text_string_to_metric_families

from yujing.telemetry.histogram import Histogram
from yujing.telemetry.metrics import (
    BOUNDS,
    LABELS,
    MEANINGS,
    CounterName,
    GaugeName,
    HistogramName,
    Metrics,
)


def samples(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.values()))): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def test_every_metric_has_a_meaning_and_can_be_counted() -> None:
    metrics = Metrics()
    for counter in get_args(CounterName):
        metrics.count(counter, **dict.fromkeys(LABELS.get(counter, ()), "x"))
    for gauge in get_args(GaugeName):
        metrics.set(gauge, 2, **dict.fromkeys(LABELS.get(gauge, ()), "x"))
    for histogram in get_args(HistogramName):
        metrics.observe(histogram, 0.5)

    text = metrics.text().decode()
    names = {*get_args(CounterName), *get_args(GaugeName), *get_args(HistogramName)}
    assert names == set(MEANINGS)
    assert set(get_args(HistogramName)) == set(BOUNDS)
    assert set(LABELS) <= names
    assert all(name in text for name in names)


def test_what_a_revoked_partition_said_is_forgotten() -> None:
    metrics = Metrics()
    metrics.set("yujing_lag_messages", 7, topic="employment-events", partition="3")
    metrics.set("yujing_lag_messages", 9, topic="employment-events", partition="4")

    metrics.forget("yujing_lag_messages", [("employment-events", "3"), ("employment-events", "8")])

    lags = {labels: n for (name, labels), n in samples(metrics).items() if "lag" in name}
    assert lags == {("4", "employment-events"): 9.0}


@given(st.lists(st.floats(0, 2_000, allow_nan=False) | st.sampled_from([0.5, 1.0, 5.0])))
def test_an_array_counts_as_its_values_one_by_one(values: list[float]) -> None:
    bounds = (0.5, 1.0, 5.0, 100.0)
    registry = CollectorRegistry()
    known = OneByOne("h", "h", buckets=bounds, registry=registry)
    for value in values:
        known.observe(value)
    ours = Histogram("h", "h", bounds)
    ours.observe(np.array(values))

    expected = {
        (sample.name, sample.labels.get("le")): sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name != "h_created"
    }
    found = {
        (sample.name, sample.labels.get("le")): sample.value
        for family in ours.collect()
        for sample in family.samples
    }
    bound = {None: None, "+Inf": "+Inf"} | {f"{b:g}": str(b) for b in bounds}
    assert {(name, bound[le]): value for (name, le), value in found.items()} == {
        key: pytest.approx(value) for key, value in expected.items()
    }
