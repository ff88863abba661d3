"""A made-up history of facts: people who lose work more often after their wage fell."""

from datetime import date

import numpy as np

from streams.content import content_hashes
from streams.fact import HOUSEHOLD, FactArray, empty_facts
from tests.unit.models.synthetic import VILLAGE
from yujing.domain.codes import Answer, Category, EndReason, Schooling, Skill, Student, number
from yujing.domain.days import month_end, month_start, to_day, to_month

FIRST = date(2023, 1, 1)
N_MONTHS = 40
END = month_start(to_month(FIRST) + N_MONTHS)


def made_up_history(n_households: int, seed: int, *, poor_share: float = 0.06) -> FactArray:
    """Return about 2 N_MONTHS facts a household, known a month after they happen."""
    rng = np.random.default_rng(seed)
    homes = np.arange(1, n_households + 1, dtype=np.uint64) * np.uint64(2**40 + 12345)
    people = np.repeat(homes, 2) + np.tile(np.array([7, 8], np.uint64), n_households)
    region = VILLAGE + np.repeat(np.arange(n_households) % 8, 2)
    parts = [_registration(people, np.repeat(homes, 2), region, rng)]
    trouble = np.zeros(len(people), dtype=bool)
    in_work = np.ones(len(people), dtype=bool)
    for month in range(to_month(FIRST), to_month(FIRST) + N_MONTHS):
        parts += _month(month, people, region, trouble, in_work, rng)
        lost = in_work & (rng.random(len(people)) < np.where(trouble, 0.25, 0.008))
        found = ~in_work & (rng.random(len(people)) < 0.15)
        parts += _changes(month + 1, people, region, lost, found)
        in_work = (in_work & ~lost) | found
        trouble = (trouble & in_work & (rng.random(len(people)) < 0.95)) | (
            in_work & (rng.random(len(people)) < 0.015))
        if (month + 1) % 12 == 11:
            parts.append(_incomes(month, homes, region[::2], rng, poor_share))
        parts.append(_openings(month, homes, region[::2], rng))
    history = np.concatenate(parts)
    history["fact"] = rng.permutation(len(history)).astype(np.uint64) + 1
    history["version"], history["position"] = 1, np.arange(len(history)) + 1
    history["content"] = content_hashes(history)
    return history[np.argsort(history["known_at"], kind="stable")]


def _rows(kind: int, subjects: np.ndarray, region: np.ndarray, day: int, late: int) -> FactArray:
    rows = empty_facts(len(subjects))
    rows["kind"], rows["subject"], rows["region"] = kind, subjects, region
    rows["occurred_from"] = rows["occurred_to"] = day
    rows["known_at"] = (day + late) * 86400
    return rows


def _registration(
    people: np.ndarray, homes: np.ndarray, region: np.ndarray, rng: np.random.Generator
) -> FactArray:
    rows = _rows(1, people, region, to_day(FIRST), 0)
    rows["other"], rows["skill"] = homes, number(Skill.ORDINARY)
    rows["student"], rows["health"] = number(Student.NO), 2
    rows["schooling"] = rng.integers(1, len(Schooling), len(people))
    rows["sex"] = rng.integers(1, 3, len(people))
    rows["birth"] = to_day(FIRST) - 365 * rng.integers(20, 50, len(people))
    return rows


def _month(
    month: int, people: np.ndarray, region: np.ndarray, trouble: np.ndarray, in_work: np.ndarray,
    rng: np.random.Generator,
) -> list[FactArray]:
    rows = _rows(9, people, region, to_day(month_end(month)), 4)
    rows["month"] = month
    rows["worked"] = np.where(in_work, number(Answer.YES), number(Answer.NO))
    wage = np.where(trouble, 2500, 4000) + rng.integers(-200, 200, len(people))
    rows["wage_fen"] = np.where(in_work, wage * 100, rows["wage_fen"])
    return [rows]


def _changes(
    month: int, people: np.ndarray, region: np.ndarray, lost: np.ndarray, found: np.ndarray
) -> list[FactArray]:
    day = to_day(month_start(month))
    ends = _rows(8, people[lost], region[lost], day - 1, 30)
    ends["reason"] = number(EndReason.LAID_OFF)
    starts = _rows(7, people[found], region[found], day, 12)
    return [ends, starts]


def _incomes(
    month: int, homes: np.ndarray, region: np.ndarray, rng: np.random.Generator, poor_share: float
) -> FactArray:
    rows = _rows(18, homes, region, to_day(month_end(month)), 20)
    rows["subject_kind"], rows["n_members"] = HOUSEHOLD, 2
    poor = rng.random(len(homes)) < poor_share
    rows["income_wage_fen"] = np.where(poor, 1_500_000, 3_000_000)
    rows["income_business_fen"] = rng.integers(0, 400_000, len(homes))
    rows["expense_fen"] = 0
    rows["self_pay_fen"] = 0
    return rows


def _openings(
    month: int, homes: np.ndarray, region: np.ndarray, rng: np.random.Generator
) -> FactArray:
    picked = rng.random(len(homes)) < 0.001
    rows = _rows(5, homes[picked], region[picked], to_day(month_start(month)) + 9, 15)
    rows["subject_kind"], rows["category"] = HOUSEHOLD, number(Category.SUDDEN_HARDSHIP)
    return rows
