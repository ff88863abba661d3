"""The declared list of features: name, level, unit, meaning, direction, and what unknown means.

`direction` is the sign of the risk when the value rises, 0 when it is not known or not monotone;
back-tests try each declared direction. Sex and ethnicity are never here. Help given because of an
earlier card (services, measures) is not here either: it would teach the model its own past.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from yujing.domain.codes import (
    Area,
    Channel,
    EndReason,
    Form,
    Industry,
    Intent,
    ReturnReason,
    Schooling,
    Skill,
)

MEMBER, HOUSEHOLD = "member", "household"


@dataclass(frozen=True)
class Feature:
    """One declared feature.

    Attributes
    ----------
    name
        Column name, stable.
    level
        `member` or `household`.
    unit
        Unit of the value; `code` for numbers of a code set.
    zh, en
        What it means.
    direction
        1 when a larger value raises the risk, -1 when it lowers it, 0 when unknown.
    unknown
        What an unknown value means (Chinese), the name of its own cell.
    codes
        Code set of a `code` feature.
    """

    name: str
    level: str
    unit: str
    zh: str
    en: str
    direction: int = 0
    unknown: str = "未知"
    codes: type[StrEnum] | None = None


_MEMBER_FEATURES = (
    Feature("age_years", MEMBER, "years", "年龄", "age"),
    Feature("schooling", MEMBER, "code", "文化程度", "schooling", codes=Schooling),
    Feature("skill", MEMBER, "code", "劳动技能", "ability to work", codes=Skill),
    Feature("ill_health", MEMBER, "grade", "健康状况（0 健康 1 慢病 2 大病或残疾）",
            "0 healthy, 1 chronic illness, 2 serious illness or disability", 1),
    Feature("evidence_age_days", MEMBER, "days", "距最近一次务工确认的天数",
            "days since work was last confirmed", unknown="从未确认"),
    Feature("tenure_days", MEMBER, "days", "在现岗位的天数", "days in the present job",
            -1, "入职时间未知"),
    Feature("months_worked_12", MEMBER, "months", "近12个月务工月数",
            "months worked of the last twelve", -1),
    Feature("months_worked_24", MEMBER, "months", "近24个月务工月数",
            "months worked of the last 24", -1),
    Feature("idle_months_12", MEMBER, "months", "近12个月未务工月数",
            "months reported without work of the last twelve", 1),
    Feature("unreported_months_6", MEMBER, "months", "近6个月无务工信息月数",
            "months of the last six without any report on work"),
    Feature("job_starts_24", MEMBER, "months", "近24个月入职次数",
            "months of the last 24 in which a job began"),
    Feature("job_ends_24", MEMBER, "months", "近24个月离职次数",
            "months of the last 24 in which a job ended", 1),
    Feature("days_since_job_end", MEMBER, "days", "距上次离职的天数",
            "days since a job last ended", unknown="两年内无离职记录"),
    Feature("last_end_reason", MEMBER, "code", "上次离职原因", "why the last job ended",
            unknown="两年内无离职记录", codes=EndReason),
    Feature("industry", MEMBER, "code", "行业", "sector", codes=Industry),
    Feature("form", MEMBER, "code", "就业形式", "form of employment", codes=Form),
    Feature("area", MEMBER, "code", "务工区域", "where the work is, seen from home", codes=Area),
    Feature("channel", MEMBER, "code", "就业渠道", "how the job was found", codes=Channel),
    Feature("contract_months", MEMBER, "months", "劳动合同期限（0 无合同）",
            "term of the contract, 0 without a contract", -1, "合同情况未知"),
    Feature("organised", MEMBER, "0/1", "是否有组织输出", "dispatched in an organised way", -1),
    Feature("wage_yuan", MEMBER, "yuan/month", "近3个月务工月收入",
            "monthly wage, last three months", unknown="工资未知"),
    Feature("wage_to_sector", MEMBER, "ratio", "工资与本县同行业中位数之比",
            "wage over the county's median of the sector", unknown="工资未知"),
    Feature("wage_change", MEMBER, "ratio", "近3个月工资较此前变化",
            "wage of three months over the nine before, minus one", -1, "前后工资不全"),
    Feature("wage_drop", MEMBER, "ratio", "最近一月工资较本岗位此前半年变化",
            "newest wage over the mean of six months before in the same job, minus one",
            -1, "本岗位工资不全"),
    Feature("insured_months_6", MEMBER, "months", "近6个月职工社保缴费月数",
            "months of the last six with an employee contribution", -1),
    Feature("insurance_gap_months", MEMBER, "months", "职工社保停缴月数",
            "months since the last employee contribution", 1, "从未缴费"),
    Feature("insurance_gap_in_job", MEMBER, "months", "在现岗位缴费后停缴的月数",
            "months since the last contribution, when one was paid in the present job", 1,
            "在现岗位未缴过费"),
    Feature("insurance_lines", MEMBER, "lines", "近3个月在缴险种数",
            "employee lines paid in the last three months", -1),
    Feature("insurance_stop_days", MEMBER, "days", "在现岗位社保停保的天数",
            "days since an employee line was suspended or ended in the present job",
            unknown="一年内未停保"),
    Feature("home_days", MEMBER, "days", "返乡后未再外出或入职的天数",
            "days since coming home without leaving again or a new job",
            unknown="未返乡或已再外出"),
    Feature("return_reason", MEMBER, "code", "返乡原因", "why he or she came home",
            unknown="未返乡或已再外出", codes=ReturnReason),
    Feature("return_intent", MEMBER, "code", "返乡意向", "what is planned after coming home",
            unknown="未返乡或已再外出", codes=Intent),
    Feature("plans_to_leave", MEMBER, "0/1", "是否计划外出务工（近120天）",
            "plans to go out for work, asked in the last 120 days", unknown="未填报"),
    Feature("registered_jobless_days", MEMBER, "days", "距失业登记的天数",
            "days since registering as unemployed", unknown="一年内无失业登记"),
    Feature("dependants_per_labourer", MEMBER, "ratio", "家庭每个劳动力负担人数",
            "dependants a labourer of the household"),
    Feature("ill_in_household", MEMBER, "persons", "家庭患病或残疾人数",
            "ill or disabled people in the household"),
    Feature("employer_end_share", MEMBER, "ratio", "同单位近60天离职比例",
            "share of the same employer's workers whose job ended in 60 days", 1, "单位未知"),
    Feature("employer_workers", MEMBER, "persons", "同单位本县务工人数",
            "workers of this county at the same employer", unknown="单位未知"),
    Feature("sector_end_share", MEMBER, "ratio", "本县同行业近60天离职比例",
            "share of the county's workers of the sector whose job ended in 60 days",
            unknown="行业未知"),
    Feature("township_return_excess", MEMBER, "ratio", "本乡镇近2个月返乡率较上年同期之差",
            "share of the township's labourers who came home, minus a (lunar) year ago"),
    Feature("days_to_festival", MEMBER, "days", "距春节天数（已过为负）",
            "days to the nearest Spring Festival, negative after it"),
    Feature("disaster", MEMBER, "0/1", "近180天所在地受灾",
            "disaster at home in the last 180 days"),
)

_HOUSEHOLD_FEATURES = (
    Feature("margin_to_line", HOUSEHOLD, "ratio", "收入参考高出监测线的比例",
            "assessed income a head over the line of this year, minus one", -1, "无收入核算"),
    Feature("projected_margin", HOUSEHOLD, "ratio", "按现有工资推算的收入高出监测线的比例",
            "income with the wages and self-paid costs known since, over the line, minus one",
            -1, "无法推算"),
    Feature("income_age_days", HOUSEHOLD, "days", "距收入核算的天数",
            "days since the income was assessed", unknown="无收入核算"),
    Feature("wage_share", HOUSEHOLD, "ratio", "工资性收入占比", "share of wages in gross income",
            unknown="无收入核算"),
    Feature("transfer_share", HOUSEHOLD, "ratio", "转移性收入占比",
            "share of transfers in gross income", unknown="无收入核算"),
    Feature("farm_share", HOUSEHOLD, "ratio", "生产经营收入占比",
            "share of own business in gross income", unknown="无收入核算"),
    Feature("assessed_self_pay", HOUSEHOLD, "ratio", "核算期合规自付占毛收入比例",
            "self-paid medical cost over gross income, as assessed", 1, "无收入核算"),
    Feature("self_pay_yuan_3", HOUSEHOLD, "yuan", "近3个月合规自付医疗费",
            "self-paid medical cost of three months", 1),
    Feature("self_pay_yuan_12", HOUSEHOLD, "yuan", "近12个月合规自付医疗费",
            "self-paid medical cost of twelve months", 1),
    Feature("size", HOUSEHOLD, "persons", "家庭人口", "members present"),
    Feature("labourers", HOUSEHOLD, "persons", "劳动力人数", "members who can work"),
    Feature("employed_labourers", HOUSEHOLD, "persons", "在业劳动力人数", "labourers in work", -1),
    Feature("employed_share", HOUSEHOLD, "ratio", "劳动力在业比例", "share of labourers in work",
            -1, "无劳动力"),
    Feature("single_earner", HOUSEHOLD, "0/1", "仅一人务工", "just one member in work"),
    Feature("dependants", HOUSEHOLD, "persons", "不满16岁、60岁以上和在校人数",
            "members below 16, from 60, or at school"),
    Feature("higher_students", HOUSEHOLD, "persons", "高中及以上在校生人数",
            "students beyond compulsory schooling", 1),
    Feature("ill_members", HOUSEHOLD, "persons", "患病或残疾人数", "ill or disabled members", 1),
    Feature("seriously_ill", HOUSEHOLD, "persons", "大病人数", "seriously ill members", 1),
    Feature("wages_yuan_3", HOUSEHOLD, "yuan/month/person", "近3个月人均月工资",
            "monthly wages a head, last three months", unknown="工资未知"),
    Feature("household_wage_change", HOUSEHOLD, "ratio", "全户近3个月工资较此前变化",
            "wages of three months over the nine before, minus one", -1, "前后工资不全"),
    Feature("household_months_worked_12", HOUSEHOLD, "months", "劳动力近12个月人均务工月数",
            "months worked a labourer, last twelve", -1, "无劳动力"),
    Feature("idle_months_3", HOUSEHOLD, "months", "劳动力近3个月未务工月数之和",
            "months without work of all labourers, last three", 1),
    Feature("job_ends_90d", HOUSEHOLD, "persons", "近90天离职且未再就业人数",
            "members whose job ended in 90 days and who are not in work", 1),
    Feature("insured_members", HOUSEHOLD, "persons", "近3个月缴纳职工社保人数",
            "members with an employee contribution in three months", -1),
    Feature("returned_home", HOUSEHOLD, "persons", "返乡30天以上未再外出人数",
            "members home for over 30 days without leaving again"),
    Feature("relocated", HOUSEHOLD, "0/1", "易地搬迁户", "relocated household"),
    Feature("minimum_living", HOUSEHOLD, "0/1", "低保或特困",
            "minimum living or destitute support"),
    Feature("days_since_monitored", HOUSEHOLD, "days", "距上次监测结束的天数",
            "days since the last monitoring ended", unknown="未曾纳入监测"),
    Feature("days_since_warning", HOUSEHOLD, "days", "距部门预警的天数",
            "days since a department's warning", unknown="一年内无预警"),
    Feature("days_since_hardship", HOUSEHOLD, "days", "距困难申报的天数",
            "days since a hardship report", unknown="一年内无申报"),
    Feature("left_members_12", HOUSEHOLD, "persons", "近12个月减少人数",
            "members who left or died in twelve months"),
    Feature("oldest_years", HOUSEHOLD, "years", "最年长成员年龄", "age of the oldest member"),
    Feature("household_disaster", HOUSEHOLD, "0/1", "近180天所在地受灾",
            "disaster at home in the last 180 days"),
    Feature("months_since_line_change", HOUSEHOLD, "months", "距监测线调整的月数",
            "months since the line last changed (January)"),
)

FEATURES: tuple[Feature, ...] = _MEMBER_FEATURES + _HOUSEHOLD_FEATURES


@cache
def features_of(level: str) -> tuple[Feature, ...]:
    """Return the declared features of a level, in the order of their columns.

    Examples
    --------
    >>> features_of("member")[0].name
    'age_years'
    """
    return tuple(feature for feature in FEATURES if feature.level == level)
