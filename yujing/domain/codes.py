"""The code sets of the field: the word on the wire, its number inside arrays, and its Chinese term.

A code set is a `StrEnum`; the value is the word on the wire. Its number (0, 1, 2, ...) is the place in the
definition, so members are only ever appended. Number 0 is "unknown" in every set: unknown is a value and never zero
of something else. `ZH` gives the Chinese term, `NATIONAL` the national code where one exists.
Sources of the sets: the national field lists named beside each set (AAE140 and so on are their column names).
"""

from enum import StrEnum
from functools import cache

from yujing.domain.terms import TERMS


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


class Category(StrEnum):
    """Groups that a person or household belongs to; they overlap and are dated (三类人员 and 监测对象)."""

    UNKNOWN = "unknown"
    EX_POOR = "ex_poor"
    MINIMUM_LIVING = "minimum_living"
    DESTITUTE = "destitute"
    MARGINAL = "marginal"
    UNSTABLE = "unstable"
    SUDDEN_HARDSHIP = "sudden_hardship"
    RELOCATED = "relocated"
    SEVERELY_DISABLED = "severely_disabled"


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
    """Form of employment (就业形式: 010 unit, 021 self-employed, 022 flexible, 030 public-welfare post)."""

    UNKNOWN = "unknown"
    UNIT = "unit"
    SELF_EMPLOYED = "self_employed"
    FLEXIBLE = "flexible"
    PUBLIC_WELFARE = "public_welfare"
    WORKSHOP = "workshop"
    OTHER = "other"


class Industry(StrEnum):
    """Sections of GB/T 4754-2017 that matter here, finer where the hazard of losing work differs."""

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


class ExitReason(StrEnum):
    """Why a person left the household or the register (减少原因)."""

    UNKNOWN = "unknown"
    DEATH = "death"
    MARRIED_OUT = "married_out"
    MOVED_OUT = "moved_out"
    SENTENCED = "sentenced"
    OTHER = "other"


class Sex(StrEnum):
    """Sex (GB/T 2261.1); only to audit, never a model input."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"


class Relation(StrEnum):
    """Relation to the head of household (与户主关系)."""

    UNKNOWN = "unknown"
    HEAD = "head"
    SPOUSE = "spouse"
    SON = "son"
    DAUGHTER = "daughter"
    GRANDCHILD = "grandchild"
    PARENT = "parent"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    OTHER = "other"


class Schooling(StrEnum):
    """Education completed (文化程度)."""

    UNKNOWN = "unknown"
    NONE = "none"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"
    COLLEGE = "college"
    BACHELOR = "bachelor"


class Student(StrEnum):
    """Present schooling (在校生状况), in stages that change what help applies."""

    UNKNOWN = "unknown"
    NO = "no"
    COMPULSORY = "compulsory"
    SENIOR = "senior"
    VOCATIONAL = "vocational"
    HIGHER = "higher"


class Skill(StrEnum):
    """Ability to work (劳动技能); names only, national numbers conflict."""

    UNKNOWN = "unknown"
    ORDINARY = "ordinary"
    SKILLED = "skilled"
    WEAK = "weak"
    LOST = "lost"
    NONE = "none"


class Health(StrEnum):
    """Health (健康状况); several may hold at once, so arrays hold a bit mask of 1 << number."""

    UNKNOWN = "unknown"
    HEALTHY = "healthy"
    CHRONIC = "chronic"
    SERIOUS = "serious"
    DISABLED = "disabled"


class Ethnicity(StrEnum):
    """Ethnicity (民族, GB/T 3304), those of Guizhou; only to audit, never a model input."""

    UNKNOWN = "unknown"
    HAN = "01"
    MIAO = "06"
    YI = "07"
    BUYI = "09"
    DONG = "12"
    YAO = "13"
    TUJIA = "15"
    SHUI = "25"
    GELAO = "37"
    OTHER = "99"


class HouseholdType(StrEnum):
    """Kind of household in the register (户类型)."""

    UNKNOWN = "unknown"
    GENERAL = "general"
    EX_POOR = "ex_poor"
    MONITORED = "monitored"
    MINIMUM_LIVING = "minimum_living"
    DESTITUTE = "destitute"


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


class Answer(StrEnum):
    """A yes or no that may be unknown."""

    UNKNOWN = "unknown"
    NO = "no"
    YES = "yes"


MONITORED = (Category.MARGINAL, Category.UNSTABLE, Category.SUDDEN_HARDSHIP)   # 监测对象 (三类户)
LOW_INCOME = (Category.MINIMUM_LIVING, Category.DESTITUTE, *MONITORED)          # 农村低收入人口
THREE_CATEGORIES = (Category.EX_POOR, *LOW_INCOME, Category.RELOCATED)          # 三类人员


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
