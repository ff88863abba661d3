"""预警处置: cards that wait, are late or ended, what visits found, what was not sent."""

from dashboards.panel import About, Board, Column, Panel, Shape, Unit
from dashboards.sql import said, standing, standing_below, township_names
from dashboards.standing.desk import NOT_YET
from dashboards.suppression import Suppress

_DESK = "提醒卡的派发和处理记录"
_SWEPT = "每天清晨汇总一次"
_LATELY = "近 90 天"
_LEVELS = "transform(value, [3, 2, 1], ['红', '橙', '黄'], '未定')"
_OUTCOMES = {
    "confirmed": "属实", "solved": "已解决", "unfounded": "不属实", "no_contact": "联系不上",
    "known": "已知",
}  # fmt: skip
_STAGES = {"completed": "已办结", "cancelled": "原因消失", "expired": "过期未办"}
_KINDS = {
    "fact": "规则", "report": "群众和干部上报", "seasonal": "节后", "score": "评分卡",
    "audit": "抽查",
}  # fmt: skip
_DIMENSIONS = {
    "rule": "同一规则", "source": "同一来源", "employer": "同一单位", "file": "同一份表格",
}  # fmt: skip

LIVE = Panel(
    "live", "没有办结的提醒", Shape.BARS,
    (Column("label", "级别"), Column("n", "户数", Unit.HOUSEHOLDS)),
    f"SELECT {_LEVELS} AS label, sum(cell) AS n, value AS level FROM {standing('cards.live')} "
    "GROUP BY value",
    About("还没有办结的提醒，一户一张", _DESK, _SWEPT),
    order="level DESC",
)  # fmt: skip
OVERDUE = Panel(
    "overdue", "过期没有走访的", Shape.BARS,
    (Column("label", "级别"), Column("n", "户数", Unit.HOUSEHOLDS)),
    f"SELECT {_LEVELS} AS label, sum(cell) AS n, value AS level "
    f"FROM {standing_below('cards.overdue')} GROUP BY value",
    About("过了期限还没有走访、也没有改期的提醒", _DESK, _SWEPT),
    order="level DESC",
)  # fmt: skip
OPENED = Panel(
    "opened", "提醒从哪里来", Shape.BARS,
    (Column("label", "由来"), Column("n", "户次", Unit.TIMES)),
    f"SELECT {said(_KINDS, 'words[1]')} AS label, sum(cell) AS n "
    f"FROM {standing_below('cards.opened')} GROUP BY words[1]",
    About(f"{_LATELY}派发的提醒，按由来", _DESK, _SWEPT),
    order="n DESC, label",
)  # fmt: skip
ENDED = Panel(
    "ended", "提醒怎么结束", Shape.BARS,
    (Column("label", "结果"), Column("n", "户次", Unit.TIMES)),
    f"SELECT {said(_STAGES, 'words[1]')} AS label, sum(cell) AS n "
    f"FROM {standing_below('cards.ended')} GROUP BY words[1]",
    About(f"{_LATELY}结束的提醒：办结、原因消失自动取消、过期没有人办", _DESK, _SWEPT),
    order="n DESC, label",
)  # fmt: skip
OUTCOMES = Panel(
    "outcomes", "走访看到什么", Shape.BARS,
    (
        Column("label", "结果"), Column("n", "次数", Unit.TIMES),
        Column("share", "占走访和电话", Unit.SHARE),
    ),
    f"SELECT {said(_OUTCOMES, 'words[1]')} AS label, sum(cell) AS n, "
    f"(SELECT sum(cell) FROM {standing_below('cards.outcome')}) AS total, "
    f"if(total = 0, NULL, n / total) AS share FROM {standing_below('cards.outcome')} "
    "GROUP BY words[1]",
    About(
        f"{_LATELY}走访和电话的结果", _DESK, _SWEPT, among="同期全部走访和电话",
        caveat="不属实就是虚报，占比高的规则要改；已知的不算虚报",
    ),
    suppress=Suppress(also=("share",)),
    order="n DESC, label",
)  # fmt: skip
FIRST_CONTACT = Panel(
    "first-contact", "几天内第一次联系上", Shape.BARS,
    (Column("label", "天数"), Column("n", "户次", Unit.TIMES)),
    f"SELECT multiIf(value = {NOT_YET}, '还没有联系上', value = 0, '当天', value <= 3, '三天内', "
    "value <= 7, '七天内', '七天以后') AS label, sum(cell) AS n, "
    f"min(if(value = {NOT_YET}, 999, value)) AS days "
    f"FROM {standing('cards.first_contact')} GROUP BY label",
    About(f"{_LATELY}派发的提醒，从派发到第一次联系上的天数", _DESK, _SWEPT,
          caveat="按自然日数；联系不上不算"),
    order="days",
)  # fmt: skip
NOT_SENT = Panel(
    "not-sent", "名额已满没有派发", Shape.STAT,
    (Column("n", "户数", Unit.HOUSEHOLDS), Column("loss", "预计损失", Unit.YUAN)),
    "SELECT sum(cell) AS n, round(sum(amount) / 100) AS loss "
    f"FROM {standing('not_sent')} HAVING count() > 0",
    About("各村最近一次派发时排上了、但本月名额已满的户", _DESK, _SWEPT,
          caveat="预计损失是风险乘以损失的估计，用来看人手缺多少"),
    suppress=Suppress(also=("loss",)),
)  # fmt: skip
HELD = Panel(
    "held", "集中出现、等待放行", Shape.BARS,
    (Column("label", "因为"), Column("n", "户数", Unit.HOUSEHOLDS)),
    f"SELECT {said(_DIMENSIONS, 'words[1]')} AS label, sum(cell) AS n "
    f"FROM {standing_below('held')} GROUP BY words[1]",
    About("同一原因一天里太多、合成一件等负责人放行的户", _DESK, _SWEPT),
    order="n DESC, label", empty="没有等待放行的",
)  # fmt: skip
WORKLOAD = Panel(
    "workload", "各乡镇的工作量", Shape.TABLE,
    (
        Column("place", "乡镇"), Column("n", "没有办结", Unit.HOUSEHOLDS),
        Column("dealt", "本月派发", Unit.TIMES), Column("not_sent", "没有派发", Unit.HOUSEHOLDS),
    ),
    "SELECT place, sumIf(cell, code = 'cards.live') AS n, sumIf(cell, code = 'deals') AS dealt, "
    "sumIf(cell, code = 'not_sent') AS not_sent FROM "
    f"{township_names(standing('cards.live', 'deals', 'not_sent'))} GROUP BY township, place",
    About("各乡镇没有办结的、本月派发的、名额已满没有派发的", _DESK, _SWEPT,
          caveat="只到乡镇，不按人排名"),
    suppress=Suppress(others=("dealt", "not_sent")),
    order="place",
)  # fmt: skip

BOARD = Board(
    code="handling",
    title="预警处置",
    question="提醒派得准不准、有没有人办、卡在哪里。",
    rows=(
        (LIVE, OVERDUE, NOT_SENT), (OPENED, OUTCOMES), (FIRST_CONTACT, ENDED), (WORKLOAD, HELD),
    ),
)  # fmt: skip
