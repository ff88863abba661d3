"""Scores and card transitions on the real engine: what comes twice counts once."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from streams.log.card_events import CardEvent, CardLog
from streams.log.latest_scores import LatestBatch, LatestScores
from streams.log.scores import HOUSEHOLD, MEMBER, ScoreBatch, ScoreLog

pytestmark = pytest.mark.integration
DAY = date(2026, 11, 24)


@pytest.fixture
def client(clickhouse: Any) -> Any:
    return clickhouse


def some_scores(*keys: int, probability: float) -> ScoreBatch:
    n = len(keys)
    return ScoreBatch(
        DAY,
        MEMBER,
        "u90",
        "m1",
        np.array(keys, dtype=np.uint64),
        np.full(n, probability),
        np.full(n, -1.5),
    )


def test_a_second_sweep_of_the_day_replaces_the_first(client: Any) -> None:
    scores = ScoreLog(client)
    scores.append(some_scores(2**64 - 1, 5, probability=0.1))
    scores.append(some_scores(5, probability=0.3))
    scores.append(replace(some_scores(5, probability=0.9), level=HOUSEHOLD))
    scores.append(some_scores(probability=0.3))

    read = scores.read(DAY, MEMBER, "u90")

    assert read.keys.tolist() == [5, 2**64 - 1]
    assert read.probability.tolist() == [0.3, 0.1]
    assert read.points.tolist() == [-1.5, -1.5]
    assert read.model_id == "m1"
    assert scores.days() == [DAY]
    assert len(scores.read(date(2026, 1, 1), MEMBER, "u90").keys) == 0


def test_a_transition_that_the_outbox_brings_twice_counts_once(client: Any) -> None:
    cards = CardLog(client)
    opened = CardEvent(
        transition=1,
        card=7,
        household=2**64 - 1,
        person=0,
        region=520221102001,
        level=2,
        from_stage="",
        to_stage="open",
        reason="job_ended",
        role="",
        happened_at=1_764_000_000,
    )
    done = replace(opened, transition=2, from_stage="open", to_stage="completed", role="worker")

    cards.append([opened])
    cards.append([opened, done])
    cards.append([])

    assert cards.of_card(7) == [opened, done]
    assert cards.of_card(8) == []


def some_latest(as_of: int, known_at: int, probability: float, *, n: int = 2) -> LatestBatch:
    return LatestBatch(
        MEMBER,
        "u90",
        "m1",
        as_of,
        1_764_000_000_123,
        np.array([5, 2**64 - 1][:n], dtype=np.uint64),
        np.full(n, known_at, dtype=np.uint32),
        np.full(n, probability),
        np.full(n, -1.5),
    )


def test_the_score_with_the_later_cut_off_and_the_newer_fact_stays(client: Any) -> None:
    scores = LatestScores(client)
    keys = np.array([2**64 - 1, 5, 6], dtype=np.uint64)
    scores.append(some_latest(1_764_000_000, 50, 0.1))
    scores.append(some_latest(1_764_000_000, 60, 0.2, n=1))
    scores.append(some_latest(1_764_000_000, 55, 0.3))  # from who lost the partition, too late
    scores.append(some_latest(1_763_000_000, 99, 0.4))
    scores.append(some_latest(1_763_000_000, 99, 0.4, n=0))
    scores.append(replace(some_latest(1_765_000_000, 99, 0.5), level=HOUSEHOLD))

    kept = scores.of(MEMBER, "u90", keys)

    assert kept == {
        5: (0.2, 1_764_000_000, "m1"),
        2**64 - 1: (0.3, 1_764_000_000, "m1"),
    }
    scores.append(some_latest(1_764_000_001, 1, 0.9, n=1))
    assert scores.of(MEMBER, "u90", keys)[5][0] == 0.9
    assert scores.count() == 4
    assert scores.of(MEMBER, "p12", keys) == {}
    at = client.query("SELECT DISTINCT toString(scored_at) FROM latest_scores").result_rows
    assert at == [("2025-11-25 00:00:00.123",)]
    with pytest.raises(ValueError, match="no name"):
        scores.of("member' OR 1", "u90", keys)
