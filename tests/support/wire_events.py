"""Events as they come over the wire, valid by default, and what each must become in the facts.

`expected` is written from the description of the wire, one event at a time in plain Python, so that
it can judge the door, which works on whole columns.
"""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from hypothesis import strategies as st

from streams.door.door import Door
from streams.door.grant import Grant
from streams.door.quality import QualityRules
from streams.door.reading import Reading
from streams.vault.keys import Keys
from yujing.domain import codes
from yujing.domain.days import to_day
from yujing.domain.region import Regions

ID_NUMBER = "11010519491231002X"
KNOWN_AT = int(datetime(2026, 6, 30, 4, tzinfo=UTC).timestamp())
KEYS = Keys(bytes(range(32)))
REGIONS = Regions.load()
VILLAGE = str(REGIONS.under(520526000000, "village")[0])
RULES = QualityRules.load()

ANSWER, YUAN, MONTH, NUMBER, REGION6 = "answer", "yuan", "month", "number", "region6"
# event type: (kind, {field: (column, code set or form)}), the required fields first
WIRE: dict[str, tuple[int, dict[str, tuple[str, Any]]]] = {
    "member.upsert": (1, {
        "sex": ("sex", codes.Sex), "birth": ("birth", "day"),
        "relation": ("relation", codes.Relation), "ethnicity": ("ethnicity", codes.Ethnicity),
        "schooling": ("schooling", codes.Schooling),
        "student": ("student", codes.Student), "health": ("health", [codes.Health]),
        "skill": ("skill", codes.Skill), "disability": ("disability", NUMBER),
    }),
    "member.exit": (2, {"reason": ("reason", codes.ExitReason)}),
    "identity.link": (3, {}),
    "household.upsert": (4, {
        "household_type": ("household_type", codes.HouseholdType),
        "relocation": ("relocation", codes.Answer), "n_members": ("n_members", NUMBER),
    }),
    "category.open": (5, {"category": ("category", codes.Category)}),
    "category.close": (6, {"category": ("category", codes.Category)}),
    "employment.start": (7, {
        "area": ("area", codes.Area), "form": ("form", codes.Form),
        "work_region": ("work_region", REGION6), "channel": ("channel", codes.Channel),
        "industry": ("industry", codes.Industry), "wage_month": ("wage_fen", YUAN),
        "contract": ("contract", codes.Answer), "contract_months": ("contract_months", NUMBER),
        "organised": ("organised", codes.Answer),
    }),
    "employment.end": (8, {
        "reason": ("reason", codes.EndReason), "wage_month": ("wage_fen", YUAN),
        "arrears": ("arrears", codes.Answer),
    }),
    "employment.monthly_status": (9, {
        "month": ("month", MONTH), "worked": ("worked", codes.Answer), "area": ("area", codes.Area),
        "form": ("form", codes.Form), "work_region": ("work_region", REGION6),
        "industry": ("industry", codes.Industry), "wage_month": ("wage_fen", YUAN),
        "days_worked": ("days_worked", NUMBER), "channel": ("channel", codes.Channel),
    }),
    "employment.plan": (10, {
        "month": ("month", MONTH), "planned": ("planned", codes.Answer),
        "area": ("area", codes.Area), "industry": ("industry", codes.Industry),
        "wage_month": ("wage_fen", YUAN),
        "training_wish": ("training_wish", codes.Answer),
    }),
    "unemployment.register": (11, {"reason": ("reason", codes.EndReason)}),
    "unemployment.deregister": (12, {"reason": ("reason", codes.DeregisterReason)}),
    "insurance.status": (13, {
        "insurance": ("insurance", codes.Insurance), "status": ("status", codes.InsuranceStatus),
        "month": ("month", MONTH), "work_region": ("work_region", REGION6),
        "base_month": ("base_fen", YUAN),
    }),
    "insurance.payment": (14, {
        "insurance": ("insurance", codes.Insurance), "month": ("month", MONTH),
        "amount": ("amount_fen", YUAN), "payer": ("payer", codes.Payer),
        "base_month": ("base_fen", YUAN), "arrears": ("arrears", codes.Answer),
    }),
    "insurance.resident_annual": (15, {
        "insurance": ("insurance", codes.Insurance), "year": ("month", "year"),
        "payer": ("payer", codes.Payer), "grade": ("grade", NUMBER),
    }),
    "migration.depart": (16, {
        "work_region": ("work_region", REGION6), "area": ("area", codes.Area),
        "organised": ("organised", codes.Answer),
    }),
    "migration.return": (17, {
        "reason": ("reason", codes.ReturnReason), "intent": ("intent", codes.Intent),
        "work_region": ("work_region", REGION6),
    }),
    "income.report": (18, {
        "income_wage": ("income_wage_fen", YUAN), "income_business": ("income_business_fen", YUAN),
        "income_property": ("income_property_fen", YUAN),
        "income_transfer": ("income_transfer_fen", YUAN), "expense_business": ("expense_fen", YUAN),
        "n_members": ("n_members", NUMBER), "claim": ("claim_fen", YUAN),
        "self_pay": ("self_pay_fen", YUAN),
    }),
    "medical.settlement": (19, {
        "treatment": ("treatment", codes.Treatment), "total": ("total_fen", YUAN),
        "self_pay": ("self_pay_fen", YUAN), "fund": ("amount_fen", YUAN),
    }),
    "hardship.report": (20, {"risks": ("risks", [codes.Risk]), "amount": ("amount_fen", YUAN)}),
    "disaster.area": (21, {"disaster": ("disaster", codes.Disaster), "grade": ("grade", "grade")}),
    "department.warning": (22, {
        "warning": ("warning", codes.Warning), "value": ("amount_fen", YUAN),
        "threshold": ("total_fen", YUAN),
    }),
    "assist.measure": (23, {"measure": ("measure", codes.Measure), "amount": ("amount_fen", YUAN)}),
    "verification.result": (24, {
        "outcome": ("outcome", codes.Outcome), "card_id": ("card", NUMBER),
        "mode": ("mode", codes.VisitMode), "risks": ("risks", [codes.Risk]),
        "worked": ("worked", codes.Answer),
    }),
    "service.delivered": (25, {
        "service": ("service", codes.Service), "result": ("result", codes.ServiceResult),
        "card_id": ("card", NUMBER),
    }),
    "comparison.answer": (26, {
        "comparison": ("grade", "grade"), "right": ("result", codes.Side),
        "card_id": ("card", NUMBER),
    }),
    "coverage.gap": (27, {"month": ("month", MONTH)}),
}  # fmt: skip
N_REQUIRED = {
    "member.upsert": 3, "member.exit": 1, "category.open": 1, "category.close": 1,
    "employment.start": 1, "employment.end": 1, "employment.monthly_status": 2,
    "employment.plan": 2, "unemployment.deregister": 1, "insurance.status": 3,
    "insurance.payment": 4, "insurance.resident_annual": 3, "migration.depart": 1,
    "migration.return": 2, "income.report": 6, "medical.settlement": 3, "hardship.report": 1,
    "disaster.area": 1, "department.warning": 1, "assist.measure": 1, "verification.result": 1,
    "service.delivered": 1, "comparison.answer": 2, "coverage.gap": 1,
}  # fmt: skip
OF_HOUSEHOLD = ("household.upsert", "income.report")
EXAMPLES = {
    "day": "1949-12-31", YUAN: 1234.5, MONTH: "2026-05", NUMBER: 3, REGION6: "440300",
    "year": 2026, "grade": 2,
}  # fmt: skip


