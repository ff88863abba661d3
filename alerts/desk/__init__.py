"""The desk: cards, deals, outcomes, held bursts, money due and the outbox, in SQL."""

from alerts.desk.desk import Desk
from alerts.desk.record import Card, Evidence, Transition

__all__ = ["Card", "Desk", "Evidence", "Transition"]
