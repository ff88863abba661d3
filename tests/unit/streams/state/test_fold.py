"""The compiled fold against a plain definition of each piece: sets, maxima and sums over facts."""

from collections.abc import Callable, Iterable

import numpy as np
from hypothesis import given, settings

from streams.fact import HOUSEHOLD, PERSON, FactArray
from streams.state.effective import effective
from streams.state.layout import (
    DAY_SHIFT,
    LINES,
    N_VALUE_MONTHS,
    SHORT_DAY_EPOCH,
    VALUE_MONTH_OFFSET,
    base_month_of,
)
from streams.state.priority import priorities
from streams.state.state import State
from streams.wire import identity_link
from tests.unit.streams.state.histories import histories
from yujing.domain.days import from_day, month_start, to_day, to_month

BASE = base_month_of(2026)
Fact = np.void


def month_of(fact: Fact) -> int:
    return to_month(from_day(fact["occurred_from"]))


def first_of(fact: Fact) -> int:
    return to_day(month_start(int(fact["month"])))


def short(day: int) -> int:
    return max(int(day) - SHORT_DAY_EPOCH, 1)


def packed(facts: Iterable[Fact], day: Callable[[Fact], int], value: Callable[[Fact], int]) -> int:
    table = priorities()
    return max(
        (
            ((int(day(f)) + DAY_SHIFT) << 40)
            | (int(table[f["kind"], f["source"]]) << 32)
            | value(f)
            for f in facts
        ),
        default=0,
    )


def bits(facts: Iterable[Fact], month: Callable[[Fact], int]) -> int:
    total = 0
    for f in facts:
        if 0 <= int(month(f)) - BASE < 64:
            total |= 1 << (int(month(f)) - BASE)
    return total


def happened(fact: Fact) -> int:
    return int(fact["occurred_from"])


def i(fact: Fact, name: str) -> int:
    return int(fact[name])


def cross_province(fact: Fact) -> bool:
    return i(fact, "area") == 4 or i(fact, "work_region") // 10000 not in (0, 52)


