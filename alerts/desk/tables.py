"""The tables of the desk as SQLAlchemy sees them; `migrations/` makes and explains them."""

from typing import Any

from sqlalchemy import TableClause, column, table

from yujing.storage.migration import Migration, read_migrations

ROOM = "desk"


def desk_migrations() -> list[Migration]:
    """Return the migrations of the desk."""
    return read_migrations(ROOM, "alerts.desk")


def _named(name: str, columns: str) -> TableClause:
    return table(name, *(column(word) for word in columns.split()))


CARDS = _named("cards", (
    "id household person region kind stage level rule reason score_reason kinds source employer"
    " file sentence benefit_fen p12 u90 audit_probability opened_on opened_at due_on"
    " measure_due_on seen_at assignee snoozed_until n_tries outcome ended_on ended_why ended_event"
))
EVIDENCE = _named(
    "card_evidence", "card rule person level since sentence first_on last_on gone_on"
)
FACTORS = _named("card_factors", "card place name zh points words")
TRANSITIONS = _named("transitions", (
    "id card at day by role what from_stage to_stage why event before undone"
))
OUTCOMES = _named("outcomes", (
    "id card transition fact day by outcome mode answers note rule kind undone"
))
COOL_DOWNS = _named("cool_downs", (
    "id household card kinds level score_reason until_on why transition"
))
DEALS = _named("deals", (
    "day village claimed_at seed position late_sources capacity released used n_dealt n_audits"
    " not_sent not_sent_fen candidates"
))
HELD = _named("held", (
    "id day county dimension value card_limit stage made_at decided_at decided_by"
))
HELD_CARDS = _named("held_cards", "held household draft")
STANDING = _named("standing", "household low_runs day")
PAUSED = _named("paused", "household person since_on due_on by")
MONEY_DUE = _named("money_due", (
    "household person region clause amount_fen status missing updated_on"
))
COUNTY_SIZES = _named("county_sizes", "county households as_of")
OUTBOX = _named("outbox", "id kind transition body made_at sent_at")
ALL: tuple[TableClause, ...] = (
    CARDS, EVIDENCE, FACTORS, TRANSITIONS, OUTCOMES, COOL_DOWNS, DEALS, HELD, HELD_CARDS, STANDING,
    PAUSED, MONEY_DUE, COUNTY_SIZES, OUTBOX,
)
LIVE_STAGES = ("open", "acknowledged")


def is_live() -> Any:
    """Return the condition of an open card, the one of the partial unique index."""
    return CARDS.c.stage.in_(LIVE_STAGES)
