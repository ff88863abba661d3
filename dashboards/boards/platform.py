"""平台运行: for operators, from what ClickHouse and the desk hold; the rest is Prometheus'."""

from dashboards.panel import PLACE, About, Board, Column, Panel, Shape, Unit
from dashboards.rollup.facets import DELAY
from dashboards.sql import DAY, LAST, said, standing_anywhere, term, within
from dashboards.standing.desk import LOOK_BACK
from yujing.domain.codes import Source, members, zh

_SWEPT = "每天清晨汇总一次"
_ELSEWHERE = (
    "积压、延迟、出错、检查点和磁盘由监控系统逐分钟记录，看平台自带的“数据流”看板，这里没有"
)
_WHOLE = "全部地方的合计"
_SOURCES = {source.value: zh(source) for source in members(Source)}
_OUTBOX = {"card": "提醒卡的经过", "event": "走访结果"}
_SWEEPS = {"day": "每天", "backtest": "回测"}


def _since(seconds: str) -> str:
    """Return the SQL of the day of a moment, NULL for none."""
    return f"if({seconds} = 0, NULL, toDate(toDateTime({seconds}, 'Asia/Shanghai')))"


EVENTS = Panel(
    "events", "收到的记录", Shape.SERIES,
    (Column("day", "月份"), Column("label", "来源"), Column("n", "记录", Unit.RECORDS)),
    f"""
        SELECT {DAY} AS day, {term(Source, "source")} AS label, sum(cell) AS n
        FROM (SELECT period, source, n AS cell FROM cells
            WHERE facet = {DELAY.number} AND {within(DAY)} AND {PLACE})
        GROUP BY day, label
    """,
    About("每月收到的有效记录，按来源", "收到的全部记录", "每分钟更新", caveat=_ELSEWHERE),
    suppress=None, order="day, label",
)  # fmt: skip
SWEEPS = Panel(
    "sweeps", "每天的汇总", Shape.TABLE,
    (
        Column("label", "哪一种"), Column("n", "次数", Unit.TIMES), Column("last", "最近一次"),
    ),
    f"""
        SELECT {said(_SWEEPS, "word")} AS label, sum(cell) AS n, {_since("max(amount)")} AS last
        FROM (SELECT words[1] AS word, cell, amount FROM {standing_anywhere("sweep")})
        GROUP BY label
    """,
    About(f"近 {LOOK_BACK.days} 天完成的汇总", "汇总的记录", _SWEPT,
          caveat="少一次就是有一天没有汇总；今天的这一次还没有算进来"),
    suppress=None, order="label", empty="还没有汇总过",
)  # fmt: skip
SCORED = Panel(
    "scored", "随到随算的风险", Shape.TABLE,
    (
        Column("label", "哪种风险"), Column("n", "个数", Unit.RECORDS),
        Column("oldest", "最早的一个"), Column("newest", "最新的一个"),
    ),
    f"""
        SELECT if(kind = 'u90', '失业（90 天）', '返贫（12 个月）') AS label, count() AS n,
            toDate(min(scored_at), 'Asia/Shanghai') AS oldest,
            toDate(max(scored_at), 'Asia/Shanghai') AS newest
        FROM latest_scores FINAL WHERE toDate(scored_at, 'Asia/Shanghai') <= {LAST} GROUP BY kind
    """,
    About("数据流随到随算、现在存着的风险，和算出来的日子", "最近的评分", "随到随算",
          caveat=f"只有分布式部署才有；{_WHOLE}"),
    suppress=None, order="label", empty="没有随到随算的风险（单机部署没有）",
)  # fmt: skip
WAITING = Panel(
    "waiting", "等着送出的", Shape.TABLE,
    (
        Column("label", "什么"), Column("n", "条数", Unit.RECORDS), Column("oldest", "最早的一条"),
    ),
    f"""
        SELECT {said(_OUTBOX, "word")} AS label, sum(cell) AS n,
            {_since("min(amount)")} AS oldest
        FROM (SELECT words[1] AS word, cell, amount FROM {standing_anywhere("outbox")})
        GROUP BY label
    """,
    About("业务库里等着送进数据流水的条数", "发件箱", _SWEPT, caveat=_WHOLE),
    suppress=None, order="label", empty="没有等着送出的",
)  # fmt: skip
REFUSED = Panel(
    "refused", "退回箱", Shape.TABLE,
    (
        Column("label", "来源"), Column("n", "条数", Unit.RECORDS), Column("oldest", "最早的一条"),
    ),
    f"""
        SELECT {said(_SOURCES, "word")} AS label, sum(cell) AS n, {_since("min(amount)")} AS oldest
        FROM (SELECT words[1] AS word, cell, amount FROM {standing_anywhere("dead")})
        GROUP BY label
    """,
    About("收数时读不懂、等改正后重收的条数", "退回箱", _SWEPT, caveat=_WHOLE),
    suppress=None, order="n DESC, label", empty="退回箱是空的",
)  # fmt: skip
UNMATCHED = Panel(
    "unmatched", "等待对应的", Shape.TABLE,
    (
        Column("label", "来源"), Column("n", "条数", Unit.RECORDS), Column("oldest", "最早的一条"),
    ),
    f"SELECT {term(Source)} AS label, sum(cell) AS n, {_since('min(amount)')} AS oldest "
    f"FROM {standing_anywhere('unmatched')} GROUP BY label",
    About("说的人还没有在册、等在册后自动对上的条数", "待对应的记录", _SWEPT, caveat=_WHOLE),
    suppress=None, order="n DESC, label", empty="没有等待对应的",
)  # fmt: skip
STORED = Panel(
    "stored", "看板的数", Shape.TABLE,
    (
        Column("label", "哪一种"), Column("n", "行数", Unit.RECORDS), Column("last", "到哪一天"),
    ),
    f"""
        SELECT '事情的汇总' AS label, count() AS n,
            if(n = 0, NULL, toDate32('1970-01-01') + max(period)) AS last
        FROM cells WHERE facet = 1 AND {within(DAY)}
        UNION ALL
        SELECT '每天的状态' AS label, count() AS n,
            if(n = 0, NULL, toDate32(max(as_of))) AS last
        FROM standing WHERE {within("as_of")}
        UNION ALL
        SELECT '提醒卡的经过' AS label, count() AS n,
            if(n = 0, NULL, toDate32(toDate(max(happened_at), 'Asia/Shanghai'))) AS last
        FROM card_events WHERE {within("toDate(happened_at, 'Asia/Shanghai')")}
    """,
    About("看板所读的数有多少行、到哪一天", "看板的数", "每分钟更新；状态每天清晨一次"),
    suppress=None, order="label",
)  # fmt: skip

BOARD = Board(
    code="platform",
    title="平台运行",
    question="数据收得进来吗、每天汇总了吗、有没有东西卡住；延迟和磁盘看“数据流”看板。",
    rows=((EVENTS,), (SWEEPS, STORED, SCORED), (WAITING, REFUSED, UNMATCHED)),
    operators=True,
)
