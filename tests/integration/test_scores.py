"""Scores and card transitions on the real engine: what comes twice counts once."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from streams.log.card_events import CardEvent, CardLog
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
