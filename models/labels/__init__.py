"""What really happened after a day, as known at the label date: the outcomes that models learn."""

from models.labels.knowledge import Knowledge
from models.labels.outcome import (
    NEGATIVE,
    POSITIVE,
    SETTLEMENT_DAYS,
    UNKNOWN,
    Outcomes,
    label_date,
)
from models.labels.poverty import P12_HORIZON_DAYS, p12
from models.labels.work import U90_HORIZON_DAYS, u90

__all__ = [
    "NEGATIVE",
    "P12_HORIZON_DAYS",
    "POSITIVE",
    "SETTLEMENT_DAYS",
    "U90_HORIZON_DAYS",
    "UNKNOWN",
    "Knowledge",
    "Outcomes",
    "label_date",
    "p12",
    "u90",
]
