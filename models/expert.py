"""Hand-written scorecards for a county without history; every number says where it comes from.

The numbers are ratios of odds, so that they can be discussed; points are their logarithms. Sources
are named in words: published studies, or `judgement`, which asks to be replaced by data.
"""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from models.card import LEVEL_OF, CardFeature, Kind, Scorecard, Window
from models.features.declared import features_of
from yujing.domain.codes import Industry, number

EXPERT = "expert"
_JUDGEMENT = "judgement"
_TSINGHUA = "清华大学 2012 短工化报告：更年轻、在职更短者更不稳定（方向）；倍数为 judgement"
_CONTRACT = "2014 综述：合同为稳定因素（方向）；倍数为 judgement"
_FAMILY = "CFPS 2014/16：家庭负担与医疗支出降低稳定性（方向）；倍数为 judgement"
_LINE = "CHNS 1989-2015 生存分析：离线越近风险越高（方向）；倍数为 judgement"
_HEALTH = "2018 农村贫困户灾难性卫生支出研究：慢病、残疾、无劳动力更高（方向）；倍数为 judgement"


@dataclass(frozen=True)
class Line:
    """Odds of one feature by cell, against a member or household of ordinary risk.

    Attributes
    ----------
    name
        Declared feature.
    edges
        Upper edges of the cells.
    odds
        Odds ratio of each cell, one more than edges.
    source
        Where they come from.
    unknown
        Odds ratio when the value is unknown.
    """

    name: str
    edges: tuple[float, ...]
    odds: tuple[float, ...]
    source: str
    unknown: float = 1.0


@dataclass(frozen=True)
class ExpertCard:
    """Rate of ordinary risk and the lines around it."""

    kind: Kind
    odds: float
    source: str
    lines: tuple[Line, ...] = field(default_factory=tuple)


def _industry_odds() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return edges and odds by sector, one cell a code."""
    monthly = {   # separation a month in per cent over the mean of 4.5
        Industry.ELECTRONICS: 5.0, Industry.RETAIL: 4.8, Industry.CATERING: 5.5,
        Industry.RESIDENT_SERVICE: 5.0, Industry.MANUFACTURING: 3.5, Industry.TRANSPORT: 3.5,
        Industry.CONSTRUCTION: 8.0, Industry.PUBLIC_SERVICE: 1.5,
    }
    rates = {number(industry): rate for industry, rate in monthly.items()}
    codes = range(1, len(Industry))
    edges = tuple(code + 0.5 for code in codes[:-1])
    return edges, tuple(rates.get(code, 4.5) / 4.5 for code in codes)


def expert_u90() -> ExpertCard:
    """Return the expert judgement on losing work within 90 days."""
    sectors, sector_odds = _industry_odds()
    return ExpertCard("u90", 0.05, "约 6% 的在业者 90 天内失业 30 天以上；judgement", (
        Line("tenure_days", (90, 365), (2.0, 1.0, 0.7), _TSINGHUA),
        Line("contract_months", (0.5, 11.5), (1.5, 1.0, 0.75), _CONTRACT),
        Line("age_years", (24.5, 49.5), (1.4, 1.0, 1.5), _TSINGHUA),
        Line("industry", sectors, sector_odds, "清华 2012 行业排序；数值为 judgement"),
        Line("ill_health", (0.5, 1.5), (1.0, 1.3, 1.6), _FAMILY),
        Line("dependants_per_labourer", (1.0,), (1.0, 1.15), _FAMILY),
        Line("organised", (0.5,), (1.0, 0.85), "有组织输出更稳定；judgement"),
        Line("months_worked_12", (5.5, 9.5), (2.0, 1.4, 0.9), _JUDGEMENT),
        Line("insurance_gap_months", (0.5, 1.5), (0.8, 1.3, 2.0), _JUDGEMENT),
        Line("insurance_stop_days", (90,), (2.0, 1.2), _JUDGEMENT),
        Line("wage_change", (-0.4, -0.15), (1.8, 1.3, 1.0), _JUDGEMENT),
        Line("employer_end_share", (0.05, 0.15), (0.9, 1.4, 3.0), _JUDGEMENT),
        Line("home_days", (30,), (1.3, 2.0), _JUDGEMENT),
        Line("evidence_age_days", (31, 38), (0.9, 1.2, 1.6), _JUDGEMENT),
    ))


def expert_p12() -> ExpertCard:
    """Return the expert judgement on falling below the line within twelve months."""
    return ExpertCard("p12", 0.012, "12 个月内约 1.4% 的户（设定基准率，参照保山市 2021 年通报）", (
        Line("margin_to_line", (0.1, 0.3, 0.6, 1.0), (8.0, 4.0, 2.0, 1.0, 0.4), _LINE),
        Line("projected_margin", (0.0, 0.3, 0.6), (4.0, 2.0, 1.0, 0.6), _JUDGEMENT),
        Line("employed_share", (0.01, 0.5), (2.5, 1.3, 0.8), _LINE, 1.8),
        Line("wage_share", (0.67,), (1.0, 1.2), "八必访：务工收入占比高且不稳定；judgement"),
        Line("self_pay_yuan_12", (3000, 10000), (0.9, 1.3, 2.5), _HEALTH),
        Line("ill_members", (0.5, 1.5), (0.9, 1.3, 1.7), _HEALTH),
        Line("higher_students", (0.5,), (1.0, 1.2), "八必访：非义务教育阶段学生多；judgement"),
        Line("job_ends_90d", (0.5,), (0.9, 1.6), _JUDGEMENT),
        Line("idle_months_3", (0.5, 2.5), (0.9, 1.2, 1.6), _JUDGEMENT),
        Line("household_wage_change", (-0.4, -0.15), (2.0, 1.4, 1.0), _JUDGEMENT),
        Line("days_since_monitored", (730,), (2.0, 1.5), _JUDGEMENT, 0.95),
        Line("days_since_warning", (60,), (2.5, 1.5), _JUDGEMENT, 0.95),
        Line("days_since_hardship", (60,), (3.0, 1.8), _JUDGEMENT, 0.95),
        Line("household_disaster", (0.5,), (1.0, 1.5), "CFPS 2010-14：冲击；倍数为 judgement"),
        Line("left_members_12", (0.5,), (1.0, 1.3), _JUDGEMENT),
    ))


def expert_card(kind: Kind, *, as_of: date) -> Scorecard:
    """Return an expert scorecard in the stored form.

    Parameters
    ----------
    kind
        `u90` or `p12`.
    as_of
        The day it is put down, for its id.
    """
    judgement = expert_u90() if kind == "u90" else expert_p12()
    declared = {feature.name: feature for feature in features_of(LEVEL_OF[kind])}
    features = [
        CardFeature(
            line.name, declared[line.name].zh, declared[line.name].unit,
            [float(edge) for edge in line.edges], [_log(odds) for odds in line.odds],
            _log(line.unknown), source=line.source,
        )
        for line in judgement.lines
    ]
    return Scorecard(
        kind, EXPERT, Window(as_of.isoformat()), features, _log(judgement.odds),
        notes=judgement.source,
    )


def _log(odds: float) -> float:
    """Return points of an odds ratio, to the hundredth."""
    return round(float(np.log(odds)), 2)
