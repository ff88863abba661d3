"""What was told about persons and households and the state keeps only the latest of."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.fact import HOUSEHOLD, FactArray
from streams.wire import (
    assist_measure,
    department_warning,
    hardship_report,
    verification_result,
)
from yujing.domain.codes import Measure, Outcome, Risk, Warning, number

KINDS = (
    assist_measure.KIND, department_warning.KIND, hardship_report.KIND, verification_result.KIND,
)
COLUMNS = (
    "fact", "version", "content", "known_at", "retracted", "kind", "subject", "subject_kind",
    "occurred_from", "measure", "risks", "warning", "outcome",
)
_ANSWERS = tuple(number(outcome) for outcome in (Outcome.SOLVED, Outcome.UNFOUNDED))

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Told:
    """Help, warnings, reports and visits, one row a fact, rising by fact.

    Parameters
    ----------
    subject, of_household
        Whom it is about, and whether that is a household.
    day
        Day number.
    measure, risks
        Number of the group of help, mask of risks; 0 for none.
    water, answers_water
        Whether it tells of a water problem, or that there is none any more.
    """

    subject: npt.NDArray[np.uint64]
    of_household: Bools
    day: Ints
    measure: Ints
    risks: Ints
    water: Bools
    answers_water: Bools

    @classmethod
    def of(cls, facts: FactArray) -> "Told":
        """Return what effective facts of `KINDS` tell; they need no columns but `COLUMNS`."""
        facts = facts[np.argsort(facts["fact"], kind="stable")]
        measure = facts["measure"].astype(np.int64)
        risks = facts["risks"].astype(np.int64)
        warned = facts["warning"] == number(Warning.WATER)
        return cls(
            facts["subject"].astype(np.uint64),
            facts["subject_kind"] == HOUSEHOLD,
            facts["occurred_from"].astype(np.int64),
            measure,
            risks,
            warned | ((risks >> number(Risk.WATER)) & 1 > 0),
            (measure == number(Measure.WATER))
            | ((facts["kind"] == verification_result.KIND) & np.isin(facts["outcome"], _ANSWERS)),
        )
