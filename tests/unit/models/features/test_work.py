"""Who is in work, from examples worked by hand."""

from datetime import date

import numpy as np
import pytest

from models.features import EMPLOYED, JOBLESS, NOT_APPLICABLE, STALE, Snapshot
from models.features.work import work_of
from tests.unit.models.synthetic import (
    AS_OF,
    FlatPolicy,
    FlatState,
    bits,
    one_household,
    one_member,
    register,
)
from yujing.domain.codes import Skill, Student, number
from yujing.domain.days import to_day

MAY, APRIL, MARCH = 1, 2, 3   # months before AS_OF's


def status(**columns: object) -> tuple[int, float]:
    snapshot = Snapshot(FlatState(one_member(**columns), one_household()), AS_OF, FlatPolicy())
    work = work_of(snapshot)
    return int(work.status[0]), float(work.jobless_days[0])


@pytest.mark.parametrize(("columns", "expected"), [
    ({"worked": bits(MAY)}, EMPLOYED),
    ({"worked": bits(MARCH)}, STALE),
    ({"worked": bits(APRIL)}, EMPLOYED),                      # 30 April is 32 days ago
    ({"paid": [bits(MAY), 0, 0, 0]}, EMPLOYED),
    ({}, STALE),
    ({"idle": bits(MAY), "worked": bits(APRIL)}, JOBLESS),
    ({"idle": bits(APRIL), "worked": bits(MAY)}, EMPLOYED),
    ({"idle": bits(MAY), "paid": [bits(MAY), 0, 0, 0]}, EMPLOYED),
    ({"job_order": register(date(2026, 5, 20))}, EMPLOYED),
    ({"job_order": register(date(2025, 5, 20)), "worked": bits(MAY),
      "end": register(date(2026, 5, 10))}, JOBLESS),          # May was worked until the end
    ({"job_order": register(date(2026, 5, 20)), "worked": bits(MAY),
      "end": register(date(2026, 5, 10))}, EMPLOYED),
    ({"worked": bits(MAY), "end": register(date(2026, 3, 10))}, EMPLOYED),
    ({"end": register(date(2026, 5, 10)), "visit": register(date(2026, 5, 25), 2 << 8)}, EMPLOYED),
    ({"worked": bits(APRIL), "visit": register(date(2026, 5, 25), 1 << 8)}, JOBLESS),
    ({"worked": bits(MAY), "skill": number(Skill.LOST)}, NOT_APPLICABLE),
    ({"worked": bits(MAY), "student": number(Student.SENIOR)}, NOT_APPLICABLE),
    ({"worked": bits(MAY), "birth": to_day(date(1966, 5, 1))}, NOT_APPLICABLE),
    ({"worked": bits(MAY), "birth": to_day(date(1967, 5, 1))}, EMPLOYED),
    ({"worked": bits(MAY), "exit": register(date(2024, 1, 1))}, NOT_APPLICABLE),
    ({"worked": bits(MAY), "member_order": 0}, NOT_APPLICABLE),
])
def test_status_follows_the_latest_evidence(columns: dict[str, object], expected: int) -> None:
    assert status(**columns)[0] == expected


def test_jobless_days_count_from_the_end_of_work() -> None:
    ended = status(job_order=register(date(2025, 5, 20)), end=register(date(2026, 5, 10)))
    idle = status(worked=bits(APRIL), idle=bits(MAY))

    assert ended == (JOBLESS, 21)     # 11 May ... 31 May
    assert idle == (JOBLESS, 31)


def test_who_came_back_after_leaving_is_present_again() -> None:
    member = one_member(exit=register(date(2024, 1, 1)), member_order=register(date(2025, 1, 1)))
    snapshot = Snapshot(FlatState(member, one_household()), AS_OF, FlatPolicy())

    assert snapshot.present.tolist() == [True]
    assert np.floor(snapshot.age).tolist() == [30]
