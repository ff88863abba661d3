"""Dated facts behind a card, newest first, each with its source and its age, in words.

The facts are effective facts of the household and its members, as the log gives them; what each
says is written by one small function a kind. Where two sources disagree the card asks
(`alerts.comparisons`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from alerts.comparisons.catalogue import comparison_of
from streams.fact import MISSING_FEN, FactArray
from yujing.domain.codes import (
    Answer,
    Area,
    Category,
    DeregisterReason,
    Disaster,
    EndReason,
    Form,
    Industry,
    Insurance,
    InsuranceStatus,
    Intent,
    Measure,
    Outcome,
    Payer,
    ReturnReason,
    Risk,
    Service,
    ServiceResult,
    Side,
    Source,
    Treatment,
    Warning,
    members,
    zh,
)
from yujing.domain.days import from_day, to_day

SECONDS_OF_DAY = 86_400
SHOWN_COLUMNS = (   # what the words below read
    "fact", "kind", "subject", "subject_kind", "source", "known_at", "occurred_from", "month",
    "area", "industry", "form", "reason", "intent", "category", "insurance", "status", "payer",
    "worked", "planned", "income_wage_fen", "treatment", "self_pay_fen", "risks", "disaster",
    "grade", "warning", "measure", "outcome", "service", "result",
)


@dataclass(frozen=True)
class DatedFact:
    """One fact in words.

    Parameters
    ----------
    fact
        Its hash.
    person
        Whose it is; 0 for the household.
    day
        When it happened.
    words
        What it says.
    source
        Who says it.
    known_on
        When we learned it.
    age_days
        Days from `day` to the day of the page.
    """

    fact: int
    person: int
    day: date
    words: str
    source: str
    known_on: date
    age_days: int


def dated_facts(
    facts: FactArray, *, as_of: date, kinds: frozenset[int] | None = None, most: int = 20,
) -> list[DatedFact]:
    """Return the newest facts in words.

    Parameters
    ----------
    facts
        Effective facts of a household and its members, any order.
    as_of
        Facts of days after it are left out.
    kinds
        Kinds of event to show; all that have words by default.
    """
    wanted = frozenset(WORDS) if kinds is None else kinds & frozenset(WORDS)
    limit = to_day(as_of)
    rows = [
        row for row in facts if int(row["kind"]) in wanted and int(row["occurred_from"]) <= limit
    ]
    rows.sort(key=lambda row: (-int(row["occurred_from"]), -int(row["known_at"]), int(row["fact"])))
    return [_in_words(row, as_of) for row in rows[:most]]


def _in_words(row: Any, as_of: date) -> DatedFact:
    day = from_day(int(row["occurred_from"]))
    return DatedFact(
        int(row["fact"]), int(row["subject"]) if row["subject_kind"] == 0 else 0, day,
        WORDS[int(row["kind"])](row), zh(members(Source)[int(row["source"])]),
        from_day(int(row["known_at"]) // SECONDS_OF_DAY), (as_of - day).days,
    )


def _term(code_set: Any, row: Any, column: str) -> str:
    return zh(members(code_set)[int(row[column])])


def _yuan(row: Any, column: str) -> str:
    fen = int(row[column])
    return "金额未报" if fen == MISSING_FEN else f"{fen / 100:g} 元"


def _month(row: Any) -> str:
    month = int(row["month"])
    return f"{month // 12} 年 {month % 12 + 1} 月" if month else "月份不明"


def _risks(row: Any) -> str:
    mask = int(row["risks"])
    return "、".join(zh(r) for n, r in enumerate(members(Risk)) if n and mask >> n & 1) or "未说明"


def _with_known(words: str, mark: str, *terms: str) -> str:
    """Return words with the terms that are known."""
    known = [term for term in terms if term != "未知"]
    return f"{words}{mark}{'，'.join(known)}" if known else words


def _worked(row: Any) -> str:
    if members(Answer)[int(row["worked"])] is Answer.YES:
        return _with_known(f"{_month(row)}有务工", "，", _term(Area, row, "area"))
    no = members(Answer)[int(row["worked"])] is Answer.NO
    return f"{_month(row)}没有务工" if no else f"{_month(row)}是否务工不明"


def _compared(row: Any) -> str:
    """Return which source was right about what."""
    one, side = comparison_of(int(row["grade"])), members(Side)[int(row["result"])]
    if one is None:
        return f"比对核实：{zh(side)}"
    right = {Side.FIRST: one.first, Side.SECOND: one.second}.get(Side(side))
    return f"比对核实（{one.title}）：{f'{zh(right)}的记录对' if right else zh(side)}"


WORDS: Mapping[int, Callable[[Any], str]] = MappingProxyType({
    5: lambda row: f"列入{_term(Category, row, 'category')}",
    6: lambda row: f"退出{_term(Category, row, 'category')}",
    7: lambda row: _with_known(
        "开始务工", "：", _term(Area, row, "area"), _term(Industry, row, "industry"),
        _term(Form, row, "form")),
    8: lambda row: f"工作结束：{_term(EndReason, row, 'reason')}",
    9: _worked,
    10: lambda row: f"{_month(row)}外出打算：{_term(Answer, row, 'planned')}",
    11: lambda row: f"失业登记：{_term(EndReason, row, 'reason')}",
    12: lambda row: f"失业登记注销：{_term(DeregisterReason, row, 'reason')}",
    13: lambda row: _term(Insurance, row, "insurance") + _term(InsuranceStatus, row, "status"),
    14: lambda row: f"{_month(row)}{_term(Insurance, row, 'insurance')}缴费"
                    f"（{_term(Payer, row, 'payer')}）",
    15: lambda row: f"{int(row['month']) // 12} 年{_term(Insurance, row, 'insurance')}"
                    f"已缴（{_term(Payer, row, 'payer')}）",
    16: lambda row: f"外出：{_term(Area, row, 'area')}",
    17: lambda row: f"返乡：{_term(ReturnReason, row, 'reason')}，"
                    f"意向{_term(Intent, row, 'intent')}",
    18: lambda row: f"年收入核算：工资 {_yuan(row, 'income_wage_fen')}",
    19: lambda row: f"{_term(Treatment, row, 'treatment')}结算，自付 {_yuan(row, 'self_pay_fen')}",
    20: lambda row: f"反映困难：{_risks(row)}",
    21: lambda row: f"灾情：{_term(Disaster, row, 'disaster')} {int(row['grade'])} 级",
    22: lambda row: f"部门预警：{_term(Warning, row, 'warning')}",
    23: lambda row: f"帮扶措施：{_term(Measure, row, 'measure')}",
    24: lambda row: f"走访：{_term(Outcome, row, 'outcome')}",
    25: lambda row: f"{_term(Service, row, 'service')}：{_term(ServiceResult, row, 'result')}",
    26: _compared,
    27: lambda row: f"{_month(row)}没有务工月监测",
})
