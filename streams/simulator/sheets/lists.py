"""Name lists: 农村低保, 特困供养, 残疾人; a row for each household or person on it."""

import numpy as np

from streams.simulator.column import Words
from streams.simulator.sheets.cells import days
from streams.simulator.sheets.export import Export, in_order, villages_of, where, who
from streams.simulator.sheets.register import Register
from yujing.domain.codes import Category, Source, number

_FEDERATION = number(Source.DISABLED_FEDERATION)
_GRADES = {1: "一级", 2: "二级"}
_KINDS = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
_CARD = 18   # the ID number within the number of a card


def minimum_living(register: Register) -> Export | None:
    """Return the households on minimum living allowance."""
    return _households(register, Category.MINIMUM_LIVING, "minimum_living", "农村低保对象")


def destitute(register: Register) -> Export | None:
    """Return the destitute who are provided for."""
    return _households(register, Category.DESTITUTE, "destitute", "特困供养人员")


def _households(
    register: Register, category: Category, mapping: str, title: str
) -> Export | None:
    _, since, stands = register.category([category])
    household = np.flatnonzero(stands & (register.household_row >= 0) & (register.head >= 0))
    if not len(household):
        return None
    person = register.members.person[register.head[household]]
    villages = villages_of(register, household)
    columns = where(register, villages) | {
        "户编号": register.names.household_numbers[household].tolist(),
        **who(register, person),
        "救助类别": ["农村低保" if category is Category.MINIMUM_LIVING else "农村特困分散供养"]
        * len(household),
        "救助开始日期": days(since[household]),
    }
    return in_order(Export(mapping, title, register.month, columns, villages))


def disabled(register: Register) -> Export | None:
    """Return the severely disabled by the numbers of their cards, as their federation has them."""
    told = register.said("category.open")
    if told is None:
        return None
    category = told.payload["category"]
    if not isinstance(category, Words):
        raise TypeError("categories have other columns")
    severe = category.data == number(Category.SEVERELY_DISABLED)
    severe &= (told.source == _FEDERATION) & (told.first <= register.last_day)
    told = told.take(np.flatnonzero(severe))
    cards = register.names.id_numbers[told.person]
    row_of = {text: at for at, text in enumerate(
        register.names.id_numbers[register.members.person].tolist())}
    row = np.array([row_of.get(card[:_CARD], -1) for card in cards.tolist()], dtype=np.int64)
    told, cards, row = (told.take(np.flatnonzero(row >= 0)), cards[row >= 0], row[row >= 0])
    if not len(told):
        return None
    members = register.members.take(row)
    villages = villages_of(register, members.household)
    columns = where(register, villages) | {
        "姓名": register.people_names[members.person].tolist(),
        "残疾人证号": cards.tolist(),
        "残疾类别": [_KINDS[at % len(_KINDS)] for at in told.record.tolist()],
        "残疾等级": [_GRADES.get(int(card[-1])) for card in cards.tolist()],
        "发证日期": days(told.first),
    }
    return in_order(Export("disabled", "重度残疾人", register.month, columns, villages))


