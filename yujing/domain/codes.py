"""The code sets of the field: the word on the wire, its number inside arrays, and its Chinese term.

A code set is a `StrEnum`; the value is the word on the wire. Its number (0, 1, 2, ...) is the place in the
definition, so members are only ever appended. Number 0 is "unknown" in every set: unknown is a value and never zero
of something else. `ZH` gives the Chinese term, `NATIONAL` the national code where one exists.
Sources of the sets: the national field lists named beside each set (AAE140 and so on are their column names).
"""

from enum import StrEnum
from functools import cache


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
    return "未知" if code.value == "unknown" else _ZH[type(code).__name__][code.name]


_ZH: dict[str, dict[str, str]] = {
    "Source": {
        "FANGPIN_CLOUD": "防贫云", "NATIONAL_MONITORING": "国家防返贫系统", "EMPLOYMENT_PLATFORM": "就业大数据平台",
        "SOCIAL_INSURANCE": "社保", "MEDICAL_INSURANCE": "医保", "CIVIL_AFFAIRS": "民政",
        "DISABLED_FEDERATION": "残联", "EDUCATION": "教育", "EMERGENCY": "应急", "HOUSING": "住建",
        "PUBLIC_SECURITY": "公安", "VILLAGE_REPORT": "村报", "SELF_REPORT": "自报", "TELEPHONE": "电话",
        "YUJING": "走访记录",
    },
    "Op": {"UPSERT": "新增", "CORRECT": "更正", "RETRACT": "撤回"},
    "Precision": {"DAY": "日", "MONTH": "月", "YEAR": "年"},
    "ReporterRole": {
        "GRID_WORKER": "网格员", "VILLAGE": "村级信息员", "WORK_TEAM": "驻村工作队", "TOWNSHIP": "乡镇",
        "COUNTY": "县级", "DEPARTMENT": "部门", "HOUSEHOLD": "农户",
    },
    "Category": {
        "EX_POOR": "脱贫人口", "MINIMUM_LIVING": "农村低保", "DESTITUTE": "特困", "MARGINAL": "边缘易致贫",
        "UNSTABLE": "脱贫不稳定", "SUDDEN_HARDSHIP": "突发严重困难", "RELOCATED": "易地搬迁",
        "SEVERELY_DISABLED": "重度残疾",
    },
    "Insurance": {
        "EMPLOYEE_PENSION": "企业职工养老保险", "UNEMPLOYMENT": "失业保险", "EMPLOYEE_MEDICAL": "职工医疗保险",
        "WORK_INJURY": "工伤保险", "MATERNITY": "生育保险", "RESIDENT_PENSION": "城乡居民养老保险",
        "RESIDENT_MEDICAL": "城乡居民医疗保险", "CRITICAL_ILLNESS": "大病保险",
    },
    "InsuranceStatus": {"ENROL": "参保", "SUSPEND": "暂停缴费", "RESUME": "恢复缴费", "TERMINATE": "终止缴费"},
    "Payer": {"PERSON": "个人", "EMPLOYER": "单位", "ASSISTED": "资助", "GOVERNMENT": "政府代缴"},
    "Area": {
        "TOWNSHIP": "乡内", "COUNTY": "乡外县内", "PROVINCE": "县外省内", "OUT_OF_PROVINCE": "省外", "OTHER": "其他",
    },
    "Form": {
        "UNIT": "单位就业", "SELF_EMPLOYED": "个体经营", "FLEXIBLE": "灵活就业", "PUBLIC_WELFARE": "公益性岗位",
        "WORKSHOP": "帮扶车间", "OTHER": "其他",
    },
    "Industry": {
        "FARMING": "农林牧渔业", "MINING": "采矿业", "ELECTRONICS": "电子制造", "MANUFACTURING": "其他制造业",
        "UTILITIES": "水电燃气", "CONSTRUCTION": "建筑业", "RETAIL": "批发零售", "TRANSPORT": "交通运输",
        "CATERING": "住宿餐饮", "RESIDENT_SERVICE": "居民服务", "PUBLIC_SERVICE": "公共服务", "OTHER": "其他",
    },
    "Channel": {
        "SELF": "自主外出", "RELATIVES": "亲友介绍", "ORGANISED": "政府组织", "INTERMEDIARY": "中介机构",
        "WORKSHOP": "帮扶车间", "PUBLIC_WELFARE": "公益性岗位", "OTHER": "其他",
    },
    "EndReason": {
        "CONTRACT_END": "合同到期", "RESIGNED": "辞职", "LAID_OFF": "辞退裁员", "PROJECT_END": "项目完工",
        "CLOSED": "单位关停", "WAGE_ARREARS": "欠薪", "FAMILY": "家庭原因", "HEALTH": "健康原因", "AGE": "年龄原因",
        "RETURNED": "返乡", "OTHER": "其他",
    },
    "Intent": {"FESTIVAL": "春节探亲", "SHORT": "短期返乡", "STAY": "不再外出", "UNDECIDED": "未定", "BUSINESS": "返乡创业"},
    "ReturnReason": {
        "FESTIVAL": "春节探亲", "FAMILY": "照顾家人", "HEALTH": "健康原因", "LAID_OFF": "裁员停工", "AGE": "年龄原因",
        "LOW_WAGE": "工资低", "LOCAL_JOB": "返乡就业创业", "OTHER": "其他",
    },
    "DeregisterReason": {
        "EMPLOYED": "已就业", "PENSION": "领取养老金", "DISABLED": "丧失劳动能力", "SCHOOL": "入学服役出境",
        "NO_CONTACT": "三个月未联系", "DEATH": "死亡", "OTHER": "其他",
    },
    "ExitReason": {"DEATH": "死亡", "MARRIED_OUT": "出嫁", "MOVED_OUT": "迁出", "SENTENCED": "判刑", "OTHER": "其他"},
    "Sex": {"MALE": "男", "FEMALE": "女"},
    "Relation": {
        "HEAD": "户主", "SPOUSE": "配偶", "SON": "子或女婿", "DAUGHTER": "女或儿媳", "GRANDCHILD": "孙辈",
        "PARENT": "父母", "GRANDPARENT": "祖父母", "SIBLING": "兄弟姐妹", "OTHER": "其他",
    },
    "Schooling": {
        "NONE": "文盲或半文盲", "PRIMARY": "小学", "JUNIOR": "初中", "SENIOR": "高中", "COLLEGE": "大专",
        "BACHELOR": "本科及以上",
    },
    "Student": {"NO": "非在校生", "COMPULSORY": "义务教育", "SENIOR": "普通高中", "VOCATIONAL": "职业技术教育", "HIGHER": "高等教育"},
    "Skill": {
        "ORDINARY": "普通劳动力", "SKILLED": "技能劳动力", "WEAK": "弱劳动力或半劳动力", "LOST": "丧失劳动力",
        "NONE": "无劳动力",
    },
    "Health": {"HEALTHY": "健康", "CHRONIC": "长期慢性病", "SERIOUS": "患有大病", "DISABLED": "残疾"},
    "Ethnicity": {
        "HAN": "汉族", "MIAO": "苗族", "YI": "彝族", "BUYI": "布依族", "DONG": "侗族", "YAO": "瑶族",
        "TUJIA": "土家族", "SHUI": "水族", "GELAO": "仡佬族", "OTHER": "其他",
    },
    "HouseholdType": {
        "GENERAL": "一般农户", "EX_POOR": "脱贫户", "MONITORED": "监测户", "MINIMUM_LIVING": "低保户",
        "DESTITUTE": "特困供养户",
    },
    "Risk": {
        "ILLNESS": "因病", "SCHOOLING": "因学", "DISABILITY": "因残", "DISASTER": "因自然灾害", "ACCIDENT": "因意外事故",
        "FARM_FAILURE": "因产业项目失败", "UNSTABLE_JOB": "因务工就业不稳", "NO_LABOUR": "缺劳动力",
        "HOUSING": "因安全住房", "WATER": "因安全饮水", "OTHER": "其他",
    },
    "Treatment": {"OUTPATIENT": "门诊", "CHRONIC_OUTPATIENT": "门诊慢特病", "INPATIENT": "住院"},
    "Disaster": {
        "FLOOD": "洪涝", "GEOLOGICAL": "地质", "DROUGHT": "旱灾", "WEATHER": "气象", "EARTHQUAKE": "地震",
        "PEST": "生物", "OTHER": "其他",
    },
    "Warning": {
        "MEDICAL_COST": "医疗费用过高", "NEW_DISABILITY": "新增残疾", "DROPOUT": "学生失学", "DISASTER_LOSS": "受灾",
        "HOUSING": "住房隐患", "WATER": "饮水困难", "ACCIDENT": "意外事故", "ARREARS": "欠薪", "INCOME": "收入骤减",
        "OTHER": "其他",
    },
    "Measure": {
        "INDUSTRY": "产业帮扶", "EMPLOYMENT": "就业帮扶", "FINANCE": "金融帮扶", "PUBLIC_POST": "公益性岗位",
        "EDUCATION": "教育帮扶", "MEDICAL": "健康帮扶", "HOUSING": "住房保障", "WATER": "饮水保障",
        "SOCIAL_ASSISTANCE": "社会救助", "INSURANCE": "参保资助", "LABOUR_EXPORT": "劳务输出", "OTHER": "其他",
    },
    "Service": {
        "POLICY_TALK": "政策宣讲", "GUIDANCE": "职业指导", "REFERRAL": "职业介绍", "TRAINING": "技能培训", "SUBSIDY": "补贴办理",
    },
    "ServiceResult": {"DONE": "已完成", "REFUSED": "本人谢绝", "HIRED": "已就业", "NO_CONTACT": "联系不上"},
    "Outcome": {"CONFIRMED": "属实", "SOLVED": "已解决", "UNFOUNDED": "不属实", "NO_CONTACT": "联系不上", "KNOWN": "已知"},
    "VisitMode": {"CALL": "电话", "VISIT": "上门"},
    "Answer": {"NO": "否", "YES": "是"},
}
