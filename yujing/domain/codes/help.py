"""Code sets of hardship, warnings, help and visits."""

from enum import StrEnum


class Risk(StrEnum):
    """Kinds of risk of a household (致贫返贫风险); arrays hold a bit mask of 1 << number."""

    UNKNOWN = "unknown"
    ILLNESS = "illness"
    SCHOOLING = "schooling"
    DISABILITY = "disability"
    DISASTER = "disaster"
    ACCIDENT = "accident"
    FARM_FAILURE = "farm_failure"
    UNSTABLE_JOB = "unstable_job"
    NO_LABOUR = "no_labour"
    HOUSING = "housing"
    WATER = "water"
    OTHER = "other"


class Treatment(StrEnum):
    """Kind of medical settlement."""

    UNKNOWN = "unknown"
    OUTPATIENT = "outpatient"
    CHRONIC_OUTPATIENT = "chronic_outpatient"
    INPATIENT = "inpatient"


class Disaster(StrEnum):
    """Kind of disaster."""

    UNKNOWN = "unknown"
    FLOOD = "flood"
    GEOLOGICAL = "geological"
    DROUGHT = "drought"
    WEATHER = "weather"
    EARTHQUAKE = "earthquake"
    PEST = "pest"
    OTHER = "other"


class Warning(StrEnum):
    """What a department warns of (部门预警)."""

    UNKNOWN = "unknown"
    MEDICAL_COST = "medical_cost"
    NEW_DISABILITY = "new_disability"
    DROPOUT = "dropout"
    DISASTER_LOSS = "disaster_loss"
    HOUSING = "housing"
    WATER = "water"
    ACCIDENT = "accident"
    ARREARS = "arrears"
    INCOME = "income"
    OTHER = "other"


class Measure(StrEnum):
    """Groups of help (帮扶措施)."""

    UNKNOWN = "unknown"
    INDUSTRY = "industry"
    EMPLOYMENT = "employment"
    FINANCE = "finance"
    PUBLIC_POST = "public_post"
    EDUCATION = "education"
    MEDICAL = "medical"
    HOUSING = "housing"
    WATER = "water"
    SOCIAL_ASSISTANCE = "social_assistance"
    INSURANCE = "insurance"
    LABOUR_EXPORT = "labour_export"
    OTHER = "other"


class Service(StrEnum):
    """Services of the 1131 standard and what belongs to it (1 宣讲, 1 指导, 3 推荐, 1 培训)."""

    UNKNOWN = "unknown"
    POLICY_TALK = "policy_talk"
    GUIDANCE = "guidance"
    REFERRAL = "referral"
    TRAINING = "training"
    SUBSIDY = "subsidy"


class ServiceResult(StrEnum):
    """How a service ended."""

    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"
    HIRED = "hired"
    NO_CONTACT = "no_contact"


class Outcome(StrEnum):
    """What a worker found on a visit or call."""

    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    SOLVED = "solved"
    UNFOUNDED = "unfounded"
    NO_CONTACT = "no_contact"
    KNOWN = "known"


class VisitMode(StrEnum):
    """How contact was made."""

    UNKNOWN = "unknown"
    CALL = "call"
    VISIT = "visit"
