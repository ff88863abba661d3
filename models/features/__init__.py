"""What the models look at: one declared list of features, computed from the state as of a day."""

from models.features.declared import FEATURES, Feature, features_of
from models.features.policy import IncomePolicy, require_lines
from models.features.snapshot import Snapshot, StateRows, cutoff_s
from models.features.tables import FeatureTable, household_table, person_table
from models.features.work import EMPLOYED, JOBLESS, NOT_APPLICABLE, STALE

__all__ = [
    "EMPLOYED",
    "FEATURES",
    "JOBLESS",
    "NOT_APPLICABLE",
    "STALE",
    "Feature",
    "FeatureTable",
    "IncomePolicy",
    "Snapshot",
    "StateRows",
    "cutoff_s",
    "features_of",
    "household_table",
    "person_table",
    "require_lines",
]
