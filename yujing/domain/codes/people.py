"""Code sets of people and households."""

from enum import StrEnum


class Category(StrEnum):
    """Groups of a person or household; they overlap and are dated (三类人员, 监测对象)."""

    UNKNOWN = "unknown"
    EX_POOR = "ex_poor"
    MINIMUM_LIVING = "minimum_living"
    DESTITUTE = "destitute"
    MARGINAL = "marginal"
    UNSTABLE = "unstable"
    SUDDEN_HARDSHIP = "sudden_hardship"
    RELOCATED = "relocated"
    SEVERELY_DISABLED = "severely_disabled"


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


class ExitReason(StrEnum):
    """Why a person left the household or the register (减少原因)."""

    UNKNOWN = "unknown"
    DEATH = "death"
    MARRIED_OUT = "married_out"
    MOVED_OUT = "moved_out"
    SENTENCED = "sentenced"
    OTHER = "other"
