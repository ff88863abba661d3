"""How cards are said on a page: levels, deadlines, reasons, what happened."""

from datetime import date

from yujing.domain.calendar import Calendar
from yujing.web.words import weekday

SHAPES = {3: "■", 2: "▲", 1: "●"}  # beside word and colour, for who cannot tell colours apart
REASONS = {
    "insurance_stopped": "社保停缴",
    "job_ended": "工作结束",
    "stayed_home": "返乡未再外出",
    "zero_employment": "全家没有务工记录",
    "income_under_line": "收入低于标准",
    "self_pay": "自付医疗费高",
    "wage_drop": "工资下降",
    "department_warning": "部门预警",
    "pension_unpaid": "养老保险未缴",
    "own_report": "自己反映困难",
    "disaster": "当地受灾",
    "two_households": "两户登记同一成员",
    "audit": "随机走访",
}
BY_SCORE = "登记情况提示可能有变化"
CHANGES = {
    "dealt": "派发",
    "updated": "更新",
    "seen": "查看",
    "assigned": "指派",
    "snoozed": "推迟",
    "outcome": "记录",
    "completed": "办结",
    "cancelled": "自动取消",
    "expired": "到期",
    "moved": "转移",
    "undo": "撤销",
}
STAGES = {
    "open": "待走访",
    "acknowledged": "帮扶中",
    "completed": "已办结",
    "cancelled": "已取消",
    "expired": "已到期",
}
DIMENSIONS = {
    "rule": "同一种原因",
    "source": "同一个来源",
    "employer": "同一个单位",
    "file": "同一份文件",
}


def reason_words(code: str) -> str:
    """Return a few words for the reason of a candidate.

    Examples
    --------
    >>> reason_words("job_ended"), reason_words("u90 2026-01 wage")
    ('工作结束', '登记情况提示可能有变化')
    """
    return REASONS.get(code, BY_SCORE)


def due_words(due: date, today: date, calendar: Calendar, *, level: int = 3) -> str:
    """Write until when a card is to be looked at, with the working days left.

    Examples
    --------
    >>> today, calendar = date(2026, 11, 24), Calendar()   # a Tuesday
    >>> due_words(today, today, calendar), due_words(date(2026, 11, 26), today, calendar)
    ('今天 18:00 前', '周四前（还有 2 个工作日）')
    >>> due_words(date(2026, 12, 3), today, calendar, level=1)
    '下次走访，12-03 前（还有 7 个工作日）'
    >>> due_words(date(2026, 11, 20), today, calendar)
    '已过期 2 个工作日'
    """
    if due < today:
        return f"已过期 {calendar.workdays_between(due, today)} 个工作日"
    if due == today:
        return "今天 18:00 前"
    left = calendar.workdays_between(today, due)
    until = weekday(due) if (due - today).days <= 6 - today.weekday() else f"{due:%m-%d} "
    return f"{'下次走访，' if level == 1 else ''}{until}前（还有 {left} 个工作日）"


def age_words(days: int) -> str:
    """Write how long ago something was.

    Examples
    --------
    >>> age_words(0), age_words(9), age_words(75), age_words(800)
    ('今天', '9 天前', '2 个月前', '2 年前')
    """
    if days <= 0:
        return "今天"
    if days < 60:
        return f"{days} 天前"
    return f"{days // 30} 个月前" if days < 730 else f"{days // 365} 年前"