def _example(form: Any) -> Any:
    if isinstance(form, list):
        return [list(form[0])[1].value]
    return EXAMPLES[form] if isinstance(form, str) else list(form)[1].value


def required(event_type: str) -> tuple[str, ...]:
    """Return the payload fields that an event type requires."""
    return tuple(WIRE[event_type][1])[: N_REQUIRED.get(event_type, 0)]


def an_event(event_type: str, **more: Any) -> dict[str, Any]:
    """Return a valid event with what it requires; None takes a field away."""
    event: dict[str, Any] = {
        "event_type": event_type,
        "source_system": "village_report",
        "source_record_id": "R-1",
        "source_version": 1,
        "occurred_from": "2026-05-20",
        "region_code": VILLAGE,
    }
    if event_type in OF_HOUSEHOLD:
        event["household_no"] = "H-1"
    elif event_type != "disaster.area":
        event["id_number"] = ID_NUMBER
    if event_type == "member.upsert":
        event |= {"household_no": "H-1", "sex": "female"}
    if event_type == "identity.link":
        event["other_person_key"] = "00000000000000ff"
    forms = WIRE[event_type][1]
    event |= {name: _example(forms[name][1]) for name in required(event_type) if name not in event}
    return {name: value for name, value in {**event, **more}.items() if value is not None}


