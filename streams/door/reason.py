"""Why a row is refused, in Chinese and English, and how a fault of decoding is put into words.

A value never enters a reason: a name in the wrong field would otherwise end up in an answer.
"""

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Reason(NamedTuple):
    """One reason; `code` is its word, the same whatever the field."""

    code: str
    zh: str
    en: str


TEXTS: dict[str, tuple[str, str]] = {
    "too_long": ("一行超过 1 MiB", "the line is longer than 1 MiB"),
    "too_many": ("一条消息中的事件太多", "too many events in one message"),
    "not_json": ("不是有效的 JSON", "not JSON"),
    "not_a_number": ("NaN 和 Infinity 不是数", "NaN and Infinity are no numbers"),
    "not_object": ("不是 JSON 对象", "not a JSON object"),
    "unknown_type": ("未知的事件类型", "unknown event type"),
    "stamped": ("{field} 由系统记录，不能上报", "{field} is stamped here and may not come"),
    "unknown_field": ("多余的字段 {field}", "unknown field {field}"),
    "missing_field": ("缺少 {field}", "{field} is missing"),
    "wrong_type": ("{field} 的类型不对", "{field} has the wrong type"),
    "unknown_code": ("{field} 不在代码表中", "{field} is not one of its codes"),
    "wrong_length": ("{field} 的长度不对", "{field} is too short or too long"),
    "out_of_range": ("{field} 超出允许范围", "{field} is out of range"),
    "impossible_date": ("{field} 不是存在的日期", "{field} is no date of the calendar"),
    "no_zone": ("{field} 缺少时区", "{field} lacks its time zone"),
    "wrong_digits": ("{field} 只能是数字", "{field} must be digits"),
    "impossible_month": ("{field} 不是存在的月份", "{field} is no month of the calendar"),
    "bad_key": ("{field} 不是 16 位十六进制", "{field} is not 16 hexadecimal digits"),
    "many_decimals": ("{field} 最多两位小数", "{field} has more than two decimals"),
    "two_subjects": (
        "身份证号与 person_key 不是同一人",
        "id_number and person_key are two persons",
    ),
    "two_households": (
        "户编号与 household_key 不是同一户",
        "household_no and household_key are two households",
    ),
    "same_person": ("关联的两人是同一人", "both keys are the same"),
    "id_length": ("身份证号应为 18 位", "an ID number has 18 characters"),
    "id_digits": ("身份证号含有无效字符", "the ID number holds a wrong character"),
    "id_date": ("身份证号中的出生日期不存在", "the birth date in the ID number does not exist"),
    "id_check_digit": ("身份证号校验位错误", "the check digit of the ID number is wrong"),
    "grant_source": ("无权上报该来源的数据", "this caller may not send for that source"),
    "grant_kind": ("无权上报该类事件", "this caller may not send that event type"),
    "grant_region": ("无权上报该地区的数据", "this caller may not send for that region"),
    "reported_in_future": ("上报时间在将来", "reported_at lies in the future"),
}
_STAMPED = ("known_at", "position")
_PLAIN_NAME = re.compile(r"[a-z_]{1,40}")
_FIELD = re.compile(r"`([^`]*)`")
_PATH = re.compile(r"at `\$\.([a-z_]+)")
_NO_NUMBER = re.compile(rb"[:,\[\s]-?(NaN|Infinity)\b")
_KINDS = (  # beginning of msgspec's message, code of ours
    ("Invalid enum value", "unknown_code"),
    ("Invalid RFC3339", "impossible_date"),
    ("Number out of range", "out_of_range"),
)


def reason(code: str, field: str = "") -> Reason:
    """Return a reason about a field.

    Examples
    --------
    >>> reason("missing_field", "sex").en
    'sex is missing'
    """
    zh, en = TEXTS[code]
    return Reason(code, zh.format(field=field), en.format(field=field))


def reason_of(error: Exception, line: bytes) -> Reason:
    """Return the reason behind a fault of decoding."""
    message = str(error)
    path = _PATH.search(message)
    field = path[1] if path else ""
    if field == "event_type" or (message.startswith("Invalid value") and not field):
        return reason("unknown_type")
    if message.startswith("Object "):
        return _about_a_name(message)
    for start, code in _KINDS:
        if message.startswith(start):
            return reason(code, field)
    if message.startswith("Expected "):
        return _about_an_expectation(message, field)
    return reason("not_a_number" if _NO_NUMBER.search(line) else "not_json")


def _about_a_name(message: str) -> Reason:
    named = _FIELD.search(message)
    name = named[1] if named and _PLAIN_NAME.fullmatch(named[1]) else "?"
    if "missing" in message:
        return reason("missing_field", name)
    return reason("stamped" if name in _STAMPED else "unknown_field", name)


def _about_an_expectation(message: str, field: str) -> Reason:
    if not field:
        return reason("not_object")
    if "of length" in message:
        return reason("wrong_length", field)
    if "timezone" in message:
        return reason("no_zone", field)
    return reason("out_of_range" if "=" in message else "wrong_type", field)


class Faults:
    """The first reason against each row of a batch.

    Parameters
    ----------
    n
        Number of rows.
    """

    def __init__(self, n: int) -> None:
        self.first = np.zeros(n, dtype=np.int16)
        self.reasons: list[Reason] = [Reason("", "", "")]

    def mark(self, bad: npt.NDArray[np.bool_], why: Reason, at: slice = slice(None)) -> None:
        """Hold a reason against the rows where `bad` is true, unless there is one already."""
        if bad.any():
            found = self.first[at]  # a view
            found[bad & (found == 0)] = len(self.reasons)
            self.reasons.append(why)

    def fail(
        self, bad: npt.NDArray[np.bool_], code: str, field: str = "", at: slice = slice(None)
    ) -> None:
        """Hold a reason named by its code against the rows where `bad` is true."""
        if bad.any():
            self.mark(bad, reason(code, field), at)