def expected_person(facts: list[Fact]) -> dict[str, object]:
    of = {k: [f for f in facts if f["kind"] == k] for k in range(1, 26)}
    paying = [f for f in of[14] if i(f, "amount_fen") > 0]
    worked = [f for f in of[9] if i(f, "worked") == 2]
    done = [f for f in of[25] if i(f, "result") not in (2, 4) and i(f, "service") < 6]
    organised = [f for f in of[7] + of[16] if i(f, "organised") == 2]
    wages: dict[int, int] = {}
    for f in of[7] + of[8] + worked:
        month = i(f, "month") if f["kind"] == 9 else month_of(f)
        wages[month] = max(wages.get(month, 0), min(max(i(f, "wage_fen") // 100, 0), 65535))
    self_pay: dict[int, int] = {}
    for f in of[19]:
        if i(f, "self_pay_fen") > 0:
            total = self_pay.get(month_of(f), 0) + i(f, "self_pay_fen") // 100
            self_pay[month_of(f)] = min(total, 65535)
    first_cross = [short(happened(f)) for f in of[7] + of[16] if cross_province(f)]
    first_cross += [short(first_of(f)) for f in worked if i(f, "area") == 4]
    referrals = sorted({short(f["occurred_to"]) for f in done if f["service"] == 3}, reverse=True)
    months = range(BASE + VALUE_MONTH_OFFSET, BASE + VALUE_MONTH_OFFSET + N_VALUE_MONTHS)
    return {
        "n_facts": len(facts),
        "exit": packed(of[2], happened, lambda f: i(f, "reason")),
        "end": packed(of[8], happened, lambda f: i(f, "reason") | i(f, "arrears") << 8),
        "status_month": packed(
            worked,
            first_of,
            lambda f: i(f, "area") | i(f, "industry") << 8 | i(f, "form") << 16,
        ),
        "worked": bits(worked, lambda f: i(f, "month")),
        "idle": bits([f for f in of[9] if i(f, "worked") == 1], lambda f: i(f, "month")),
        "started": bits(of[7], month_of),
        "ended": bits(of[8], month_of),
        "departed": bits(of[16], month_of),
        "returned": bits(of[17], month_of),
        "paid": [
            bits([f for f in paying if f["insurance"] == line], lambda f: i(f, "month"))
            for line in LINES
        ],
        "line": [
            packed(
                [f for f in of[13] if f["insurance"] == line], first_of, lambda f: i(f, "status")
            )
            for line in LINES
        ],
        "wage_yuan": [wages.get(m, 0) for m in months],
        "self_pay_yuan": [self_pay.get(m, 0) for m in months],
        "plan": packed(of[10], first_of, lambda f: i(f, "planned") | i(f, "training_wish") << 8),
        "unemployment": max(
            packed(of[11], happened, lambda f: 1 | i(f, "reason") << 8),
            packed(of[12], happened, lambda f: 2 | i(f, "reason") << 8),
        ),
        "depart": packed(of[16], happened, lambda f: i(f, "work_region") | i(f, "organised") << 24),
        "return_": packed(of[17], happened, lambda f: i(f, "reason") | i(f, "intent") << 8),
        "first_organised": min([short(happened(f)) for f in organised], default=0),
        "first_cross_province": min(first_cross, default=0),
        "service_last": [
            max([short(f["occurred_to"]) for f in done if f["service"] == s], default=0)
            for s in range(6)
        ],
        "referral_days": [*referrals, 0, 0, 0][:3],
        "training_days": sum(
            i(f, "occurred_to") - i(f, "occurred_from") + 1 for f in done if f["service"] == 4
        ),
        **expected_either(of),
        **winner(
            of[1],
            "member",
            happened,
            ("household", "other"),
            ("birth", "birth"),
            ("skill", "skill"),
            ("health", "health"),
        ),
        **winner(
            of[7],
            "job",
            happened,
            ("employer", "employer"),
            ("form", "form"),
            ("contract_months", "contract_months"),
            ("area", "area"),
        ),
    }


def expected_either(of: dict[int, list[Fact]]) -> dict[str, object]:
    return {
        "category_open": [
            max([short(happened(f)) for f in of[5] if f["category"] == c], default=0)
            for c in range(9)
        ],
        "category_close": [
            max([short(happened(f)) for f in of[6] if f["category"] == c], default=0)
            for c in range(9)
        ],
        "visit": packed(
            of[24],
            happened,
            lambda f: i(f, "outcome") | i(f, "worked") << 8 | i(f, "card") << 12,
        ),
        "warning": packed(of[22], happened, lambda f: i(f, "warning")),
        "hardship": packed(of[20], happened, lambda f: i(f, "risks")),
        "measure": packed(of[23], happened, lambda f: i(f, "measure")),
    }


def winner(
    facts: list[Fact], register: str, day: Callable[[Fact], int], *fields: tuple[str, str]
) -> dict[str, object]:
    if not facts:
        return {}
    best = max(facts, key=lambda f: (packed([f], day, lambda _: 0), i(f, "fact")))
    expected: dict[str, object] = {mine: i(best, theirs) for mine, theirs in fields}
    return {f"{register}_fact": i(best, "fact"), **expected}


def expected_household(facts: list[Fact]) -> dict[str, object]:
    of = {k: [f for f in facts if f["kind"] == k] for k in range(1, 26)}
    return {
        "n_facts": len(facts),
        **expected_either(of),
        **winner(
            of[4],
            "place",
            happened,
            ("region", "region"),
            ("household_type", "household_type"),
            ("relocation", "relocation"),
        ),
        **winner(
            of[18],
            "income",
            lambda f: i(f, "occurred_to"),
            ("income_members", "n_members"),
            ("income_wage_fen", "income_wage_fen"),
            ("claim_fen", "claim_fen"),
            ("self_pay_fen", "self_pay_fen"),
        ),
    }


@settings(max_examples=200, deadline=None)
@given(history=histories())
def test_every_piece_is_what_its_definition_says(history: FactArray) -> None:
    history = history[history["kind"] != identity_link.KIND]
    standing = history[effective(history)]
    state = State.build(history, BASE)

    for kind, rows, expected in (
        (PERSON, state.members, expected_person),
        (HOUSEHOLD, state.households, expected_household),
    ):
        for row in rows:
            mine = (standing["subject"] == row["key"]) & (standing["subject_kind"] == kind)
            for name, value in expected(list(standing[mine])).items():
                assert row[name].tolist() == value, name
