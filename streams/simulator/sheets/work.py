"""The two sheets of work: who works away (已外出务工), who means to go (计划外出务工)."""

from collections.abc import Mapping
from enum import StrEnum

import numpy as np

from streams.simulator.array import Flags, Ints
from streams.simulator.column import MISSING, Whole, Words
from streams.simulator.column import Months as MonthColumn
from streams.simulator.sheets.cells import (
    Cells,
    coded,
    days_or_months,
    optional,
    texts,
    whole,
    words,
    work_places,
)
from streams.simulator.sheets.export import Export, in_order, villages_of, where, who
from streams.simulator.sheets.register import Register
from streams.simulator.table import Table
from yujing.domain.codes import Answer, Category, number
from yujing.domain.days import month_start, to_day

MONITORING: Mapping[StrEnum, str] = {
    Category.UNSTABLE: "脱贫不稳定户", Category.MARGINAL: "边缘易致贫户",
    Category.SUDDEN_HARDSHIP: "突发严重困难户",
}
_YES, _NO = number(Answer.YES), number(Answer.NO)


def monthly(register: Register) -> Export | None:
    """Return the sheet of a month, one row a labourer who was asked; None when nobody was."""
    told = _of_month(register, register.said("employment.monthly_status"))
    if told is None:
        return None
    columns, villages = _people(register, told)
    worked = told.payload["worked"]
    if not isinstance(worked, Words):
        raise TypeError("the status has other columns")
    works = worked.data == _YES
    started, organised, ended = _spell(register, told.person, works)
    columns |= {
        "是否已务工": words(worked),
        "开始时间": started, "结束时间": ended,
        "务工所在县": _work_county(register, told),
        "务工企业名称": texts(told.payload["employer"]),
        "所属行业": words(told.payload["industry"]),
        "务工月收入": whole(told.payload["wage_month"]),
        "就业渠道": words(told.payload["channel"]),
        "是否点对点输送": organised,
    }
    return in_order(Export("work_monthly", "已外出务工", register.month, columns, villages))


def plans(register: Register) -> Export | None:
    """Return the sheet of those asked whether they mean to leave; None when nobody was."""
    told = _of_month(register, register.said("employment.plan"))
    if told is None:
        return None
    columns, villages = _people(register, told)
    columns |= {
        "是否计划务工": words(told.payload["planned"]),
        "意向务工区域": words(told.payload["area"]),
        "意向行业": words(told.payload["industry"]),
        "期望月收入": whole(told.payload["wage_month"]),
        "是否有培训意愿": words(told.payload["training_wish"]),
    }
    return in_order(Export("work_plan", "计划外出务工", register.month, columns, villages))


def _of_month(register: Register, told: Table | None) -> Table | None:
    """Return one row a member who lives in a known household: what was reported of them last."""
    if told is None:
        return None
    month = told.payload["month"]
    if not isinstance(month, MonthColumn):
        raise TypeError("the event has no month")
    known = (month.data == register.month) & (register.member_row[told.person] >= 0)
    told = told.take(np.flatnonzero(known))
    order = np.lexsort((told.reported, told.person))
    person = told.person[order]
    last = np.r_[person[1:] != person[:-1], True] if len(person) else np.zeros(0, bool)
    told = told.take(order[last])
    return told if len(told) else None


def _people(register: Register, told: Table) -> tuple[dict[str, Cells], Ints]:
    """Return the columns that say who and where, and the village of each row."""
    row = register.member_row[told.person]
    household = register.members.household[row]
    villages = villages_of(register, household)
    kind = register.households.payload["household_type"]
    at = register.household_row[household]
    return where(register, villages) | {
        "户编号": register.names.household_numbers[household].tolist(),
        "人编号": register.member_numbers[row].tolist(),
        **who(register, told.person),
        "户类型": words(kind.take(at)),
        "监测对象类别": coded(Category, register.monitored[0][household], MONITORING),
    }, villages


def _work_county(register: Register, told: Table) -> Cells:
    region = told.payload["work_region"]
    if not isinstance(region, Whole):
        raise TypeError("the status has other columns")
    return work_places(register.regions, region.data, region.data != MISSING)


def _spell(register: Register, people: Ints, works: Flags) -> tuple[Cells, Cells, Cells]:
    """Return when the present job began, whether the trip was organised, and when a job ended.

    Who works shows the begin that was reported last before the end of the month; who does not,
    the end that was reported last and the begin before it.
    """
    first, last = to_day(month_start(register.month)), register.last_day
    starts, ends = register.said("employment.start"), register.said("employment.end")
    n = len(people)
    nothing: Cells = [None] * n
    end_row = _last_row(ends, people, np.full(n, last))
    if ends is None:
        ended, end_day = nothing, np.full(n, -1)
    else:
        end_day = np.where(end_row >= 0, ends.first[end_row], -1)
        shown = ~works & (end_day >= first - 366)
        ended = days_or_months(ends.first[end_row], ends.precision[end_row], shown)
    if starts is None:
        return nothing, nothing, ended
    start_row = _last_row(starts, people, np.where(works, last, np.minimum(end_day, last)))
    start_day = starts.first[start_row]
    shown = (start_row >= 0) & np.where(works, start_day > end_day, end_day >= first - 366)
    organised = starts.payload["organised"]
    if not isinstance(organised, Words):
        raise TypeError("the start has other columns")
    trip = optional(np.where(organised.data[start_row] == _YES, "是", "否"), shown & works)
    return days_or_months(start_day, starts.precision[start_row], shown), trip, ended


def _last_row(told: Table | None, people: Ints, until: Ints) -> Ints:
    """Return for each person the row with the last first day up to a day of their own, -1 none."""
    if told is None or not len(told):
        return np.full(len(people), -1)
    order = np.lexsort((told.first, told.person))
    day = 2**32
    keys = told.person[order] * day + told.first[order] + 2**20
    at = np.searchsorted(keys, people * day + until + 2**20, side="right") - 1
    row = order[np.maximum(at, 0)]
    found = (at >= 0) & (told.person[row] == people) & (told.first[row] <= until)
    rows: Ints = np.where(found, row, -1)
    return rows
