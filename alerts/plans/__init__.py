"""What help applies: services by the 1131 standard, subsidies by clause, what is missing."""

from alerts.plans.catalogue import Clause, Lack, Status, clause_of, lack_words, shipped_clauses
from alerts.plans.plan import PlanItem, money_due_table, plan_of, service_plan

__all__ = [
    "Clause", "Lack", "PlanItem", "Status", "clause_of", "lack_words", "money_due_table", "plan_of",
    "service_plan", "shipped_clauses",
]
