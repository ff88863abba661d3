"""The list of all event types; a new one is a file beside this one and a line here."""

from streams.wire import (
    assist_measure,
    category_close,
    category_open,
    comparison_answer,
    coverage_gap,
    department_warning,
    disaster_area,
    employment_end,
    employment_monthly_status,
    employment_plan,
    employment_start,
    hardship_report,
    household_upsert,
    identity_link,
    income_report,
    insurance_payment,
    insurance_resident_annual,
    insurance_status,
    medical_settlement,
    member_exit,
    member_upsert,
    migration_depart,
    migration_return,
    service_delivered,
    unemployment_deregister,
    unemployment_register,
    verification_result,
)
from streams.wire.event_type import EventType

__all__ = ["BY_KIND", "BY_NAME", "EVENT_TYPES", "EventType"]

EVENT_TYPES: tuple[EventType, ...] = (
    member_upsert.EVENT,
    member_exit.EVENT,
    identity_link.EVENT,
    household_upsert.EVENT,
    category_open.EVENT,
    category_close.EVENT,
    employment_start.EVENT,
    employment_end.EVENT,
    employment_monthly_status.EVENT,
    employment_plan.EVENT,
    unemployment_register.EVENT,
    unemployment_deregister.EVENT,
    insurance_status.EVENT,
    insurance_payment.EVENT,
    insurance_resident_annual.EVENT,
    migration_depart.EVENT,
    migration_return.EVENT,
    income_report.EVENT,
    medical_settlement.EVENT,
    hardship_report.EVENT,
    disaster_area.EVENT,
    department_warning.EVENT,
    assist_measure.EVENT,
    verification_result.EVENT,
    service_delivered.EVENT,
    comparison_answer.EVENT,
    coverage_gap.EVENT,
)

BY_NAME = {event_type.name: event_type for event_type in EVENT_TYPES}
BY_KIND = {event_type.kind: event_type for event_type in EVENT_TYPES}
