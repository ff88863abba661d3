"""模型监测: do risks drift, how many alerts come of them, are they right, and what do they miss."""

from itertools import pairwise

from dashboards.boards.overview import bands
from dashboards.eventful import BOTH_WAYS
from dashboards.intervals import wilson
from dashboards.panel import PLACE, About, Board, Column, Panel, Shape, Unit
from dashboards.sql import said, standing, standing_below, within
from dashboards.standing.measures.groups import AGE, AGE_EDGES, ETHNICITY, GROUP_UNIT, SEX
from dashboards.standing.measures.risks import P12_EDGES
from dashboards.standing.sources import THOUSAND
from dashboards.suppression import Suppress
from yujing.domain.codes import Ethnicity, Sex, members, zh

_SWEPT = "每天清晨汇总一次，按现居地点"
_SCORES = "评分卡（每天重算）"
_VISITS = "提醒卡和走访结果"
_LATELY = "近 90 天"
_MILLION = 1_000_000
_KINDS = {
    "fact": "规则", "report": "群众和干部上报", "seasonal": "节后", "score": "评分卡",
    "audit": "抽查",
}  # fmt: skip
_JUDGED = "属实、已解决和不属实的走访；联系不上和已知的不算"
_SPAN = "至少和至多之间是九成五的把握；走访越少，范围越宽"
_TRUE = "words[{}] IN ('confirmed', 'solved')"
_ASKED = "words[{}] IN ('confirmed', 'solved', 'unfounded')"
_LOW, _HIGH = wilson("right", "n")
_RIGHT = (
    Column("n", "走访过", Unit.TIMES), Column("right", "确有其事", Unit.TIMES),
    Column("share", "属实的占比", Unit.SHARE), Column("low", "至少", Unit.SHARE),
    Column("high", "至多", Unit.SHARE),
)  # fmt: skip
_HIDE = Suppress(others=("right",), also=("share", "low", "high"))


def _right(counted: str) -> str:
    """Return the SQL of rows `label`, `n`, `right`, `place` with shares and their intervals."""
    return (
        f"SELECT label, n, right, if(n = 0, NULL, right / n) AS share, {_LOW} AS low, "
        f"{_HIGH} AS high, place FROM ({counted})"
    )


MEAN_RISK = Panel(
    "mean-risk", "平均风险", Shape.SERIES,
    (
        Column("day", "日期"), Column("label", "哪种风险"), Column("n", "有风险数的", Unit.RECORDS),
        Column("risk", "平均", Unit.SHARE),
    ),
    f"""
        SELECT as_of AS day, if(code = 'risk.u90', '失业（90 天）', '返贫（12 个月）') AS label,
            sum(cell) AS n, if(n = 0, NULL, sum(amount) / {_MILLION} / n) AS risk
        FROM {standing("risk.u90", "risk.p12", latest=False)} GROUP BY day, code
    """,
    About("每天所有在业劳动力的失业风险、所有户的返贫风险的平均", _SCORES, _SWEPT,
          caveat="突然的变化多半是数据变了，先看数据质量"),
    suppress=Suppress(lines=(("day",), ("label",)), also=("risk",)), order="day, label",
)  # fmt: skip


def _shares(which: str, day: str) -> str:
    """Return the SQL of the share of each band on the first or the last day of the span."""
    both = standing("risk.u90", "risk.p12", latest=False)
    return (
        f"(SELECT code, value, sum(cell) AS here, sum(here) OVER (PARTITION BY code) AS n_all, "
        f"greatest(here / n_all, 0.0001) AS {which} FROM {both} "
        f"WHERE as_of = (SELECT {day}(as_of) FROM standing_cells "
        f"WHERE code = '' AND {within('as_of')}) GROUP BY code, value)"
    )


