"""The code sets of the field: the word on the wire, its number inside arrays, and its Chinese term.

A code set is a `StrEnum`; the value is the word on the wire. Its number (0, 1, 2, ...) is the
place in the definition, so members are only ever appended. Number 0 is "unknown" in every set:
unknown is a value and never zero of something else. Names such as AAE140 are the national column
names of the sets.
"""

from enum import StrEnum
from functools import cache

from yujing.domain.codes.help import (
    Disaster,
    Measure,
    Outcome,
    Risk,
    Service,
    ServiceResult,
    Treatment,
    VisitMode,
    Warning,
)
from yujing.domain.codes.people import (
    Category,
    Ethnicity,
    ExitReason,
    Health,
    HouseholdType,
    Relation,
    Schooling,
    Sex,
    Skill,
    Student,
)
from yujing.domain.codes.record import Answer, Op, Precision, ReporterRole, Side, Source
from yujing.domain.codes.work import (
    Area,
    Channel,
    DeregisterReason,
    EndReason,
    Form,
    Industry,
    Insurance,
    InsuranceStatus,
    Intent,
    Payer,
    ReturnReason,
)
from yujing.domain.terms import TERMS

__all__ = [
    "LOW_INCOME",
    "MONITORED",
    "THREE_CATEGORIES",
    "Answer",
    "Area",
    "Category",
    "Channel",
    "DeregisterReason",
    "Disaster",
    "EndReason",
    "Ethnicity",
    "ExitReason",
    "Form",
    "Health",
    "HouseholdType",
    "Industry",
    "Insurance",
    "InsuranceStatus",
    "Intent",
    "Measure",
    "Op",
    "Outcome",
    "Payer",
    "Precision",
    "Relation",
    "ReporterRole",
    "ReturnReason",
    "Risk",
    "Schooling",
    "Service",
    "ServiceResult",
    "Sex",
    "Side",
    "Skill",
    "Source",
    "Student",
    "Treatment",
    "VisitMode",
    "Warning",
    "members",
    "number",
    "numbers",
    "zh",
]

MONITORED = (Category.MARGINAL, Category.UNSTABLE, Category.SUDDEN_HARDSHIP)  # 监测对象 (三类户)
LOW_INCOME = (Category.MINIMUM_LIVING, Category.DESTITUTE, *MONITORED)  # 农村低收入人口
THREE_CATEGORIES = (Category.EX_POOR, *LOW_INCOME, Category.RELOCATED)  # 三类人员


@cache
def numbers(code_set: type[StrEnum]) -> dict[str, int]:
    """Return word -> number of a code set.

    Examples
    --------
    >>> numbers(Answer)["yes"]
    2
    """
    return {member.value: number for number, member in enumerate(code_set)}


@cache
def members(code_set: type[StrEnum]) -> tuple[StrEnum, ...]:
    """Return the members of a code set in the order of their numbers."""
    return tuple(code_set)


def number(code: StrEnum) -> int:
    """Return the number of a code.

    Examples
    --------
    >>> number(Category.EX_POOR)
    1
    """
    return numbers(type(code))[code.value]


def zh(code: StrEnum) -> str:
    """Return the Chinese term of a code, 未知 for the unknown of every set.

    Examples
    --------
    >>> zh(Category.EX_POOR)
    '脱贫人口'
    """
    return "未知" if code.value == "unknown" else TERMS[type(code).__name__][code.name]
