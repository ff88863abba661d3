"""资金与培训: subsidies due, help given, trainings, public posts; what nobody records is said."""

from dashboards.eventful import BY_MONTH
from dashboards.panel import About, Board, Column, Panel, Shape, Unit
from dashboards.sql import events, said, standing, standing_below, term, township_names
from dashboards.suppression import Suppress
from yujing.domain.codes import Measure, Service, ServiceResult, members, number

_SWEPT = "每天清晨汇总一次"
_NO_SOURCE = "尚无数据来源"
_COUNTED_DAILY = "系统按政策条款逐人核对"
_CAVEAT = "是可以申请的估算，不是已经申请或发放的"
_SERVICE_UNIT = 16  # a value of the facet is service * 16 + result
_CLAUSES = {
    "M2": "求职创业补贴（省内）", "M3": "求职创业补贴（省外）", "M4": "跨省交通补贴",
    "M13": "培训生活费补贴", "M15": "养老保险代缴", "guidance": "职业指导",
    "referral": "职业介绍", "training": "技能培训",
}  # fmt: skip
_STATUS = {"possible": "可以申请", "missing": "还差条件", "done": "已办", "not_eligible": "不符合"}

DUE = Panel(
    "due", "可以申请的补贴", Shape.TABLE,
    (
        Column("label", "补贴"), Column("n", "人数", Unit.PEOPLE),
        Column("yuan", "金额", Unit.YUAN),
    ),
    f"""
        SELECT {said(_CLAUSES, "words[1]")} AS clause, {said(_STATUS, "words[2]")} AS status,
            concat(clause, '，', status) AS label, sum(cell) AS n, round(sum(amount) / 100) AS yuan
        FROM {standing_below("money.due")} GROUP BY clause, status
    """,
    About("有人可以申请或者还差条件的补贴，按条款", _COUNTED_DAILY, _SWEPT, caveat=_CAVEAT),
    suppress=Suppress(lines=(("clause",), ("status",)), also=("yuan",)), order="label",
    empty="没有可以申请的",
)  # fmt: skip
DUE_PLACES = Panel(
    "due-places", "各乡镇可以申请的补贴", Shape.TABLE,
    (
        Column("place", "乡镇"), Column("n", "人次", Unit.TIMES),
        Column("yuan", "金额", Unit.YUAN),
    ),
    f"SELECT place, sum(cell) AS n, round(sum(amount) / 100) AS yuan FROM "
    f"{township_names(standing_below('money.due'))} WHERE words[2] = 'possible' "
    "GROUP BY township, place",
    About("现在就可以申请的补贴，一人几种时每种都计", _COUNTED_DAILY, _SWEPT, caveat=_CAVEAT),
    suppress=Suppress(also=("yuan",)), order="place", empty="没有可以申请的",
)  # fmt: skip


def _no_source(code: str, title: str, counts: str, from_whom: str) -> Panel:
    """Return a panel that waits for a source: no rows, and it says so."""
    columns = (Column("label", "补贴"), Column("yuan", "金额", Unit.YUAN))
    return Panel(
        code, title, Shape.BARS, columns, "SELECT '' AS label, 0 AS yuan WHERE 1 = 0",
        About(counts, _NO_SOURCE, "有了数据来源以后才有",
              caveat=f"要由{from_whom}提供；不是零"),
        suppress=None, empty=_NO_SOURCE,
    )  # fmt: skip