DRIFT = Panel(
    "drift", "风险分布变了多少", Shape.TABLE,
    (
        Column("label", "哪种风险"), Column("moved", "变动指数", Unit.PLAIN),
        Column("word", "怎么看"), Column("n", "现在有风险数的", Unit.RECORDS),
    ),
    f"""
        SELECT if(code = 'risk.u90', '失业（90 天）', '返贫（12 个月）') AS label,
            round(sum((then_share - now_share) * log(then_share / now_share)), 3) AS moved,
            multiIf(moved < 0.1, '稳定', moved < 0.25, '有变化，要留意', '变化大，要查原因')
                AS word,
            sum(now_here) AS n
        FROM (
            SELECT code, value, max(then_share) AS then_share, max(now_share) AS now_share,
                sum(now_here) AS now_here
            FROM (
                SELECT code, value, then_share, 0.0001 AS now_share, 0 AS now_here
                FROM {_shares("then_share", "min")}
                UNION ALL
                SELECT code, value, 0.0001 AS then_share, now_share, here AS now_here
                FROM {_shares("now_share", "max")}
            ) GROUP BY code, value
        ) GROUP BY code
    """,
    About("所选时间第一天和最后一天的风险分段相比", _SCORES, _SWEPT,
          caveat="指数低于 0.1 算稳定，高于 0.25 算变化大，是通行的经验值"),
    suppress=Suppress(also=("moved", "word")), order="label",
)  # fmt: skip
VOLUME = Panel(
    "volume", "每月派发多少提醒", Shape.SERIES,
    (
        Column("day", "月份"), Column("label", "级别"), Column("n", "户次", Unit.TIMES),
    ),
    f"""
        SELECT toStartOfMonth(day) AS day, transform(level, [3, 2, 1], ['红', '橙', '黄'], '未定')
            AS label, count() AS n
        FROM (
            SELECT card, any(first_level) AS level, any(opened) AS day, any(township) AS township
            FROM (
                SELECT card, argMin(level, transition) AS first_level,
                    toDate(min(happened_at), 'Asia/Shanghai') AS opened,
                    intDiv(argMin(region, transition), 1000) * 1000 AS township
                FROM card_events GROUP BY card
            ) GROUP BY card
        ) WHERE {within("day")} AND {PLACE} GROUP BY day, label
    """,
    About("每月新派发的提醒，按派发时的级别", "提醒卡的经过", "派发后随即更新"),
    suppress=BOTH_WAYS, order="day, label",
)  # fmt: skip
PRECISION = Panel(
    "precision", "派得准不准", Shape.TABLE, (Column("label", "由来"), *_RIGHT),
    _right(f"""
        SELECT {said(_KINDS, "words[1]")} AS label, label AS place,
            sumIf(cell, {_ASKED.format(2)}) AS n, sumIf(cell, {_TRUE.format(2)}) AS right
        FROM {standing_below("kind.outcome")} GROUP BY words[1] HAVING n > 0
    """),
    About(f"{_LATELY}走访后属实或已解决的，按提醒的由来", _VISITS, _SWEPT, among=_JUDGED,
          caveat=f"抽查的是随机户，它的占比是没有提醒时的底数。{_SPAN}"),
    suppress=_HIDE, order="n DESC, label", empty="还没有走访结果",
)  # fmt: skip
CALIBRATION = Panel(
    "calibration", "风险高的，问题是不是真的多", Shape.TABLE,
    (Column("label", "派发时的返贫风险"), *_RIGHT),
    _right(f"""
        SELECT {bands(P12_EDGES)} AS label, value AS place,
            sumIf(cell, {_ASKED.format(1)}) AS n, sumIf(cell, {_TRUE.format(1)}) AS right
        FROM {standing_below("band.outcome")} GROUP BY value HAVING n > 0
    """),
    About(f"{_LATELY}走访过的提醒，按派发时的返贫风险分段", _VISITS, _SWEPT, among=_JUDGED,
          caveat="走访属实不等于返贫，两者不会相等；看的是风险越高占比是否越高。"
                 f"与一年后结果的对照在回测报告里。{_SPAN}"),
    suppress=_HIDE, order="place", empty="还没有走访结果",
)  # fmt: skip
_FOUND_BY_ALERT = (
    "sumIf(cell, code LIKE 'kind.outcome/%' AND code NOT LIKE 'kind.outcome/audit/%' "
    "AND words[2] IN ('confirmed', 'solved'))"
)
_IS_AUDIT = "code IN ('audit.outcome/confirmed', 'audit.outcome/solved')"
_BOTH = (
    f"(SELECT code, cell, amount, words FROM {standing_below('kind.outcome')} UNION ALL "
    f"SELECT code, cell, amount, words FROM {standing_below('audit.outcome')})"
)
RECALL = Panel(
    "recall", "漏掉了多少", Shape.TABLE,
    (
        Column("label", "怎么算的"), Column("n", "抽查发现", Unit.HOUSEHOLDS),
        Column("alerted", "提醒发现", Unit.HOUSEHOLDS),
        Column("missed", "估计没有发现", Unit.HOUSEHOLDS),
        Column("recall", "提醒发现的占比", Unit.SHARE),
        Column("low", "至少", Unit.SHARE), Column("high", "至多", Unit.SHARE),
    ),
    f"""
        SELECT '抽查推算' AS label, n, alerted, round(weight) AS missed,
            if(alerted + weight = 0, NULL, alerted / (alerted + weight)) AS recall,
            if(n = 0, NULL, alerted / (alerted + weight * (1 + 1.96 / sqrt(n)))) AS low,
            if(n = 0, NULL, alerted / (alerted + weight * greatest(1 - 1.96 / sqrt(n), 0))) AS high
        FROM (
            SELECT sumIf(cell, {_IS_AUDIT}) AS n, {_FOUND_BY_ALERT} AS alerted,
                sumIf(amount, {_IS_AUDIT}) / {THOUSAND} AS weight,
                countIf(code LIKE 'audit.outcome/%') AS n_audits
            FROM {_BOTH}
        ) WHERE n_audits > 0
    """,
    About(f"{_LATELY}随机抽查发现的问题，按抽到的可能放大，与提醒发现的相比", _VISITS, _SWEPT,
          among="提醒发现的加上推算没有发现的",
          caveat="抽查一件没发现时推算不出；抽查少时范围很宽，只看大概"),
    suppress=Suppress(others=("alerted", "missed"), also=("recall", "low", "high")),
    empty="还没有抽查结果",
)  # fmt: skip
_AGES = (
    f"{AGE_EDGES[0]} 岁以下", *(
        f"{low} 到 {high - 1} 岁" for low, high in pairwise(AGE_EDGES)
    ), f"{AGE_EDGES[-1]} 岁以上",
)  # fmt: skip


