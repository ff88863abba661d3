"""返乡回流: who left, who came back, from where and why, and bursts."""

from dashboards.eventful import by_code, over_time
from dashboards.panel import About, Board, Column, Panel, Shape, Unit
from dashboards.sql import events, township_names
from dashboards.suppression import Suppress
from yujing.domain.codes import Intent, ReturnReason

_REPORTED = "外出和返乡登记（村报、交通、劳务公司）"
_LATE = "按发生的月份数；返乡一般晚一周到两个月才报上来，约 6% 从未上报"

FLOWS = over_time(
    "flows", "外出和返乡",
    About("每月外出的人次和返乡的人次", _REPORTED, _LATE, caveat="春节前后返乡是常情"),
    {"外出": ("migration.depart", 11), "返乡": ("migration.return", 11)},
)  # fmt: skip
WHY = by_code(
    "why", "为什么返乡", About("返乡的人次，按原因", _REPORTED, _LATE),
    "migration.return", 11, ReturnReason, what="原因",
)  # fmt: skip
INTENTS = by_code(
    "intents", "返乡以后的打算", About("返乡的人次，按本人打算", _REPORTED, _LATE),
    "migration.return", 12, Intent, what="打算",
)  # fmt: skip
TOWNSHIPS = Panel(
    code="townships",
    title="各乡镇的返乡和外出",
    shape=Shape.TABLE,
    columns=(
        Column("place", "乡镇"), Column("n", "返乡", Unit.TIMES),
        Column("away", "外出", Unit.TIMES),
    ),
    sql=f"""
        SELECT place, sumIf(cell, back = 1) AS n, sumIf(cell, back = 0) AS away FROM
        {township_names(
            f"(SELECT *, 1 AS back FROM {events('migration.return', 11)} UNION ALL "
            f"SELECT *, 0 AS back FROM {events('migration.depart', 11)})"
        )} GROUP BY township, place
    """,
    about=About("所选月份里各乡镇返乡和外出的人次", _REPORTED, _LATE),
    suppress=Suppress(),
    order="place",
)  # fmt: skip

BOARD = Board(
    code="returns",
    title="返乡回流",
    question="多少人出去、多少人回来，从哪里回来，为什么，节后还有多少人留在家。",
    rows=((FLOWS,), (WHY, INTENTS), (TOWNSHIPS,)),
)
