"""Code sets of the envelope: who says it, how exactly, and what a version does."""

from enum import StrEnum


class Source(StrEnum):
    """System that an event comes from (来源系统)."""

    UNKNOWN = "unknown"
    FANGPIN_CLOUD = "fangpin_cloud"
    NATIONAL_MONITORING = "national_monitoring"
    EMPLOYMENT_PLATFORM = "employment_platform"
    SOCIAL_INSURANCE = "social_insurance"
    MEDICAL_INSURANCE = "medical_insurance"
    CIVIL_AFFAIRS = "civil_affairs"
    DISABLED_FEDERATION = "disabled_federation"
    EDUCATION = "education"
    EMERGENCY = "emergency"
    HOUSING = "housing"
    PUBLIC_SECURITY = "public_security"
    VILLAGE_REPORT = "village_report"
    SELF_REPORT = "self_report"
    TELEPHONE = "telephone"
    YUJING = "yujing"


class Op(StrEnum):
    """What a version does to its fact."""

    UPSERT = "upsert"
    CORRECT = "correct"
    RETRACT = "retract"


class Precision(StrEnum):
    """How exactly the day of an event is known."""

    UNKNOWN = "unknown"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class ReporterRole(StrEnum):
    """Who reported (domain roles)."""

    UNKNOWN = "unknown"
    GRID_WORKER = "grid_worker"
    VILLAGE = "village"
    WORK_TEAM = "work_team"
    TOWNSHIP = "township"
    COUNTY = "county"
    DEPARTMENT = "department"
    HOUSEHOLD = "household"


class Answer(StrEnum):
    """A yes or no that may be unknown."""

    UNKNOWN = "unknown"
    NO = "no"
    YES = "yes"


class Side(StrEnum):
    """Which of two contradicting sources is right (比对结论)."""

    UNKNOWN = "unknown"
    FIRST = "first"
    SECOND = "second"
    BOTH = "both"
    NEITHER = "neither"
