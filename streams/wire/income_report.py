"""income.report: income and expense of a household over twelve months."""

from msgspec import UNSET

from streams.wire.envelope import Event
from streams.wire.event_type import HOUSEHOLD_EVENTS, EventType, Subject
from streams.wire.field import Count, Needed, Yuan

KIND = 18


class IncomeReport(Event, tag="income.report"):
    """Income and expense of a household in the 12 months `occurred_from` to `occurred_to`."""

    income_wage: Needed[Yuan] = UNSET
    income_business: Needed[Yuan] = UNSET
    income_property: Needed[Yuan] = UNSET
    income_transfer: Needed[Yuan] = UNSET
    expense_business: Needed[Yuan] = UNSET
    claim: Yuan | None = None
    self_pay: Yuan | None = None
    n_members: Needed[Count] = UNSET


EVENT = EventType(
    IncomeReport,
    KIND,
    Subject.HOUSEHOLD,
    HOUSEHOLD_EVENTS,
    columns={
        "income_wage": "income_wage_fen",
        "income_business": "income_business_fen",
        "income_property": "income_property_fen",
        "income_transfer": "income_transfer_fen",
        "expense_business": "expense_fen",
        "claim": "claim_fen",
        "self_pay": "self_pay_fen",
    },
)