def lines_of(events: list[dict[str, Any]]) -> list[bytes]:
    """Return events as lines."""
    return [msgspec.json.encode(event) for event in events]


def a_door(**more: Any) -> Door:
    """Return a door with the regions and rules that come with Yujing."""
    return Door(KEYS, REGIONS, RULES, **more)


DOOR = a_door()


def read(*events: dict[str, Any], grant: Grant | None = None, known_at: int = KNOWN_AT) -> Reading:
    """Return what the door makes of events."""
    return DOOR.read(lines_of(list(events)), grant=grant or Grant(), known_at=known_at)


def _as_column(form: Any, value: Any) -> int:
    if isinstance(form, list):
        return sum(1 << codes.numbers(form[0])[word] for word in set(value))
    if not isinstance(form, str):
        return codes.numbers(form)[value]
    if form == "day":
        return to_day(date.fromisoformat(value))
    if form == YUAN:
        return round(value * 100)
    if form == MONTH:
        return int(value[:4]) * 12 + int(value[5:]) - 1
    return int(value) * 12 if form == "year" else int(value)


def expected(event: dict[str, Any]) -> dict[str, int]:
    """Return the columns that a valid event sets, those of personal text left out."""
    kind, forms = WIRE[event["event_type"]]
    retracted = event.get("op") == "retract"
    begin = event.get("occurred_from", "1970-01-01")
    found = {
        "kind": kind,
        "version": event["source_version"],
        "known_at": KNOWN_AT,
        "retracted": int(retracted),
        "source": codes.numbers(codes.Source)[event["source_system"]],
        "role": codes.numbers(codes.ReporterRole)[event.get("reporter_role", "unknown")],
        "precision": codes.numbers(codes.Precision)[event.get("precision", "day")],
        "region": int(event.get("region_code", 0)),
        "occurred_from": to_day(date.fromisoformat(begin)),
        "occurred_to": to_day(date.fromisoformat(event.get("occurred_to", begin))),
    }
    if "id_number" in event:
        found |= {"subject": int(KEYS.person_keys([event["id_number"]])[0]), "subject_kind": 0}
    elif event["event_type"] == "disaster.area":
        found |= {"subject": found["region"], "subject_kind": 2}
    else:
        key = int(KEYS.household_keys([event["household_no"]])[0])
        found |= {"subject": key, "subject_kind": 1}
    if retracted:
        return found
    for name, (column, form) in forms.items():
        if name in event:
            found[column] = _as_column(form, event[name])
    if event["event_type"] == "member.upsert":
        found["other"] = int(KEYS.household_keys([event["household_no"]])[0])
    return found


def _values(form: Any) -> st.SearchStrategy[Any]:
    if isinstance(form, list):
        return st.lists(st.sampled_from([code.value for code in form[0]]), max_size=4)
    if not isinstance(form, str):
        return st.sampled_from([code.value for code in form])
    return {
        "day": st.dates(date(1910, 1, 1), date(2026, 6, 1)).map(str),
        YUAN: st.integers(-(10**11), 10**11).map(lambda fen: fen / 100),
        MONTH: st.dates(date(1990, 1, 1), date(2026, 6, 30)).map(lambda day: f"{day:%Y-%m}"),
        NUMBER: st.integers(0, 4),
        REGION6: st.integers(0, 999_999).map(lambda code: f"{code:06d}"),
        "year": st.integers(2010, 2027),
        "grade": st.integers(1, 4),
    }[form]


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a valid event of any type."""
    event_type = draw(st.sampled_from(list(WIRE)))
    begin = draw(st.dates(date(1960, 1, 1), date(2026, 6, 30)))
    event = an_event(
        event_type,
        source_record_id=draw(st.sampled_from(["A", "B-2", "x" * 128])),
        source_version=draw(st.integers(1, 2**31 - 1)),
        source_system=draw(st.sampled_from([source.value for source in codes.Source])),
        occurred_from=str(begin),
        reporter_role=draw(st.sampled_from(["village", "county", None])),
        precision=draw(st.sampled_from(["day", "month", "year", None])),
        op=draw(st.sampled_from(["upsert", "correct", "retract", None])),
    )
    for name, (_, form) in WIRE[event_type][1].items():
        if name in event or draw(st.booleans()):
            event[name] = draw(_values(form))
    return event
