"""The cells of the boards' roll-up in plain Python, one fact after the other."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from streams.fact import MISSING_FEN, FactArray
from tests.support.histories import oracle

EPOCH = date(1970, 1, 1)
Cell = tuple[int, int, int, int, int, int]  # kind, facet, township, period, value, source
OPEN, CLOSE, START, END, MONTHLY, RETURN = 5, 6, 7, 8, 9, 17


def plain_cells(facts: FactArray) -> dict[Cell, tuple[int, int]]:
    """Return (number, amount) of every cell that is not zero.

    Facets of all types, and those of types that show every form of period and value.
    """
    winners = oracle(facts)
    n, amount = Counter[Cell](), Counter[Cell]()
    for row in _first_copies(facts, winners):
        if row["retracted"]:
            continue
        for facet, period, value, sum_ in _looks(row):
            township = int(row["region"]) // 1000 * 1000
            cell = (int(row["kind"]), facet, township, period, value, int(row["source"]))
            n[cell] += 1
            amount[cell] += sum_
    return {cell: (n[cell], amount[cell]) for cell in n if n[cell] or amount[cell]}


def _first_copies(facts: FactArray, winners: dict[int, tuple[int, int, int]]) -> list[Any]:
    found: dict[int, Any] = {}
    for row in facts:
        fact = int(row["fact"])
        told = (int(row["version"]), int(row["known_at"]), int(row["content"]))
        if winners.get(fact) == told:
            found.setdefault(fact, row)
    return list(found.values())


def _looks(row: Any) -> list[tuple[int, int, int, int]]:
    kind = int(row["kind"])
    day = EPOCH + timedelta(days=int(row["occurred_from"]))
    monday, first = _number(day - timedelta(days=day.weekday())), _number(day.replace(day=1))
    known = EPOCH + timedelta(days=(int(row["known_at"]) + 28_800) // 86_400)
    delay = max(_number(known) - int(row["occurred_to"]), 0)
    looks = [(1, _number(day), 0, 0), (2, _number(known.replace(day=1)), 0, delay)]
    wage = int(row["wage_fen"])
    city = int(row["work_region"]) // 100
    if kind in (OPEN, CLOSE):
        looks.append((10, first, int(row["category"]), 0))
    elif kind == START:
        looks.append((10, first, int(row["industry"]), 0 if wage == MISSING_FEN else wage))
        looks += [(11, first, int(row["form"]), 0), (12, first, int(row["area"]), 0)]
        looks += [(13, first, city, 0), (14, first, int(row["channel"]), 0)]
    elif kind == END:
        looks.append((10, first, int(row["reason"]), 0))
        if row["employer"]:
            looks.append((11, monday, int(row["employer"]), 0))
    elif kind == MONTHLY and row["month"] > 0:
        named = _number(date(int(row["month"]) // 12, int(row["month"]) % 12 + 1, 1))
        looks.append((10, named, int(row["worked"]), 0))
        if wage != MISSING_FEN:
            looks.append((11, named, int(row["industry"]), wage))
        if row["worked"] == 2:
            looks += [(12, named, int(row["area"]), 0), (13, named, int(row["form"]), 0)]
    elif kind == RETURN:
        looks += [(10, monday, city, 0), (11, first, int(row["reason"]), 0)]
        looks.append((12, first, int(row["intent"]), 0))
    return looks


def _number(day: date) -> int:
    return (day - EPOCH).days
