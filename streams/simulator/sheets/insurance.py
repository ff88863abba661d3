"""Exports of insurance: contributions (社保缴费), enrolments (参保状态), settlements (医保结算)."""

import numpy as np

from streams.simulator.array import Ints
from streams.simulator.column import Months, Whole, Words
from streams.simulator.sheets.cells import Cells, days, months, texts, whole, words, work_places
from streams.simulator.sheets.export import NOBODY, Export, month_days, who
from streams.simulator.sheets.register import Register
from streams.simulator.table import Table


def payments(register: Register) -> Export | None:
    """Return the contributions for the month, as far as they have come."""
    told = _of_month(register, "insurance.payment")
    if told is None:
        return None
    columns: dict[str, Cells] = {
        **who(register, told.person),
        "险种类型": words(told.payload["insurance"]),
        "费款所属期": months(told.payload["month"]),
        "缴费基数": whole(told.payload["base_month"]),
        "缴费金额": whole(told.payload["amount"]),
        "缴费主体": words(told.payload["payer"]),
        "是否欠缴": words(told.payload["arrears"]),
    }
    return Export("insurance_payment", "社保缴费", register.month, columns, _nowhere(told))


def statuses(register: Register) -> Export | None:
    """Return the enrolments that changed in the month."""
    told = _of_month(register, "insurance.status")
    if told is None:
        return None
    region = told.payload["work_region"]
    if not isinstance(region, Whole):
        raise TypeError("the event has no place of work")
    columns: dict[str, Cells] = {
        **who(register, told.person),
        "险种类型": words(told.payload["insurance"]),
        "参保状态": words(told.payload["status"]),
        "变更年月": months(told.payload["month"]),
        "变更日期": days(told.first),
        "参保单位名称": texts(told.payload["employer"]),
        "参保地": work_places(register.regions, region.data, region.data > 0),
        "缴费基数": whole(told.payload["base_month"]),
    }
    return Export("insurance_status", "参保状态", register.month, columns, _nowhere(told))


def settlements(register: Register) -> Export | None:
    """Return the medical bills that were settled in the month."""
    told = register.said("medical.settlement")
    if told is None:
        return None
    told = told.take(month_days(register, told.first))
    if not len(told):
        return None
    columns: dict[str, Cells] = {
        "结算流水号": [f"JS{record:010d}" for record in told.record.tolist()],
        **who(register, told.person),
        "医疗类别": words(told.payload["treatment"]),
        "结算时间": days(told.first),
        "医疗费总额": whole(told.payload["total"]),
        "统筹基金支付": whole(told.payload["fund"]),
        "合规自付费用": whole(told.payload["self_pay"]),
    }
    return Export("medical_settlement", "医保结算", register.month, columns, _nowhere(told))


def _of_month(register: Register, event: str) -> Table | None:
    """Return the rows of a month; of one person, line and status the one reported last."""
    told = register.said(event)
    if told is None:
        return None
    month = told.payload["month"]
    if not isinstance(month, Months):
        raise TypeError("the event has no month")
    told = told.take(np.flatnonzero(month.data == register.month))
    keys = [told.person]
    for name in ("insurance", "status"):
        column = told.payload.get(name)
        if isinstance(column, Words):
            keys.append(column.data.astype(np.int64))
    order = np.lexsort((told.reported, *reversed(keys)))
    last = np.ones(len(order), bool)
    last[:-1] = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
    told = told.take(order[last])
    return told if len(told) else None


def _nowhere(told: Table) -> Ints:
    return np.full(len(told), NOBODY)
