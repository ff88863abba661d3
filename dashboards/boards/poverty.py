"""防返贫监测: the distance to the income line, kinds of hardship, who is identified and cleared."""

from dashboards.eventful import BOTH_WAYS, BY_MONTH
from dashboards.panel import About, Board, Column, Panel, Shape, Unit
from dashboards.shares import Counted, share
from dashboards.sql import events, standing, term
from dashboards.standing.measures.households import MARGIN_EDGES, UNKNOWN_MARGIN
from yujing.domain.codes import Category, Risk, number

_SWEPT = "每天清晨汇总一次，按现居地点"
_INCOME = "最近一次收入核算，加上以后的工资和自付医药费"
_MONITORED = (Category.UNSTABLE, Category.MARGINAL, Category.SUDDEN_HARDSHIP)
_NUMBERS = ", ".join(str(number(category)) for category in _MONITORED)
_BANDS = (
    f"低于线 {-MARGIN_EDGES[0]:.0%} 以上", f"低于线 {-MARGIN_EDGES[0]:.0%} 以内",
    f"高于线 {MARGIN_EDGES[2]:.0%} 以内", f"高于线 {MARGIN_EDGES[2]:.0%} 到 {MARGIN_EDGES[3]:.0%}",
    f"高于线 {MARGIN_EDGES[3]:.0%} 到 {MARGIN_EDGES[4]:.0%}", f"高于线 {MARGIN_EDGES[4]:.0%} 以上",
)  # fmt: skip
_BAND = (
    f"transform(value, [{', '.join(map(str, range(len(_BANDS))))}], "
    f"[{', '.join(repr(words) for words in _BANDS)}], '没有核算过')"
)

MONITORED = share(
    "monitored", "监测户", Unit.HOUSEHOLDS, Counted("households.monitored"),
    Counted("households"),
    About("正在监测的户（三类户）", "防返贫系统", _SWEPT, among="在册户"),
)  # fmt: skip
BELOW = share(
    "below", "估计低于线", Unit.HOUSEHOLDS, Counted("households.margin", 1),
    Counted("households"),
    About(f"估计人均收入低于线、差距在 {-MARGIN_EDGES[0]:.0%} 以内的户", _INCOME, _SWEPT,
          among="在册户", caveat="是估计，不是认定"),
)  # fmt: skip
FAR_BELOW = share(
    "far-below", "估计低于线很多", Unit.HOUSEHOLDS, Counted("households.margin", 0),
    Counted("households"),
    About(f"估计人均收入低于线 {-MARGIN_EDGES[0]:.0%} 以上的户", _INCOME, _SWEPT, among="在册户",
          caveat="是估计，不是认定"),
)  # fmt: skip
NEAR = share(
    "near", "刚过线", Unit.HOUSEHOLDS, Counted("households.margin", 2), Counted("households"),
    About(f"估计人均收入高于线、不到 {MARGIN_EDGES[2]:.0%} 的户", _INCOME, _SWEPT, among="在册户"),
)  # fmt: skip
NOT_ASSESSED = share(
    "not-assessed", "收入不明", Unit.HOUSEHOLDS, Counted("households.margin", UNKNOWN_MARGIN),
    Counted("households"),
    About("没有收入核算、或者没有当年标准，估计不出的户", _INCOME, _SWEPT, among="在册户"),
)  # fmt: skip
MARGIN = Panel(
    "margin", "离监测线多远", Shape.BARS,
    (Column("label", "人均收入估计"), Column("n", "户数", Unit.HOUSEHOLDS)),
    f"SELECT {_BAND} AS label, sum(cell) AS n, value AS band FROM {standing('households.margin')} "
    "GROUP BY value",
    About("在册户，按估计的人均收入与当年监测线的差距分段", _INCOME, _SWEPT,
          caveat="是估计，不是认定；线以当地公布的为准，未核实的年份会提示"),
    order="band",
)  # fmt: skip
HARDSHIP = Panel(
    "hardship", "反映的困难", Shape.BARS,
    (Column("label", "困难"), Column("n", "户数", Unit.HOUSEHOLDS)),
    f"SELECT {term(Risk)} AS label, sum(cell) AS n FROM {standing('households.hardship')} "
    "GROUP BY value",
    About(
        "近一年反映过困难的户，一户可有几种", "自主申报、干部上报、12317、信访",
        "随报随到，每天汇总",
    ),
    order="n DESC, label",
)  # fmt: skip
IDENTIFIED = Panel(
    "identified", "新识别和风险消除", Shape.SERIES,
    (Column("day", "月份"), Column("label", "类别"), Column("n", "次数", Unit.TIMES)),
    f"""
        SELECT * FROM (
            SELECT {BY_MONTH} AS day, '新识别' AS label, sum(cell) AS n
            FROM {events("category.open", 10)} WHERE value IN ({_NUMBERS}) GROUP BY day
            UNION ALL
            SELECT {BY_MONTH} AS day, '风险消除' AS label, sum(cell) AS n
            FROM {events("category.close", 10)} WHERE value IN ({_NUMBERS}) GROUP BY day)
    """,
    About(
        "每月列入和退出三类户的次数", "防返贫系统", "按批准的月份数，一般晚半个月",
        caveat="消除多在年底集中办理，不能当作困难减少的速度",
    ),
    suppress=BOTH_WAYS, order="day, label",
)  # fmt: skip

BOARD = Board(
    code="poverty",
    title="防返贫监测",
    question="多少户离线很近、有什么困难；谁新识别、谁消除了风险。",
    rows=((MONITORED, FAR_BELOW, BELOW, NEAR, NOT_ASSESSED), (MARGIN, HARDSHIP), (IDENTIFIED,)),
)
