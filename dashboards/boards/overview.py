"""县情总览: how many people, who works, who is at risk."""

from itertools import pairwise

from dashboards.panel import About, Board, Column, Panel, Shape, Unit
from dashboards.shares import WITH_SHARE, Counted, share
from dashboards.sql import standing, term, township_names
from dashboards.standing.measures.risks import P12_EDGES, U90_EDGES
from dashboards.suppression import Suppress
from models.features.work import EMPLOYED, JOBLESS, STALE
from yujing.domain.codes import Category

_REGISTER = "在册户和成员（乡村振兴、民政、搬迁安置等部门上报）"
_WORK = "务工月报、就业登记、社保缴费、走访（以最近一次为准）"
_MONTHLY = "务工月报（就业大数据平台、防贫云、村报）"
_SWEPT = "每天清晨汇总一次，按现居地点"
_LABOURERS = "劳动力（16-59 岁、能劳动、非在校）"
_ORDER_ONLY = "风险只用来决定先联系谁，不影响任何人的待遇"
_PEOPLE, _LABOUR = Counted("people"), Counted("labourers")


def _about_work(counts: str) -> About:
    return About(counts, _WORK, _SWEPT, among=_LABOURERS)


def bands(edges: tuple[float, ...]) -> str:
    """Return the SQL of the words of risk bands."""
    words = [f"'{edges[0]:.1%} 以下'"]
    words += [f"'{low:.1%} 到 {high:.1%}'" for low, high in pairwise(edges)]
    words += [f"'{edges[-1]:.1%} 以上'"]
    numbers = ", ".join(str(band) for band in range(len(words)))
    return f"transform(value, [{numbers}], [{', '.join(words)}], '未知')"


MEMBERS = share(
    "members", "三类人员", Unit.PEOPLE, Counted("people.group", 1), _PEOPLE,
    About(
        "脱贫人口、农村低收入人口、易地搬迁人口，一人多类只计一次", _REGISTER, _SWEPT,
        among="在册户的现有成员",
    ),
)  # fmt: skip
EMPLOYED_NOW = share(
    "employed", "在业", Unit.PEOPLE, Counted("labourers.work", EMPLOYED), _LABOUR,
    _about_work("最近 45 天内有就业证据的劳动力"),
)  # fmt: skip
JOBLESS_NOW = share(
    "jobless", "失业", Unit.PEOPLE, Counted("labourers.work", JOBLESS), _LABOUR,
    _about_work("最近的证据说没有工作的劳动力"),
)  # fmt: skip
UNKNOWN_NOW = share(
    "unknown", "情况不明", Unit.PEOPLE, Counted("labourers.work", STALE), _LABOUR,
    _about_work("45 天内没有任何就业消息的劳动力"),
)  # fmt: skip
COVERAGE = share(
    "coverage", "上月已报", Unit.PEOPLE, Counted("labourers.reported"), _LABOUR,
    About(
        "上个月有务工月报的劳动力", _MONTHLY, "月报次月上报，晚报的补上后自动增加",
        among=_LABOURERS,
    ),
)  # fmt: skip
ZERO_EMPLOYMENT = share(
    "zero-employment", "零就业户", Unit.HOUSEHOLDS,
    Counted("households.zero_employment", 1), Counted("households.with_labour"),
    About("劳动力都知道情况、没有一人在业的户", _WORK, _SWEPT, among="有劳动力的户"),
)  # fmt: skip
CATEGORIES = Panel(
    code="categories",
    title="各类人员",
    shape=Shape.BARS,
    columns=(
        Column("label", "类别"),
        Column("n", "人数", Unit.PEOPLE),
        Column("share", "占在册成员", Unit.SHARE),
    ),
    sql=f"""
        SELECT {term(Category)} AS label, sum(cell) AS n,
            (SELECT sum(cell) FROM {standing("people")}) AS total,
            if(total = 0, NULL, n / total) AS share
        FROM {standing("people.category")} GROUP BY value HAVING n > 0
    """,
    about=About(
        "每一类的在册成员，含随户认定；一人多类时每类都计，所以相加大于总人数",
        _REGISTER, _SWEPT, among="在册户的现有成员",
    ),
    suppress=WITH_SHARE,
    order="n DESC, label",
)  # fmt: skip
UNEMPLOYMENT_RISK = Panel(
    code="unemployment-risk",
    title="在业人员的失业风险",
    shape=Shape.BARS,
    columns=(Column("label", "90 天内失业的可能"), Column("n", "人数", Unit.PEOPLE)),
    sql=f"SELECT {bands(U90_EDGES)} AS label, sum(cell) AS n, value AS band "
    f"FROM {standing('risk.u90')} GROUP BY value",
    about=About(
        "在业劳动力，按模型估计的失业可能分段", "评分卡（每天重算）", _SWEPT, caveat=_ORDER_ONLY
    ),
    order="band",
)
POVERTY_RISK = Panel(
    code="poverty-risk",
    title="各户的返贫风险",
    shape=Shape.BARS,
    columns=(Column("label", "12 个月内返贫的可能"), Column("n", "户数", Unit.HOUSEHOLDS)),
    sql=f"SELECT {bands(P12_EDGES)} AS label, sum(cell) AS n, value AS band "
    f"FROM {standing('risk.p12')} GROUP BY value",
    about=About(
        "在册户，按模型估计的返贫可能分段", "评分卡（每天重算）", _SWEPT, caveat=_ORDER_ONLY
    ),
    order="band",
)
TOWNSHIPS = Panel(
    code="townships",
    title="各乡镇的失业",
    shape=Shape.TABLE,
    columns=(
        Column("place", "乡镇"),
        Column("n", "失业", Unit.PEOPLE),
        Column("labour", "劳动力", Unit.PEOPLE),
        Column("share", "失业占劳动力", Unit.SHARE),
    ),
    sql=f"""
        SELECT place, sumIf(cell, code = 'labourers.work' AND value = {JOBLESS}) AS n,
            sumIf(cell, code = 'labourers') AS labour, if(labour = 0, NULL, n / labour) AS share
        FROM {township_names(standing("labourers.work", "labourers"))} GROUP BY township, place
    """,
    about=About("各乡镇失业的劳动力", _WORK, _SWEPT, among="该乡镇的劳动力"),
    suppress=Suppress(others=("labour",), also=("share",)),
    order="place",
)

BOARD = Board(
    code="overview",
    title="县情总览",
    question="全县有多少人需要关心，就业稳不稳，谁可能掉队，事情办到哪一步。",
    rows=(
        (MEMBERS, EMPLOYED_NOW, JOBLESS_NOW, UNKNOWN_NOW, COVERAGE, ZERO_EMPLOYMENT),
        (CATEGORIES,),
        (UNEMPLOYMENT_RISK, POVERTY_RISK),
        (TOWNSHIPS,),
    ),
)
