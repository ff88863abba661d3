"""The register's own sheets: members (家庭成员), monitored households (监测户), income (收入)."""

import numpy as np

from streams.simulator.array import Ints
from streams.simulator.column import Whole, WordSet
from streams.simulator.sheets.cells import (
    Cells,
    coded,
    days,
    optional,
    texts,
    whole,
    word_sets,
    words,
)
from streams.simulator.sheets.export import Export, in_order, villages_of, where, who
from streams.simulator.sheets.register import Register
from streams.simulator.sheets.work import MONITORING
from streams.simulator.table import Table
from yujing.domain.codes import Category, Risk, number, zh
from yujing.domain.days import from_day

_INCOMES = {
    "工资性收入": "income_wage", "生产经营性收入": "income_business",
    "财产性收入": "income_property", "转移性收入": "income_transfer",
    "生产经营性支出": "expense_business", "理赔收入": "claim", "合规自付支出": "self_pay",
}
_GRADES = {1: "一级", 2: "二级", 3: "三级", 4: "四级"}


def members(register: Register) -> Export:
    """Return the register of all members."""
    told = register.members
    villages = villages_of(register, told.household)
    disability = told.payload["disability"]
    if not isinstance(disability, Whole):
        raise TypeError("members have other columns")
    columns = where(register, villages) | {
        "户编号": register.names.household_numbers[told.household].tolist(),
        "人编号": register.member_numbers.tolist(),
        **who(register, told.person),
        "性别": words(told.payload["sex"]),
        "与户主关系": words(told.payload["relation"]),
        "民族": words(told.payload["ethnicity"]),
        "文化程度": words(told.payload["schooling"]),
        "在校生状况": words(told.payload["student"]),
        "健康状况": word_sets(told.payload["health"]),
        "劳动技能": words(told.payload["skill"]),
        "残疾等级": [_GRADES.get(grade) for grade in disability.data.tolist()],
        "联系电话": texts(told.payload["phone"]),
    }
    return in_order(Export("members", "家庭成员", register.month, columns, villages))


def monitored(register: Register) -> Export | None:
    """Return the households that are monitored, with their risk and latest measure."""
    kind, since, stands = register.monitored
    known = stands & (register.household_row >= 0) & (register.head >= 0)
    household = np.flatnonzero(known)
    if not len(household):
        return None
    head = register.head[household]
    villages = villages_of(register, household)
    at = register.household_row[household]
    measure, day, amount = _measures(register, household)
    columns = where(register, villages) | {
        "户编号": register.names.household_numbers[household].tolist(),
        "户主姓名": register.people_names[register.members.person[head]].tolist(),
        "户主证件号码": register.names.id_numbers[register.members.person[head]].tolist(),
        "家庭人口数": whole(register.households.payload["n_members"].take(at)),
        "户类型": words(register.households.payload["household_type"].take(at)),
        "监测对象类别": coded(Category, kind[household], MONITORING),
        "识别时间": days(since[household]),
        "是否易地搬迁": words(register.households.payload["relocation"].take(at)),
        "致贫返贫风险1": _risks(register, household),
        "帮扶措施": measure, "帮扶时间": day, "帮扶金额": amount,
    }
    return in_order(Export("monitored", "监测户", register.month, columns, villages))


def income(register: Register) -> Export | None:
    """Return the income sheet: of each household what was reported of the latest twelve months."""
    told = register.said("income.report")
    if told is None:
        return None
    known = (told.last <= register.last_day) & (register.household_row[told.household] >= 0)
    known &= register.head[told.household] >= 0
    told = told.take(np.flatnonzero(known))
    told = told.take(_last_of_household(told))
    if not len(told):
        return None
    villages = villages_of(register, told.household)
    head = register.members.person[register.head[told.household]]
    columns = where(register, villages) | {
        "户编号": register.names.household_numbers[told.household].tolist(),
        "户主姓名": register.people_names[head].tolist(),
        "户主证件号码": register.names.id_numbers[head].tolist(),
        "家庭人口数": whole(told.payload["n_members"]),
        "收入起始月": _month_texts(told.first), "收入截止月": _month_texts(told.last),
        **{header: whole(told.payload[name]) for header, name in _INCOMES.items()},
    }
    return in_order(Export("income", "脱贫户收入", register.month, columns, villages))


def _month_texts(day_numbers: Ints) -> Cells:
    days_of = {day: from_day(day) for day in np.unique(day_numbers).tolist()}
    return [f"{days_of[day]:%Y%m}" for day in day_numbers.tolist()]


def _last_of_household(told: Table) -> Ints:
    order = np.lexsort((told.reported, told.last, told.household))
    household = told.household[order]
    ends = np.r_[household[1:] != household[:-1], True] if len(order) else np.zeros(0, bool)
    rows: Ints = order[ends]
    return rows


def _measures(register: Register, household: Ints) -> tuple[Cells, Cells, Cells]:
    """Return kind, day and amount of the latest measure of each household."""
    nothing: Cells = [None] * len(household)
    told = register.said("assist.measure")
    if told is None:
        return nothing, nothing, nothing
    told = told.take(np.flatnonzero(told.first <= register.last_day))
    told = told.take(_last_of_household(told))
    row = np.full(len(register.names.household_numbers), -1)
    row[told.household] = np.arange(len(told))
    at = row[household]
    if not len(told):
        return nothing, nothing, nothing
    kinds, amounts = np.array(words(told.payload["measure"]), dtype=object), np.array(
        whole(told.payload["amount"]), dtype=object)
    helped = at >= 0
    return (optional(kinds[at], helped), days(told.first[at], helped),
            optional(amounts[at], helped))


def _risks(register: Register, household: Ints) -> Cells:
    """Return the risk that a household named last, else that of its work."""
    told = register.said("hardship.report")
    risk = np.full(len(register.names.household_numbers), number(Risk.UNSTABLE_JOB))
    if told is not None:
        risks = told.payload["risks"]
        if not isinstance(risks, WordSet):
            raise TypeError("reports have other columns")
        masks = risks.data.astype(np.int64)
        lowest = np.log2(np.maximum(masks & -masks, 1)).astype(np.int64)
        named = np.flatnonzero((lowest > 0) & (told.first <= register.last_day))
        risk[told.household[named]] = lowest[named]
    table = [None, *map(zh, list(Risk)[1:])]
    return [table[at] for at in risk[household].tolist()]
