from datetime import date
from pathlib import Path

import numpy as np
import pytest

from streams.simulator.array import NEVER
from streams.simulator.truth import Truth
from yujing.domain.days import to_day
from yujing.errors import UsageError

SPRING, WINTER = date(2026, 3, 2), date(2026, 1, 5)


def test_a_folder_without_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no truth"):
        Truth.read(tmp_path)


def test_u90_says_yes_to_those_whose_next_thirty_days_off_begin_in_time(truth: Truth) -> None:
    numbers, lost = truth.u90_outcome(SPRING)
    day, place = to_day(SPRING), {number: i for i, number in enumerate(truth.id_numbers.tolist())}
    for number, yes in zip(numbers.tolist(), lost.tolist(), strict=True):
        rows = truth.spells_of(place[number])
        end, gap = truth.end[rows], truth.following[rows] - truth.end[rows]
        assert yes == bool(((end > day) & (end <= day + 90) & (gap >= 30)).any())
    assert 0.03 < lost.mean() < 0.12


def test_visits_of_the_festival_do_not_count(truth: Truth) -> None:
    _, lost = truth.u90_outcome(WINTER)
    day = to_day(WINTER)
    gaps = truth.following - truth.end
    ended = (truth.end > day) & (truth.end <= day + 90) & (gaps >= 30)
    people = np.unique(truth.person[ended & (truth.start <= day)])

    assert lost.sum() < len(people)


def test_the_oracle_is_calibrated_and_ranks_well(truth: Truth) -> None:
    predicted, happened, top = [], [], []
    for month in range(1, 13):
        as_of = date(2025, month, 3)
        numbers, lost = truth.u90_outcome(as_of)
        known, chance = truth.u90_hazard(as_of)
        of = dict(zip(known.tolist(), chance.tolist(), strict=True))
        hazard = np.array([of[number] for number in numbers.tolist()])
        predicted.append(hazard.mean())
        happened.append(lost.mean())
        top.append(lost[np.argsort(-hazard)[:len(hazard) // 10]].mean() / lost.mean())

    assert np.mean(happened) == pytest.approx(np.mean(predicted), rel=0.2)
    assert np.mean(top) > 2


def test_p12_leaves_out_who_is_poor_already_and_dates_the_onset(truth: Truth) -> None:
    as_of = date(2025, 3, 1)
    numbers, fell, onset = truth.p12_outcome(as_of)
    day = to_day(as_of)

    assert len(numbers) < len(truth.household_numbers)
    assert 0 < fell.mean() < 0.06
    assert (onset[fell] >= day).all()
    assert (onset[fell] < day + 366).all()
    assert (onset[~fell] == NEVER).all()


def test_the_p12_oracle_gives_chances_that_rank(truth: Truth) -> None:
    as_of = date(2025, 3, 1)
    numbers, fell, _ = truth.p12_outcome(as_of)
    known, chance = truth.p12_hazard(as_of, futures=4)

    assert np.array_equal(numbers, known)
    assert ((chance >= 0) & (chance <= 1)).all()
    assert chance[fell].mean() > 3 * chance[~fell].mean()


def test_who_is_idle_and_until_when(truth: Truth) -> None:
    day = to_day(SPRING)
    until, working = truth.idle_until(day), truth.at_work(day)

    assert (until[working] == 0).all()
    assert (until[until > 0] > day).all()
