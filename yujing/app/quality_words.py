"""How findings of quality are told: what a rule says, what an event is called, trends in words."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from alerts.quality.rules import state_rules
from streams.door.quality import QualityRules
from streams.wire.catalogue import BY_KIND

EVENTS_ZH: Mapping[str, str] = MappingProxyType({
    "member.upsert": "家庭成员",
    "member.exit": "成员减少",
    "identity.link": "身份合并",
    "household.upsert": "户信息",
    "category.open": "纳入类别",
    "category.close": "退出类别",
    "employment.start": "务工开始",
    "employment.end": "务工结束",
    "employment.monthly_status": "务工月监测",
    "employment.plan": "务工计划",
    "unemployment.register": "失业登记",
    "unemployment.deregister": "注销失业登记",
    "insurance.status": "参保状态",
    "insurance.payment": "社保缴费",
    "insurance.resident_annual": "居民参保",
    "migration.depart": "外出",
    "migration.return": "返乡",
    "income.report": "收入",
    "medical.settlement": "医保结算",
    "hardship.report": "困难申报",
    "disaster.area": "灾情",
    "department.warning": "部门预警",
    "assist.measure": "帮扶措施",
    "verification.result": "走访核实",
    "service.delivered": "就业服务",
    "comparison.answer": "比对答复",
    "coverage.gap": "未报情况",
})  # fmt: skip
OF_SEVERAL = "综合情况"  # a finding that no single event makes
MONTHS_SHOWN = 6


class RuleWords:
    """What the rules of rows and of the state say, by id."""

    def __init__(self, rules: QualityRules) -> None:
        self._zh = {rule.id: rule.reason.zh for rule in rules.rules}
        self._zh |= {rule.id: rule.zh for rule in state_rules()}
        self._en = {rule.id: rule.reason.en for rule in rules.rules}
        self._en |= {rule.id: rule.en for rule in state_rules()}

    def zh(self, rule: str) -> str:
        """Return what a finding says; of a rule that was taken away, its name."""
        return self._zh.get(rule, rule)

    def en(self, rule: str) -> str:
        """Return the same for the command line."""
        return self._en.get(rule, rule)

    def __contains__(self, rule: str) -> bool:
        return rule in self._zh


def event_zh(kind: int) -> str:
    """Return what the event of a finding is called.

    Examples
    --------
    >>> event_zh(9), event_zh(0)
    ('务工月监测', '综合情况')
    """
    return EVENTS_ZH[BY_KIND[kind].name] if kind in BY_KIND else OF_SEVERAL


def last_months(today: date, n: int = MONTHS_SHOWN) -> list[str]:
    """Return the last months as YYYY-MM, the present one last.

    Examples
    --------
    >>> last_months(date(2026, 1, 31), 3)
    ['2025-11', '2025-12', '2026-01']
    """
    month = today.year * 12 + today.month - 1
    return [f"{m // 12}-{m % 12 + 1:02}" for m in range(month - n + 1, month + 1)]


def trend_zh(by_month: Mapping[str, int], months: Sequence[str]) -> str:
    """Write numbers by month, from the first month that has one.

    Examples
    --------
    >>> trend_zh({"2026-10": 3}, ["2026-09", "2026-10", "2026-11"])
    '10 月 3，11 月 0'
    """
    told = [(month, by_month.get(month, 0)) for month in months]
    first = next((at for at, (_, n) in enumerate(told) if n), len(told) - 1)
    return "，".join(f"{int(month[5:])} 月 {n:,}" for month, n in told[first:])
