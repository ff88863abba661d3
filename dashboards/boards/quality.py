"""数据质量: how fresh, late, whole and consistent the data are, and what each feed was worth."""

from dashboards.boards.quality_words import DOUBLES, RULES
from dashboards.intervals import wilson
from dashboards.panel import PLACE, About, Board, Column, Panel, Shape, Unit
from dashboards.rollup.facets import DELAY
from dashboards.sql import (
    DAY,
    LAST,
    said,
    standing,
    standing_anywhere,
    standing_below,
    term,
    township_names,
    within,
)
from dashboards.suppression import Suppress
from yujing.domain.codes import Source, members, zh

_SWEPT = "每天清晨汇总一次"
_LATELY = "近 90 天"
_RECEIVED = "接收记录"
_SOURCES = {source.value: zh(source) for source in members(Source)}
_WHOLE = "送来的数据不分地方，选了乡镇也是全部"


def _of_source(code: str) -> str:
    return standing_anywhere(f"source.{code}")


_COUNTED = " UNION ALL ".join(
    f"SELECT words[1] AS source, '{code}' AS what, cell, value FROM {_of_source(code)}"
    for code in ("accepted", "rejected", "duplicate", "conflict", "last")
)
FRESH = Panel(
    "fresh", "各部门最近一次送数", Shape.TABLE,
    (
        Column("label", "来源"), Column("n", "收下", Unit.RECORDS),
        Column("rejected", "退回", Unit.RECORDS), Column("repeated", "重复", Unit.RECORDS),
        Column("conflict", "同一记录前后矛盾", Unit.RECORDS), Column("last", "最近一次"),
        Column("days", "距今", Unit.DAYS),
    ),
    f"""
        SELECT {said(_SOURCES, "source")} AS label, sumIf(cell, what = 'accepted') AS n,
            sumIf(cell, what = 'rejected') AS rejected, sumIf(cell, what = 'duplicate') AS repeated,
            sumIf(cell, what = 'conflict') AS conflict,
            if(maxIf(value, what = 'last') = 0, NULL,
                toDate32('1970-01-01') + maxIf(value, what = 'last')) AS last,
            if(last IS NULL, NULL, dateDiff('day', last, {LAST})) AS days
        FROM ({_COUNTED}) GROUP BY source
    """,
    About(f"{_LATELY}各来源送来的记录：收下、退回、重复的，和最近一次送到的日子", _RECEIVED, _SWEPT,
          caveat=f"{_WHOLE}；距今算到所选时间的最后一天；从没送过的来源不在表里"),
    suppress=None, order="days DESC, label", empty="还没有接收记录",
)  # fmt: skip
_DELAYS = (
    f"(SELECT source, n AS cell, amount, {DAY} AS day FROM cells "
    f"WHERE facet = {DELAY.number} AND {within(DAY)} AND {PLACE})"
)
LATE = Panel(
    "late", "晚多少天才知道", Shape.TABLE,
    (
        Column("label", "来源"), Column("n", "记录", Unit.RECORDS),
        Column("days", "平均晚", Unit.DAYS),
    ),
    f"SELECT {term(Source, 'source')} AS label, sum(cell) AS n, round(sum(amount) / n, 1) AS days "
    f"FROM {_DELAYS} GROUP BY source HAVING n > 0",
    About("所选时间里收到的记录，从事情发生到收到的平均天数", "收到的全部记录", "每分钟更新",
          caveat="补录的历史数据也算，会把平均数拉高"),
    suppress=Suppress(also=("days",)), order="days DESC, label",
)  # fmt: skip
GAPS = Panel(
    "gaps", "各乡镇上月没有报到的劳动力", Shape.TABLE,
    (
        Column("place", "乡镇"), Column("n", "没有报到", Unit.PEOPLE),
        Column("labour", "劳动力", Unit.PEOPLE), Column("share", "没有报到的占比", Unit.SHARE),
    ),
    f"""
        SELECT place, sumIf(cell, code = 'labourers') - sumIf(cell, code = 'labourers.reported')
            AS n, sumIf(cell, code = 'labourers') AS labour,
            if(labour = 0, NULL, n / labour) AS share
        FROM {township_names(standing("labourers", "labourers.reported"))} GROUP BY township, place
    """,
    About("上个月没有务工月报的劳动力", "务工月报（就业大数据平台、防贫云、村报）", _SWEPT,
          among="该乡镇的劳动力", caveat="没有报到不等于没有工作"),
    suppress=Suppress(also=("share",)), order="place",
)  # fmt: skip
FINDINGS = Panel(
    "findings", "按规则查出、还没有改正的", Shape.BARS,
    (Column("label", "问题"), Column("n", "记录", Unit.RECORDS)),
    f"SELECT {said(RULES, 'words[1]')} AS label, sum(cell) AS n FROM {standing_below('quality')} "
    "GROUP BY label",
    About("按质量规则查出、部门还没有改正的记录，按问题", "质量规则（收数时和每天核对时）", _SWEPT,
          caveat="查出来的是要问的问题，不都是错的"),
    order="n DESC, label", empty="没有查出问题",
)  # fmt: skip
DIFFERENCES = Panel(
    "differences", "部门之间说法不一", Shape.TABLE,
    (
        Column("label", "哪两方"), Column("n", "还没有弄清", Unit.CASES),
    ),
    f"""
        SELECT concat({said(_SOURCES, "words[1]")},
                if(words[2] = '', '', concat('、', {said(_SOURCES, "words[2]")}))) AS label,
            sum(cell) AS n FROM {standing_below("differences")} GROUP BY label
    """,
    About("两个来源对同一人或同一户说法不一、还没有问清楚的", "来源之间的比对", _SWEPT),
    order="n DESC, label", empty="没有说法不一的",
)  # fmt: skip
DOUBLE_PEOPLE = Panel(
    "doubles", "可能重复登记的人", Shape.BARS,
    (Column("label", "为什么像"), Column("n", "对", Unit.CASES)),
    f"SELECT {said(DOUBLES, 'words[1]')} AS label, sum(cell) AS n "
    f"FROM {standing_anywhere('doubles')} GROUP BY label",
    About("可能是同一个人、还没有判定的两条登记", "重复登记核对", _SWEPT, caveat=_WHOLE),
    order="n DESC, label", empty="没有待判定的",
)  # fmt: skip
DEAD = Panel(
    "dead", "读不懂、没有收下的", Shape.BARS,
    (Column("label", "来源"), Column("n", "记录", Unit.RECORDS)),
    f"SELECT {said(_SOURCES, 'words[1]')} AS label, sum(cell) AS n "
    f"FROM {standing_anywhere('dead')} GROUP BY label",
    About("收数时读不懂、放在一边等改正后重收的记录", "退回箱", _SWEPT, caveat=_WHOLE),
    suppress=None, order="n DESC, label", empty="没有退回的",
)  # fmt: skip
UNMATCHED = Panel(
    "unmatched", "找不到是谁的", Shape.BARS,
    (Column("label", "来源"), Column("n", "记录", Unit.RECORDS)),
    f"SELECT {term(Source)} AS label, sum(cell) AS n FROM {standing_anywhere('unmatched')} "
    "GROUP BY label",
    About("说的人还没有在册、等在册后自动对上的记录", "待对应的记录", _SWEPT, caveat=_WHOLE),
    suppress=None, order="n DESC, label", empty="没有等待对应的",
)  # fmt: skip
_TRUE, _ASKED = (
    f"sumIf(cell, words[1] IN ({outcomes}))"
    for outcomes in ("'confirmed', 'solved'", "'confirmed', 'solved', 'unfounded'")
)
_LOW, _HIGH = wilson("right", "n")
FEEDS = Panel(
    "feeds", "各来源的提醒准不准", Shape.TABLE,
    (
        Column("label", "来源"), Column("n", "走访过", Unit.TIMES),
        Column("right", "确有其事", Unit.TIMES), Column("share", "准确率", Unit.SHARE),
        Column("low", "至少", Unit.SHARE), Column("high", "至多", Unit.SHARE),
    ),
    f"""
        SELECT label, n, right, if(n = 0, NULL, right / n) AS share, {_LOW} AS low, {_HIGH} AS high
        FROM (SELECT {term(Source)} AS label, {_ASKED} AS n, {_TRUE} AS right
            FROM {standing_below("feed.outcome")} GROUP BY label HAVING n > 0)
    """,
    About(
        f"{_LATELY}由这个来源引起的提醒，走访后属实或已解决的", "提醒卡和走访结果", _SWEPT,
        among="属实、已解决和不属实的走访；联系不上和已知的不算",
        caveat="至少和至多之间是九成五的把握；走访越少，范围越宽",
    ),
    suppress=Suppress(others=("right",), also=("share", "low", "high")), order="n DESC, label",
    empty="还没有走访结果",
)  # fmt: skip
ALERTS = Panel(
    "alerts", "各来源引起多少提醒", Shape.BARS,
    (Column("label", "来源"), Column("n", "户次", Unit.TIMES)),
    f"SELECT {term(Source)} AS label, sum(cell) AS n FROM {standing('feed.cards')} GROUP BY label",
    About(f"{_LATELY}派发的提醒，按引起它的来源", "提醒卡", _SWEPT,
          caveat="按评分和抽查派发的没有来源，写未知"),
    order="n DESC, label",
)  # fmt: skip

BOARD = Board(
    code="quality",
    title="数据质量",
    question="数据来得及时吗、全吗、说法一致吗；哪个来源最管用。",
    rows=((FRESH,), (LATE, GAPS), (FINDINGS, DIFFERENCES), (ALERTS, FEEDS),
          (DOUBLE_PEOPLE, DEAD, UNMATCHED)),
)  # fmt: skip
