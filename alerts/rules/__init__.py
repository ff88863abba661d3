"""Rules on facts: data, small vectorised evaluators, and the signals they give."""

from alerts.rules.catalogue import (
    AUDIT,
    FACT,
    RED,
    REPORT,
    SCORE,
    SEASONAL,
    Question,
    Rule,
    rule_of,
    shipped_rules,
)
from alerts.rules.evaluation import evaluate, evaluate_situation
from alerts.rules.signal import SIGNAL, Signals
from alerts.rules.situation import Situation, StateView

__all__ = [
    "AUDIT", "FACT", "RED", "REPORT", "SCORE", "SEASONAL", "SIGNAL", "Question", "Rule", "Signals",
    "Situation", "StateView", "evaluate", "evaluate_situation", "rule_of", "shipped_rules",
]
