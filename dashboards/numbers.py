"""Every number of the leaders' page as one definition: what, of whom, from where, how late.

A test recomputes each from the view `facts` and the desk; the page shows the same words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from dashboards.counts import VillageCounts
from dashboards.picture import LOOK_BACK, Bools, Picture
from models.features.bits import NO_DAY
from yujing.domain.codes import Outcome, number
from yujing.domain.days import to_day

NEEDS = "needs"  # the one number that the desk's cards give
_CONFIRMED, _SOLVED, _KNOWN = (
    number(code) for code in (Outcome.CONFIRMED, Outcome.SOLVED, Outcome.KNOWN)
)


@dataclass(frozen=True)
class Number:
    """One number of the board.

    Parameters
    ----------
    code
        Its name in addresses and snapshots.
    zh
        Its name on the page.
    unit
        What it counts.
    counts, among
        What the numerator and the denominator count, in Chinese.
    source
        Which sources it comes from.
    delay
        How late it is.
    numerator, denominator
        Masks over the households of a picture.
    """

    code: str
    zh: str
    unit: str
    counts: str
    among: str
    source: str
    delay: str
    numerator: Callable[[Picture], Bools]
    denominator: Callable[[Picture], Bools]


def _all(picture: Picture) -> Bools:
    return np.ones(len(picture.keys), dtype=bool)


def _unsolved(picture: Picture) -> Bools:
    return picture.recent & np.isin(picture.visit_outcome, (_CONFIRMED, _KNOWN))


def _needed(picture: Picture) -> Bools:
    return picture.recent & np.isin(picture.visit_outcome, (_CONFIRMED, _KNOWN, _SOLVED))


def _helped_lately(picture: Picture) -> Bools:
    return picture.help_day > max(to_day(picture.as_of - LOOK_BACK), NO_DAY)


NUMBERS = (
    Number(
        code=NEEDS,
        zh="需要帮助",
        unit="户",
        counts="今天还有未办结提醒的户",
        among="在册、有成员在家或在外务工的户",
        source="提醒卡（规则和评分卡派发，群众自报）",
        delay="每天 07:00 派发；红色和自报随到随派",
        numerator=lambda picture: picture.live,
        denominator=_all,
    ),
    Number(
        code="helping",
        zh="正在帮助",
        unit="户",
        counts="走访属实、还没有解决，近 90 天已有就业服务或帮扶措施的户",
        among="近 90 天走访属实、还没有解决的户",
        source="走访记录；就业服务（人社）；帮扶措施（各部门）",
        delay="走访当天；服务和措施由部门上报，一般一到两周",
        numerator=lambda picture: _unsolved(picture) & _helped_lately(picture),
        denominator=_unsolved,
    ),
    Number(
        code="helped",
        zh="已经帮上",
        unit="户",
        counts="近 90 天最近一次走访为“已解决”的户",
        among="近 90 天走访属实过或已解决的户（按最近一次走访）",
        source="走访记录",
        delay="走访当天",
        numerator=lambda picture: picture.recent & (picture.visit_outcome == _SOLVED),
        denominator=_needed,
    ),
    Number(
        code="unseen",
        zh="看不见的",
        unit="户",
        counts="有劳动力，但最近两个整月没有一名劳动力的务工情况上报的户",
        among="有劳动力的户（16-59 岁、能劳动、非在校）",
        source="务工月报（就业大数据平台、防贫云、村报）",
        delay="月报次月上报；晚报的补上后自动减少",
        numerator=lambda picture: picture.has_labour & ~picture.reported,
        denominator=lambda picture: picture.has_labour,
    ),
)
BY_CODE: Mapping[str, Number] = {number.code: number for number in NUMBERS}


def counts_of(picture: Picture) -> dict[str, VillageCounts]:
    """Return every number by village."""
    return {
        one.code: VillageCounts.tally(
            picture.regions, one.numerator(picture), one.denominator(picture)
        )
        for one in NUMBERS
    }