def _group_words() -> str:
    named = {
        **{SEX * GROUP_UNIT + at: zh(one) for at, one in enumerate(members(Sex))},
        **{AGE * GROUP_UNIT + at: words for at, words in enumerate(_AGES)},
        **{ETHNICITY * GROUP_UNIT + at: zh(one) for at, one in enumerate(members(Ethnicity))},
    }
    numbers = ", ".join(map(str, named))
    return f"transform(value, [{numbers}], [{', '.join(map(repr, named.values()))}], '未知')"


GROUPS = Panel(
    "groups", "各群体的平均失业风险", Shape.TABLE,
    (
        Column("label", "群体"), Column("n", "在业", Unit.PEOPLE),
        Column("risk", "平均风险", Unit.SHARE),
    ),
    f"""
        SELECT transform(intDiv(value, {GROUP_UNIT}), [{SEX}, {AGE}, {ETHNICITY}],
                ['性别', '年龄', '民族'], '其他') AS grouping,
            concat(grouping, '：', {_group_words()}) AS label, sum(cell) AS n,
            if(n = 0, NULL, sum(amount) / {_MILLION} / n) AS risk, value AS place
        FROM {standing("risk.u90.group")} GROUP BY value
    """,
    About("在业劳动力的平均失业风险，按模型不使用的性别、年龄、民族分", _SCORES, _SWEPT,
          caveat="风险不同不等于不公平；各群体估得准不准看回测报告"),
    suppress=Suppress(lines=(("grouping",),), also=("risk",)), order="place",
)  # fmt: skip

BOARD = Board(
    code="models",
    title="模型监测",
    question="风险估得稳不稳、准不准，漏掉了多少，对各类人是否一样。",
    rows=((MEAN_RISK, VOLUME), (PRECISION, CALIBRATION), (RECALL, DRIFT), (GROUPS,)),
)
