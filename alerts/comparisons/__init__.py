"""比对: what one source says against another, as data, evaluators and questions."""

from alerts.comparisons.catalogue import Comparison, comparison_of, shipped_comparisons
from alerts.comparisons.difference import DIFFERENCE, Differences
from alerts.comparisons.evaluation import compare
from alerts.comparisons.told import Told, told_by

__all__ = [
    "DIFFERENCE", "Comparison", "Differences", "Told", "compare", "comparison_of",
    "shipped_comparisons", "told_by",
]
