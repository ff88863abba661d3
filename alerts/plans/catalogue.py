"""Clauses and services as data, and the words for what is still missing."""

import csv
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import cache
from importlib.resources import files


class Status(IntEnum):
    """Where somebody stands with a clause or service."""

    NOT_ELIGIBLE = 0
    MISSING = 1     # may come to apply: a condition is not yet met or not known
    POSSIBLE = 2    # every condition is met as far as data say; papers are still to be brought
    DONE = 3


STATUS_ZH = {
    Status.NOT_ELIGIBLE: "不符合", Status.MISSING: "还差", Status.POSSIBLE: "可以",
    Status.DONE: "已办",
}


class Lack(IntFlag):
    """What is missing, why somebody is not eligible, or which papers to bring."""

    NONE = 0
    ORGANISED = 1 << 0
    WORK_PLACE = 1 << 1
    JOB_START = 1 << 2
    STABLE = 1 << 3
    PROOF_OF_WORK = 1 << 4
    FARE = 1 << 5
    TRAINING = 1 << 6
    TRAINING_KIND = 1 << 7
    ATTENDANCE = 1 << 8
    ENROLMENT = 1 << 9
    NOT_IN_GROUP = 1 << 10
    NOT_FIRST = 1 << 11
    NOT_ORGANISED = 1 << 12
    IN_COUNTY = 1 << 13
    OTHER_PLACE = 1 << 14
    NOT_NEW = 1 << 15
    AS_EMPLOYEE = 1 << 16
    AGE = 1 << 17
    NOT_CROSS_PROVINCE = 1 << 18
    NOT_LABOUR = 1 << 19


LACK_ZH = {
    Lack.ORGANISED: "有组织劳务输出名册", Lack.WORK_PLACE: "务工地证明",
    Lack.JOB_START: "到岗登记", Lack.STABLE: "稳定就业满 3 个月",
    Lack.PROOF_OF_WORK: "3 个月缴费记录或务工证明", Lack.FARE: "车票等实际费用凭证",
    Lack.TRAINING: "参加农业短期培训", Lack.TRAINING_KIND: "培训由涉农企业或合作社举办的证明",
    Lack.ATTENDANCE: "培训签到表", Lack.ENROLMENT: "城乡居民养老保险参保登记",
    Lack.NOT_IN_GROUP: "不属于补贴对象", Lack.NOT_FIRST: "不是首次有组织输出",
    Lack.NOT_ORGANISED: "登记为自主外出", Lack.IN_COUNTY: "在本县务工",
    Lack.OTHER_PLACE: "务工地适用另一项补贴", Lack.NOT_NEW: "不是新跨省务工",
    Lack.AS_EMPLOYEE: "已参加企业职工养老保险", Lack.AGE: "不在缴费年龄",
    Lack.NOT_CROSS_PROVINCE: "没有跨省务工", Lack.NOT_LABOUR: "不在劳动年龄或无劳动能力",
}


def lack_words(lack: int) -> tuple[str, ...]:
    """Return what is missing, in words.

    Examples
    --------
    >>> lack_words(Lack.FARE | Lack.WORK_PLACE)
    ('务工地证明', '车票等实际费用凭证')
    """
    return tuple(words for flag, words in LACK_ZH.items() if lack & flag)


@dataclass(frozen=True)
class Clause:
    """One clause or service.

    Parameters
    ----------
    code, title
        Such as M4 and its Chinese name.
    clause
        Number of the article.
    key
        Policy key of its amount or count.
    unit
        What the amount is for, in words.
    words
        Who gets it, in plain words.
    source
        Where it stands.
    """

    code: str
    title: str
    clause: str
    key: str
    unit: str
    words: str
    source: str


@cache
def shipped_clauses() -> tuple[Clause, ...]:
    """Return clauses and services in the order of their file."""
    text = files("alerts.plans").joinpath("clauses.csv").read_text("utf-8")
    return tuple(Clause(**row) for row in csv.DictReader(text.splitlines()))


def clause_of(code: str) -> Clause:
    """Return a clause.

    Raises
    ------
    KeyError
        If there is none of that code.
    """
    for clause in shipped_clauses():
        if clause.code == code:
            return clause
    raise KeyError(code)
