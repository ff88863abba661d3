"""What the state must say, worked out slowly from a whole history in plain Python.

Nothing is shared with `streams.state` but the layout: this is the second opinion of its tests.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import numpy as np

from streams.content import fact_version_hash
from streams.fact import AREA, HOUSEHOLD, MISSING_FEN, PERSON, FactArray
from streams.state.layout import HOUSEHOLD_ROW, MEMBER
from streams.state.priority import priorities

Row = dict[str, Any]
_EPOCH = date(1970, 1, 1)
_SHORT_EPOCH = date(2000, 1, 1)


def effective_facts(history: FactArray) -> list[Row]:
    """Return the effective facts: highest version, known first, smaller content; not retracted."""
    hashes = fact_version_hash(history)
    best: dict[int, tuple[tuple[int, int, int], Row]] = {}
    for values, version_hash in zip(history.tolist(), hashes.tolist(), strict=True):
        fact: Row = dict(zip(history.dtype.names or (), values, strict=True))
        fact["hash"] = version_hash
        rank = (-fact["version"], fact["known_at"], fact["content"])
        if fact["fact"] not in best or rank < best[fact["fact"]][0]:
            best[fact["fact"]] = (rank, fact)
    return [fact for _, fact in best.values() if not fact["retracted"]]


def row_keys(facts: list[Row]) -> dict[int, int]:
    """Return the smallest key of the component of each linked person."""
    neighbours: dict[int, set[int]] = defaultdict(set)
    for fact in facts:
        if fact["kind"] == 3:
            neighbours[fact["subject"]].add(fact["other"])
            neighbours[fact["other"]].add(fact["subject"])
    names: dict[int, int] = {}
    for key in neighbours:
        seen, ahead = {key}, [key]
        while ahead:
            for near in neighbours[ahead.pop()] - seen:
                seen.add(near)
                ahead.append(near)
        names[key] = min(seen)
    return names


def plain_state(history: FactArray, base_month: int) -> dict[str, dict[int, Row]]:
    """Return `members` and `households` (by key) and `areas` (by fact) that have facts."""
    facts = effective_facts(history)
    names = row_keys(facts)
    people: dict[int, list[Row]] = defaultdict(list)
    homes: dict[int, list[Row]] = defaultdict(list)
    areas: dict[int, Row] = {}
    for fact in facts:
        if fact["subject_kind"] == PERSON:
            people[names.get(fact["subject"], fact["subject"])].append(fact)
        elif fact["subject_kind"] == HOUSEHOLD:
            homes[fact["subject"]].append(fact)
        elif fact["subject_kind"] == AREA:
            areas[fact["fact"]] = fact
    return {
        "members": {key: _member(key, own, base_month) for key, own in people.items()},
        "households": {key: _household(key, own) for key, own in homes.items()},
        "areas": areas,
    }


def as_row(row: np.void) -> Row:
    """Return a row of the state in the form of this module."""
    return {name: row[name].tolist() for name in row.dtype.names or ()}


def _kind(facts: list[Row], *kinds: int) -> list[Row]:
    return [fact for fact in facts if fact["kind"] in kinds]


def _date(day: int) -> date:
    return _EPOCH + timedelta(days=day)


def _priority(fact: Row) -> int:
    return int(priorities()[fact["kind"], fact["source"]])


def _register(day: int, priority: int, value: int = 0) -> int:
    return (day + 2**16) * 2**40 + priority * 2**32 + value


def _latest(facts: list[Row], value: Any, day: Any = lambda f: f["occurred_from"]) -> int:
    return max((_register(day(f), _priority(f), value(f)) for f in facts), default=0)


def _order(fact: Row, day: str = "occurred_from") -> tuple[int, int]:
    return _register(fact[day], _priority(fact)), fact["fact"]


def _short(day: int) -> int:
    return min(max((_date(day) - _SHORT_EPOCH).days, 1), 65535)


def _month_number(day: int) -> int:
    return _date(day).year * 12 + _date(day).month - 1


def _month_day(fact: Row) -> int:
    return (date(fact["month"] // 12, fact["month"] % 12 + 1, 1) - _EPOCH).days


def _bits(months: list[int], base_month: int) -> int:
    return sum(1 << place for place in {m - base_month for m in months} if 0 <= place < 64)


def _empty(key: int, facts: list[Row], layout: np.dtype[np.void]) -> Row:
    row = as_row(np.zeros(1, layout)[0])
    row["key"], row["n_facts"] = key, len(facts)
    for fact in facts:
        row["facts_xor"] ^= fact["hash"]
    return row


def _either(row: Row, facts: list[Row]) -> None:
    for kind, name in ((5, "category_open"), (6, "category_close")):
        for fact in _kind(facts, kind):
            days = row[name]
            days[fact["category"]] = max(days[fact["category"]], _short(fact["occurred_from"]))
    row["hardship"] = _latest(_kind(facts, 20), lambda f: f["risks"])
    row["warning"] = _latest(_kind(facts, 22), lambda f: f["warning"])
    row["measure"] = _latest(_kind(facts, 23), lambda f: f["measure"])
    row["visit"] = _latest(
        _kind(facts, 24),
        lambda f: f["outcome"] + f["worked"] * 2**8 + f["card"] % 2**20 * 2**12,
    )


def _member(key: int, facts: list[Row], base_month: int) -> Row:
    row = _empty(key, facts, MEMBER)
    _either(row, facts)
    _membership(row, _kind(facts, 1))
    _job(row, facts, base_month)
    _months(row, facts, base_month)
    _insurance(row, facts, base_month)
    row["exit"] = _latest(_kind(facts, 2), lambda f: f["reason"])
    row["end"] = _latest(_kind(facts, 8), lambda f: f["reason"] + f["arrears"] * 256)
    row["status_month"] = _latest(
        [f for f in _kind(facts, 9) if f["worked"] == 2],
        lambda f: f["area"] + f["industry"] * 2**8 + f["form"] * 2**16,
        _month_day,
    )
    row["plan"] = _latest(
        _kind(facts, 10), lambda f: f["planned"] + f["training_wish"] * 256, _month_day
    )
    row["unemployment"] = _latest(
        _kind(facts, 11, 12), lambda f: f["kind"] - 10 + f["reason"] * 256
    )
    row["depart"] = _latest(_kind(facts, 16), lambda f: f["work_region"] + f["organised"] * 2**24)
    row["return_"] = _latest(_kind(facts, 17), lambda f: f["reason"] + f["intent"] * 256)
    _services(row, facts)
    return row


def _membership(row: Row, facts: list[Row]) -> None:
    by_home: dict[int, Row] = {}
    for fact in sorted(facts, key=_order):
        by_home[fact["other"]] = fact
    ranked = sorted(by_home.values(), key=_order, reverse=True)
    if ranked:
        first = ranked[0]
        row["member_order"], row["member_fact"] = _order(first)
        row["household"] = first["other"]
        for name in (
            "region",
            "birth",
            "relation",
            "schooling",
            "student",
            "skill",
            "health",
            "disability",
            "sex",
            "ethnicity",
        ):
            row[name] = first[name]
    if len(ranked) > 1:
        row["other_household_order"], row["other_household_fact"] = _order(ranked[1])
        row["other_household"] = ranked[1]["other"]


def _job(row: Row, facts: list[Row], base_month: int) -> None:
    starts, departs = _kind(facts, 7), _kind(facts, 16)
    if starts:
        latest = max(starts, key=_order)
        row["job_order"], row["job_fact"] = _order(latest)
        for name in (
            "employer",
            "work_region",
            "area",
            "form",
            "industry",
            "channel",
            "contract",
            "organised",
            "contract_months",
        ):
            row[name] = latest[name]
    sent = [f["occurred_from"] for f in starts + departs if f["organised"] == 2]
    row["first_organised"] = _short(min(sent)) if sent else 0
    away = [
        f["occurred_from"]
        for f in starts + departs
        if f["area"] == 4 or (f["work_region"] and not 520000 <= f["work_region"] < 530000)
    ]
    away += [_month_day(f) for f in _kind(facts, 9) if f["worked"] == 2 and f["area"] == 4]
    row["first_cross_province"] = _short(min(away)) if away else 0


def _months(row: Row, facts: list[Row], base_month: int) -> None:
    for name, kind in (("started", 7), ("ended", 8), ("departed", 16), ("returned", 17)):
        months = [_month_number(f["occurred_from"]) for f in _kind(facts, kind)]
        row[name] = _bits(months, base_month)
    for name, answer in (("idle", 1), ("worked", 2)):
        months = [f["month"] for f in _kind(facts, 9) if f["worked"] == answer]
        row[name] = _bits(months, base_month)
    wages = [(_month_number(f["occurred_from"]), f["wage_fen"]) for f in _kind(facts, 7, 8)]
    wages += [(f["month"], f["wage_fen"]) for f in _kind(facts, 9) if f["worked"] == 2]
    for month, fen in wages:
        place = month - base_month - 36
        if fen != MISSING_FEN and 0 <= place < 24:
            yuan = min(max(fen // 100, 0), 65535)
            row["wage_yuan"][place] = max(row["wage_yuan"][place], yuan)
    for fact in _kind(facts, 19):
        place = _month_number(fact["occurred_from"]) - base_month - 36
        if 0 <= place < 24 and fact["self_pay_fen"] > 0:
            total = row["self_pay_yuan"][place] + fact["self_pay_fen"] // 100
            row["self_pay_yuan"][place] = min(total, 65535)


def _insurance(row: Row, facts: list[Row], base_month: int) -> None:
    for line in range(4):
        own = [f for f in facts if f["insurance"] == line + 1]
        paid = [f["month"] for f in _kind(own, 14) if f["amount_fen"] > 0]
        row["paid"][line] = _bits(paid, base_month)
        row["line"][line] = _latest(_kind(own, 13), lambda f: f["status"], _month_day)
    yearly = _kind(facts, 15) + [f for f in _kind(facts, 14) if f["amount_fen"] > 0]
    for place, insurance in ((0, 6), (1, 7)):
        premiums = [f for f in yearly if f["insurance"] == insurance]
        row["resident_paid"][place] = _years(premiums, base_month)
    helped = [f for f in yearly if f["insurance"] == 6 and f["payer"] >= 2]
    row["resident_assisted"] = _years(helped, base_month)


def _years(facts: list[Row], base_month: int) -> int:
    years = {f["month"] // 12 - base_month // 12 for f in facts}
    return sum(1 << year for year in years if 0 <= year < 16)


def _services(row: Row, facts: list[Row]) -> None:
    given = [f for f in _kind(facts, 25) if f["result"] not in (2, 4)]
    for fact in given:
        last = row["service_last"]
        last[fact["service"]] = max(last[fact["service"]], _short(fact["occurred_to"]))
    referrals = sorted({_short(f["occurred_to"]) for f in given if f["service"] == 3}, reverse=True)
    row["referral_days"] = [*referrals, 0, 0, 0][:3]
    days = [f["occurred_to"] - f["occurred_from"] + 1 for f in given if f["service"] == 4]
    row["training_days"] = min(sum(days), 65535)


def _household(key: int, facts: list[Row]) -> Row:
    row = _empty(key, facts, HOUSEHOLD_ROW)
    _either(row, facts)
    places, incomes = _kind(facts, 4), _kind(facts, 18)
    if places:
        latest = max(places, key=_order)
        row["place_order"], row["place_fact"] = _order(latest)
        for name in ("region", "household_type", "relocation"):
            row[name] = latest[name]
    if incomes:
        latest = max(incomes, key=lambda f: _order(f, "occurred_to"))
        row["income_order"], row["income_fact"] = _order(latest, "occurred_to")
        row["income_members"] = latest["n_members"]
        for name in (
            "income_wage_fen",
            "income_business_fen",
            "income_property_fen",
            "income_transfer_fen",
            "expense_fen",
            "claim_fen",
            "self_pay_fen",
        ):
            row[name] = latest[name]
    return row
