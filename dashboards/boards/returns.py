"""返乡回流: who left, who came back, from where and why, and bursts."""

from dashboards.bursts import about_bursts, bursts
from dashboards.cities import city
from dashboards.eventful import by_code, over_time
from dashboards.lunar import CAVEAT, against_former_years
from dashboards.panel import About, Board, Column, Panel, Shape, Unit
from dashboards.sql import events, standing, township_names
from dashboards.standing.measures.festival import (
    HOME_IN_WORK,
    HOME_WITHOUT_WORK,
    LEFT_AGAIN,
    RETURN_DAYS,
)
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
    suppress=Suppress(others=("away",)),
    order="place",
)  # fmt: skip
SAME_WEEKS = against_former_years(
    "same-weeks", "返乡：与往年同一农历周比",
    About("每周返乡的人次，和上一年、前年离春节同样远的那一周", _REPORTED, _LATE, caveat=CAVEAT),
    "migration.return",
)  # fmt: skip
CITIES = Panel(
    "cities", "从哪些城市回来", Shape.BARS,
    (Column("label", "城市"), Column("n", "返乡", Unit.TIMES)),
    f"SELECT {city()} AS label, sum(cell) AS n FROM {events('migration.return', 10)} "
    "GROUP BY label",
    About("返乡的人次，按务工的城市", _REPORTED, _LATE,
          caveat="返乡登记没有写从哪里回来的，写城市不详"),
    order="n DESC, label",
)  # fmt: skip
CITY_BURSTS = bursts(
    "city-bursts", "从同一城市集中返乡",
    about_bursts("两周里从同一城市返乡的人次", _REPORTED, "春节前的集中返乡是常情"),
    "migration.return", 10, city(), what="城市",
)  # fmt: skip
STAYED = Panel(
    "stayed", "春节回来的人现在怎样", Shape.BARS,
    (
        Column("label", "现在"), Column("n", "人数", Unit.PEOPLE),
        Column("share", "占春节回来的", Unit.SHARE),
    ),
    f"""
        SELECT transform(value, [{LEFT_AGAIN}, {HOME_IN_WORK}, {HOME_WITHOUT_WORK}],
                ['又外出了', '在家，有活干', '在家，没有活干或者不清楚'], '未知') AS label,
            sum(cell) AS n, (SELECT sum(cell) FROM {standing("festival.came_home")}) AS total,
            if(total = 0, NULL, n / total) AS share, value AS place
        FROM {standing("festival.came_home")} GROUP BY value
    """,
    About(f"上个春节前后 {RETURN_DAYS} 天里返乡的劳动力，现在在哪里", _REPORTED,
          "每天清晨汇总一次，按现居地点", among="上个春节前后返乡的劳动力",
          caveat="没有登记再次外出的算在家"),
    suppress=Suppress(also=("share",)), order="place",
)  # fmt: skip
_STAYED_HERE = f"SELECT township, sumIf(cell, value != {LEFT_AGAIN}) AS here, sum(cell) AS came"
MAP = Panel(
    "map", "春节后留在家的，各乡镇", Shape.TILES,
    (
        Column("place", "乡镇"), Column("n", "留在家", Unit.PEOPLE),
        Column("share", "占春节回来的", Unit.SHARE),
    ),
    f"""
        SELECT place, here AS n, if(came = 0, NULL, here / came) AS share, township FROM
        {township_names(
            f"({_STAYED_HERE} FROM {standing('festival.came_home')} GROUP BY township)"
        )}
    """,
    About(f"上个春节前后 {RETURN_DAYS} 天里返乡、没有再外出的劳动力", _REPORTED,
          "每天清晨汇总一次，按现居地点", among="该乡镇上个春节前后返乡的劳动力",
          caveat="一格是一个乡镇，按区划代码排，不是地图上的位置；颜色深的多"),
    suppress=Suppress(also=("share",)), order="township",
)  # fmt: skip

BOARD = Board(
    code="returns",
    title="返乡回流",
    question="多少人出去、多少人回来，从哪里回来，为什么，节后还有多少人留在家。",
    rows=((FLOWS, SAME_WEEKS), (STAYED, MAP), (WHY, INTENTS), (CITIES, CITY_BURSTS), (TOWNSHIPS,)),
)
