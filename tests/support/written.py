"""Facts written down by hand, and the state folded from them, for tests of rules, plans and cards.

A fact is a list: event type, subject, day, and a mapping of columns in the words of the wire.
Subjects are short names: persons are lower-case (a, b), households upper-case (H, K); `area` facts
name a region code. Amounts are yuan, months are YYYY-MM.
"""

import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from streams.content import content_hashes
from streams.fact import AREA, HOUSEHOLD, PERSON, FactArray, empty_facts
from streams.state.layout import base_month_of
from streams.state.state import State
from yujing.domain import codes
from yujing.domain.days import to_day

VILLAGE = 520526100001
KINDS = {
    name: number for number, name in enumerate((
        "member.upsert", "member.exit", "identity.link", "household.upsert", "category.open",
        "category.close", "employment.start", "employment.end", "employment.monthly_status",
        "employment.plan", "unemployment.register", "unemployment.deregister", "insurance.status",
        "insurance.payment", "insurance.resident_annual", "migration.depart", "migration.return",
        "income.report", "medical.settlement", "hardship.report", "disaster.area",
        "department.warning", "assist.measure", "verification.result", "service.delivered",
        "comparison.answer", "coverage.gap",
    ), start=1)
}
_SETS = {
    "source": codes.Source, "area": codes.Area, "form": codes.Form, "industry": codes.Industry,
    "channel": codes.Channel, "intent": codes.Intent, "worked": codes.Answer,
    "contract": codes.Answer, "organised": codes.Answer, "planned": codes.Answer,
    "skill": codes.Skill, "student": codes.Student, "category": codes.Category,
    "insurance": codes.Insurance, "status": codes.InsuranceStatus, "payer": codes.Payer,
    "disaster": codes.Disaster, "warning": codes.Warning, "measure": codes.Measure,
    "service": codes.Service, "result": codes.ServiceResult, "outcome": codes.Outcome,
    "mode": codes.VisitMode, "treatment": codes.Treatment, "relation": codes.Relation,
}
_REASONS = {
    2: codes.ExitReason, 8: codes.EndReason, 11: codes.EndReason, 12: codes.DeregisterReason,
    17: codes.ReturnReason,
}
_MASKS = {"risks": codes.Risk, "health": codes.Health}
_YUAN = {
    "wage": "wage_fen", "amount": "amount_fen", "total": "total_fen", "self_pay": "self_pay_fen",
    "base": "base_fen", "income_wage": "income_wage_fen", "income_business": "income_business_fen",
    "income_property": "income_property_fen", "income_transfer": "income_transfer_fen",
    "expense": "expense_fen", "claim": "claim_fen",
}


def key_of(name: str) -> int:
    """Return the key of a person or household by its short name; fills all 64 bits."""
    return zlib.crc32(name.encode()) | 1 << 63


def written(facts: Iterable[Sequence[Any]], *, known: date | None = None) -> FactArray:
    """Return rows of `FACT`; each is known at noon of its day unless `known` says otherwise."""
    given = list(facts)
    rows = empty_facts(len(given))
    for place, (kind, subject, day, *more) in enumerate(given):
        _write(rows[place], KINDS[kind], str(subject), _day(day), dict(more[0]) if more else {})
        moment = known or _day(day)
        rows["known_at"][place] = int(datetime(
            moment.year, moment.month, moment.day, 4, tzinfo=UTC).timestamp())
        rows["fact"][place] = (place + 1) | 1 << 62
    rows["version"] = 1
    rows["position"] = np.arange(1, len(given) + 1)
    rows["content"] = content_hashes(rows)
    return rows


def a_member(name: str, household: str, **columns: Any) -> list[Any]:
    """Return the registration of a member: 41 years old in 2026, ordinary labour, no student."""
    usual = {"birth": "1985-05-01", "skill": "ordinary", "student": "no", "region": VILLAGE}
    return ["member.upsert", name, "2023-01-05", {**usual, "household": household, **columns}]


def a_household(name: str, **columns: Any) -> list[Any]:
    """Return the registration of a household."""
    return ["household.upsert", name, "2023-01-05", {"region": VILLAGE, **columns}]


def state_of(facts: FactArray, as_of: date) -> State:
    """Return the state folded from facts."""
    return State.build(facts, base_month_of(as_of.year))


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _write(row: Any, kind: int, subject: str, day: date, columns: dict[str, Any]) -> None:
    row["kind"], row["source"] = kind, codes.number(codes.Source.EMPLOYMENT_PLATFORM)
    row["occurred_from"] = row["occurred_to"] = to_day(day)
    row["precision"] = codes.number(codes.Precision.DAY)
    if kind == KINDS["disaster.area"]:
        row["subject_kind"], row["subject"], row["region"] = AREA, int(subject), int(subject)
    else:
        row["subject_kind"] = HOUSEHOLD if subject[0].isupper() else PERSON
        row["subject"] = key_of(subject)
    for name, value in columns.items():
        _set(row, kind, name, value)


def _set(row: Any, kind: int, name: str, value: Any) -> None:
    if name in _YUAN:
        row[_YUAN[name]] = round(float(value) * 100)
    elif name == "household":
        row["other"] = key_of(str(value))
    elif name == "month":
        year, month = str(value).split("-")
        row["month"] = int(year) * 12 + int(month) - 1
    elif name == "year":
        row["month"] = int(value) * 12
    elif name == "birth":
        row["birth"] = to_day(_day(value))
    elif name == "to":
        row["occurred_to"] = to_day(_day(value))
    elif name == "from":
        row["occurred_from"] = to_day(_day(value))
    elif name == "reason":
        row["reason"] = codes.numbers(_REASONS[kind])[str(value)]
    elif name in _MASKS:
        row[name] = sum(1 << codes.numbers(_MASKS[name])[word] for word in value)
    elif name in _SETS:
        row[name] = codes.numbers(_SETS[name])[str(value)]
    elif name == "right":
        row["result"] = codes.numbers(codes.Side)[str(value)]
    elif name == "comparison":
        row["grade"] = int(value)
    elif name == "employer":
        row["employer"] = key_of(str(value))
    else:
        row[name] = value
