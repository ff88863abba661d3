"""Answers that the data suggest, so that a worker only has to confirm them."""

from datetime import date

import numpy as np

from alerts.rules.part import part_of
from alerts.rules.situation import Situation, StateView, highest_bit, packed_days
from streams.state import read
from yujing.domain.codes import Answer, Measure, number
from yujing.domain.days import NEVER
from yujing.domain.policy import Policy

_RELIEF = (number(Measure.MEDICAL), number(Measure.SOCIAL_ASSISTANCE))
_YES, _NO = number(Answer.YES), number(Answer.NO)
RECENT_MONTHS = 2   # contributions of the last months arrive late: median 18 days, 95 % 55 days


def known_answers(
    state: StateView, household: int, person: int, *, as_of: date, policy: Policy,
) -> dict[str, str]:
    """Return answers by question, only where the data say something.

    Parameters
    ----------
    household, person
        Keys; for person 0 the household as a whole.
    """
    part = part_of(state, np.array([household], dtype=np.uint64))
    situation = Situation(part, as_of, policy)
    who = np.flatnonzero(
        situation.labour if person == 0 else situation.members["key"] == np.uint64(person)
    )
    if not len(who):
        return {}
    return {**_of_work(situation, who), **_of_insurance(situation, who), **_of_help(situation, who)}


def _of_work(situation: Situation, who: np.ndarray) -> dict[str, str]:
    """Return answers about work, about its end and about leaving again."""
    known = {}
    jobless = situation.jobless_since[who]
    if situation.works[who].any():
        known["works"] = "有活"
    elif (jobless > NEVER).all():
        known["works"] = "没活"
        days = situation.day - int(jobless.max())
        known["since"] = (
            "不到一个月" if days < 30 else "一到三个月" if days <= 90 else "三个月以上"
        )
    planned = read.packed_value(situation.members["plan"][who]).astype(np.int64) & 0xFF
    if (planned == _YES).any():
        known["leaves"] = "有打算"
    elif (planned == _NO).all():
        known["leaves"] = "不外出"
    return known


def _of_insurance(situation: Situation, who: np.ndarray) -> dict[str, str]:
    """Return answers about employee insurance and the resident pension of this year."""
    known = {}
    last = highest_bit(situation.paid[who])
    if (last >= 0).any():
        newest = int(last.max())
        now = situation.month - situation.state.base_month
        known["insured"] = "在交" if now - newest <= RECENT_MONTHS else "没交"
    paid = situation.members["resident_paid"][who, 0]
    year = np.uint16(situation.as_of.year - situation.state.base_month // 12)
    if (paid != 0).any():
        known["pension"] = "已交" if ((paid >> year) & 1).all() else "没交"
    return known


def _of_help(situation: Situation, who: np.ndarray) -> dict[str, str]:
    """Return whether medical or social assistance was given within the year."""
    for register in (situation.members["measure"][who], situation.households["measure"]):
        kind = read.packed_value(register).astype(np.int64) & 0xFF
        given = np.isin(kind, _RELIEF) & (situation.day - packed_days(register) <= 365)
        if given.any():
            return {"relief": "已申请"}
    return {}