CLAIMED = _no_source(
    "claimed", "已经申请的补贴", "已经提出申请的补贴，按条款", "人社部门的补贴申请台账"
)
PAID = _no_source(
    "paid", "已经发放的补贴", "已经发到手的补贴，按条款、资金和乡镇", "人社和财政部门的发放台账"
)
ALLOCATED = _no_source(
    "allocated", "资金用了多少", "下达的资金额度和已经使用的，按资金",
    "财政和乡村振兴部门的资金台账"
)
HELP = Panel(
    "help", "落实的帮扶措施", Shape.TABLE,
    (
        Column("label", "措施"), Column("n", "次数", Unit.TIMES),
        Column("yuan", "登记的金额", Unit.YUAN),
    ),
    f"SELECT {term(Measure)} AS label, sum(cell) AS n, round(sum(amount) / 100) AS yuan "
    f"FROM {events('assist.measure', 10)} GROUP BY value HAVING n > 0",
    About("所选月份里登记的帮扶措施", "防返贫系统的帮扶措施", "按措施开始的月份数",
          caveat="不是每项措施都登记金额，合计只算登记了的"),
    suppress=Suppress(also=("yuan",)), order="n DESC, label",
)  # fmt: skip
SERVICES = Panel(
    "services", "提供的就业服务", Shape.TABLE,
    (Column("label", "服务和结果"), Column("n", "次数", Unit.TIMES)),
    f"SELECT {term(Service, f'intDiv(value, {_SERVICE_UNIT})')} AS service, "
    f"{term(ServiceResult, f'modulo(value, {_SERVICE_UNIT})')} AS result, "
    "concat(service, '，', result) AS label, sum(cell) AS n "
    f"FROM {events('service.delivered', 10)} GROUP BY value HAVING n > 0",
    About("所选月份里提供的就业服务和结果", "就业大数据平台的服务台账", "按服务的月份数"),
    suppress=Suppress(lines=(("service",), ("result",))), order="service, n DESC, result",
)  # fmt: skip
_DONE = ", ".join(
    str(number(Service.TRAINING) * _SERVICE_UNIT + number(result))
    for result in members(ServiceResult)
    if result in (ServiceResult.DONE, ServiceResult.HIRED)
)
TRAININGS = Panel(
    "trainings", "完成的培训", Shape.SERIES,
    (Column("day", "月份"), Column("n", "人次", Unit.TIMES)),
    f"SELECT {BY_MONTH} AS day, sum(cell) AS n FROM {events('service.delivered', 10)} "
    f"WHERE value IN ({_DONE}) GROUP BY day",
    About("每月完成的技能培训", "就业大数据平台的服务台账", "按培训的月份数",
          caveat="现行的培训目标尚无数据来源，所以不比；"
                 "“十四五”（2021 到 2025 年）全省目标 35 万人次，已经到期，只作历史"),
    order="day",
)  # fmt: skip
TARGET = Panel(
    "target", "培训目标", Shape.TABLE,
    (
        Column("label", "目标"), Column("n", "人次", Unit.TIMES), Column("span", "时间"),
        Column("note", "说明"),
    ),
    "SELECT '全省“十四五”培训' AS label, 350000 AS n, '2021 到 2025 年' AS span, "
    "'已经到期，只作历史；现行目标尚无数据来源' AS note",
    About("政策写明的培训目标", "省人社厅、省乡村振兴局 2022-01-14 实施意见（九）",
          "政策更新时更新",
          caveat="是全省的数，不能拿一个县的培训去比"),
    suppress=None,
)  # fmt: skip
POSTS = Panel(
    "posts", "公益性岗位在岗", Shape.SERIES,
    (Column("day", "日期"), Column("n", "在岗", Unit.PEOPLE)),
    "SELECT as_of AS day, sum(cell) AS n "
    f"FROM {standing('workers.public_post', latest=False)} GROUP BY day",
    About("现在的工作是公益性岗位的劳动力", "务工月报和就业登记", _SWEPT,
          caveat="开始汇总以前的日子没有数；不少于上年总量的要求要看同一天"),
    order="day", empty=f"{_NO_SOURCE}或者还没有汇总过",
)  # fmt: skip

BOARD = Board(
    code="money",
    title="资金与培训",
    question="政策给的钱和培训，谁可以拿、落实了多少，哪些还没有数据。",
    rows=((DUE, DUE_PLACES), (CLAIMED, PAID, ALLOCATED), (HELP, SERVICES),
          (TRAININGS, TARGET), (POSTS,)),
)  # fmt: skip
