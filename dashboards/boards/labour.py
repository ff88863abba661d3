"""就业失业动态: starts and ends of work, why and where, insurance, wages."""

from dashboards.bursts import about_bursts, bursts
from dashboards.eventful import BOTH_WAYS, BY_MONTH, by_code, over_time
from dashboards.lunar import CAVEAT, against_former_years
from dashboards.panel import About, Board, Column, Panel, Shape, Unit
from dashboards.sql import events, term
from dashboards.suppression import Suppress
from yujing.domain.codes import (
    Area,
    Channel,
    EndReason,
    Form,
    Industry,
    Insurance,
    InsuranceStatus,
    number,
)

_LATE = "按发生的月份数；离职一般晚一个多月才报上来，最近两个月还会补报"
_REGISTERED = "就业登记、务工月报（就业大数据平台、防贫云、村报）"
_STATUS = 16  # a value of this facet is insurance * 16 + status


def _about(
    counts: str, source: str = _REGISTERED, caveat: str = "同一人多次变动，每次都计"
) -> About:
    return About(counts, source, _LATE, caveat=caveat)


FLOWS = over_time(
    "flows", "上岗和离职", _about("每月上岗的次数和离职的次数"),
    {"上岗": ("employment.start", 10), "离职": ("employment.end", 10)},
)  # fmt: skip
WHY_ENDED = by_code(
    "why-ended", "为什么离职", _about("离职的次数，按原因"),
    "employment.end", 10, EndReason, what="原因",
)  # fmt: skip
TRADES = by_code(
    "trades", "在哪些行业上岗", _about("上岗的次数，按行业"),
    "employment.start", 10, Industry, what="行业",
)  # fmt: skip
FORMS = by_code(
    "forms", "以什么方式就业", _about("上岗的次数，按就业形式"),
    "employment.start", 11, Form, what="形式",
)  # fmt: skip
AREAS = by_code(
    "areas", "到哪里上岗", _about("上岗的次数，按务工区域"),
    "employment.start", 12, Area, what="区域",
)  # fmt: skip
CHANNELS = by_code(
    "channels", "怎么找到的活", _about("上岗的次数，按就业渠道"),
    "employment.start", 14, Channel, what="渠道",
)  # fmt: skip
_STOPPED = ", ".join(
    str(number(status)) for status in (InsuranceStatus.SUSPEND, InsuranceStatus.TERMINATE)
)
STOPS = Panel(
    code="stops",
    title="社保停缴",
    shape=Shape.SERIES,
    columns=(Column("day", "月份"), Column("label", "险种"), Column("n", "人次", Unit.TIMES)),
    sql=f"""
        SELECT {BY_MONTH} AS day, {term(Insurance, f"intDiv(value, {_STATUS})")} AS label,
            sum(cell) AS n
        FROM {events("insurance.status", 10)}
        WHERE modulo(value, {_STATUS}) IN ({_STOPPED}) GROUP BY day, label
    """,
    about=About(
        "每月暂停或终止缴费的人次，按险种", "社保部门的参保状态",
        "按停缴的月份数，跨省的一般晚一个月",
        caveat="换单位也会先停后续，不都是失业",
    ),
    suppress=BOTH_WAYS,
    order="day, label",
)  # fmt: skip
ARREARS = Panel(
    code="arrears",
    title="社保欠费",
    shape=Shape.SERIES,
    columns=(Column("day", "月份"), Column("n", "欠费人次", Unit.TIMES)),
    sql=f"SELECT {BY_MONTH} AS day, sum(cell) AS n FROM {events('insurance.payment', 11)} "
    "GROUP BY day",
    about=About("每月标为欠费的缴费记录", "社保部门的缴费明细", "费款所属月份；补缴后更正"),
    order="day",
)
WAGES = Panel(
    code="wages",
    title="务工月收入",
    shape=Shape.SERIES,
    columns=(
        Column("day", "月份"), Column("n", "有收入记录的人次", Unit.TIMES),
        Column("wage", "人均月收入", Unit.YUAN),
    ),
    sql=f"SELECT {BY_MONTH} AS day, sum(cell) AS n, round(sum(amount) / n / 100) AS wage "
    f"FROM {events('employment.monthly_status', 11)} GROUP BY day",
    about=About(
        "务工月报里的月收入，按人次平均", _REGISTERED, "月报次月上报，还会补报",
        among="当月报了收入的人次", caveat="只含报了收入的人；本人或村里报的数，没有与工资单核对。"
        "政策数据里还没有按年公布的工资参考数，所以不比",
    ),
    suppress=Suppress(lines=(), also=("wage",)),
    order="day",
)  # fmt: skip
SAME_WEEKS = against_former_years(
    "same-weeks", "离职：与往年同一农历周比",
    About("每周离职的次数，和上一年、前年离春节同样远的那一周", _REGISTERED, _LATE, caveat=CAVEAT),
    "employment.end",
)  # fmt: skip
EMPLOYERS = bursts(
    "employers", "集中离职的单位",
    about_bursts(
        "两周里从同一家单位离职的次数", _REGISTERED,
        "单位写编号的后四位，单位名称在名单里看；合同同时到期也会集中",
    ),
    "employment.end", 11, "concat('单位 ', right(hex(value), 4))", what="单位",
)  # fmt: skip

BOARD = Board(
    code="labour",
    title="就业失业动态",
    question="多少人上岗、多少人离职，为什么，去了哪里；社保停没停，挣的多了还是少了。",
    rows=(
        (FLOWS, STOPS), (SAME_WEEKS, EMPLOYERS), (WHY_ENDED, AREAS), (TRADES, FORMS, CHANNELS),
        (WAGES, ARREARS),
    ),
)  # fmt: skip
