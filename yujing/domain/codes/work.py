"""Code sets of work, insurance and migration."""

from enum import StrEnum


class Insurance(StrEnum):
    """Insurance lines (险种, AAE140)."""

    UNKNOWN = "unknown"
    EMPLOYEE_PENSION = "110"
    UNEMPLOYMENT = "210"
    EMPLOYEE_MEDICAL = "310"
    WORK_INJURY = "410"
    MATERNITY = "510"
    RESIDENT_PENSION = "170"
    RESIDENT_MEDICAL = "390"
    CRITICAL_ILLNESS = "330"


class InsuranceStatus(StrEnum):
    """What happened to an enrolment (个人参保状态, AAC031: 1 paying, 2 suspended, 3 terminated)."""

    UNKNOWN = "unknown"
    ENROL = "enrol"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"


class Payer(StrEnum):
    """Who pays a contribution."""

    UNKNOWN = "unknown"
    PERSON = "person"
    EMPLOYER = "employer"
    ASSISTED = "assisted"
    GOVERNMENT = "government"


class Area(StrEnum):
    """Where somebody works, seen from home (务工区域)."""

    UNKNOWN = "unknown"
    TOWNSHIP = "township"
    COUNTY = "county"
    PROVINCE = "province"
    OUT_OF_PROVINCE = "out_of_province"
    OTHER = "other"


class Form(StrEnum):
    """Form of employment (就业形式: 010 unit, 021 self-employed, 022 flexible, 030 post)."""

    UNKNOWN = "unknown"
    UNIT = "unit"
    SELF_EMPLOYED = "self_employed"
    FLEXIBLE = "flexible"
    PUBLIC_WELFARE = "public_welfare"
    WORKSHOP = "workshop"
    OTHER = "other"


class Industry(StrEnum):
    """Sections of GB/T 4754-2017 that matter here, finer where the hazard differs."""

    UNKNOWN = "unknown"
    FARMING = "farming"
    MINING = "mining"
    ELECTRONICS = "electronics"
    MANUFACTURING = "manufacturing"
    UTILITIES = "utilities"
    CONSTRUCTION = "construction"
    RETAIL = "retail"
    TRANSPORT = "transport"
    CATERING = "catering"
    RESIDENT_SERVICE = "resident_service"
    PUBLIC_SERVICE = "public_service"
    OTHER = "other"


class Channel(StrEnum):
    """How a job was found (就业渠道)."""

    UNKNOWN = "unknown"
    SELF = "self"
    RELATIVES = "relatives"
    ORGANISED = "organised"
    INTERMEDIARY = "intermediary"
    WORKSHOP = "workshop"
    PUBLIC_WELFARE = "public_welfare"
    OTHER = "other"


class EndReason(StrEnum):
    """Why a job ended."""

    UNKNOWN = "unknown"
    CONTRACT_END = "contract_end"
    RESIGNED = "resigned"
    LAID_OFF = "laid_off"
    PROJECT_END = "project_end"
    CLOSED = "closed"
    WAGE_ARREARS = "wage_arrears"
    FAMILY = "family"
    HEALTH = "health"
    AGE = "age"
    RETURNED = "returned"
    OTHER = "other"


class Intent(StrEnum):
    """What somebody who came home means to do (返乡意向)."""

    UNKNOWN = "unknown"
    FESTIVAL = "festival"
    SHORT = "short"
    STAY = "stay"
    UNDECIDED = "undecided"
    BUSINESS = "business"


class ReturnReason(StrEnum):
    """Why somebody came home (返乡原因)."""

    UNKNOWN = "unknown"
    FESTIVAL = "festival"
    FAMILY = "family"
    HEALTH = "health"
    LAID_OFF = "laid_off"
    AGE = "age"
    LOW_WAGE = "low_wage"
    LOCAL_JOB = "local_job"
    OTHER = "other"


class DeregisterReason(StrEnum):
    """Why an unemployment registration ended (AJC00A)."""

    UNKNOWN = "unknown"
    EMPLOYED = "employed"
    PENSION = "pension"
    DISABLED = "disabled"
    SCHOOL = "school"
    NO_CONTACT = "no_contact"
    DEATH = "death"
    OTHER = "other"
