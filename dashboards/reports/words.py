"""The sentences of a report."""

from collections.abc import Sequence
from datetime import date, datetime

from dashboards.figures import WITHHELD
from dashboards.panel import Shape, Unit
from dashboards.reports.changes import NOT_COMPARED, compared
from dashboards.reports.frozen import Body, Figures
from dashboards.reports.period import Kind
from dashboards.reports.store import Report
from yujing.settings import SHANGHAI
from yujing.web.words import SMALL

_DIGITS = "零一二三四五六七八九"
CLAUSE = (
    "根据《贵州省人力资源社会保障厅、省乡村振兴局关于加强国家乡村振兴重点帮扶县人力资源社会保障"
    "帮扶工作的实施意见》第二十五条，"
)
SMALL_CELLS = (
    f"为保护个人信息，1 至 {SMALL - 1} 的人数、户数、次数写作“<{SMALL}”；"
    "会让人推算出这些数的另一项写作“不显示”。零照实写。"
)
NO_CHANGE = "各项数字没有变化，只是数据截止时间后移。"


def numeral(number: int) -> str:
    """Return a number below a hundred as headings are numbered.

    Examples
    --------
    >>> numeral(3), numeral(10), numeral(12), numeral(20)
    ('三', '十', '十二', '二十')
    """
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def day_zh(day: date) -> str:
    """Return a day as official documents write it.

    Examples
    --------
    >>> day_zh(date(2026, 12, 5))
    '2026年12月5日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def moment_zh(moment: datetime) -> str:
    """Return a moment in the time of China."""
    local = moment.astimezone(SHANGHAI)
    return f"{day_zh(local.date())}{local:%H:%M}"


def version_line(report: Report) -> str:
    """Return the line below the title."""
    return f"（第 {report.version} 版，数据截至{moment_zh(report.made_at)}）"


def opening(report: Report, body: Body) -> str:
    """Return the first paragraph."""
    start = CLAUSE if report.kind is Kind.ANNUAL else ""
    until = day_zh(date.fromisoformat(body.until))
    since = day_zh(date.fromisoformat(body.asked.first))
    return (
        f"{start}现将{body.place_name} {since}至{until}就业帮扶和防止返贫监测情况报告如下。"
        "变动类数字为统计期内发生的次数，存量类数字为统计期内最后一次汇总的结果。"
    )


def stated(body: Body, numbers: Sequence[Figures]) -> str:
    """Return the panels of one number as one paragraph."""
    return "；".join(_stated(body, one) for one in numbers) + "。"


def is_number(figures: Figures) -> bool:
    """Tell whether a panel is one number."""
    return figures.shape == Shape.STAT.value


def is_compared(body: Body, figures: Figures) -> bool:
    """Tell whether a panel is compared in the document too: numbers, and events of one month."""
    monthly = body.kind == Kind.MONTHLY.value
    return is_number(figures) or (monthly and figures.shape == Shape.SERIES.value)


def change_lines(report: Report) -> list[str]:
    """Return what a version says otherwise than the one before; nothing of a first version."""
    if report.version == 1:
        return []
    return [f"{change.sentence}。" for change in report.changes] or [NO_CHANGE]


def signature(report: Report) -> str:
    """Return the line of who signed, or where to sign."""
    if report.signed_by is None or report.signed_at is None:
        return "签发人：　　　　　签发日期：　　　　（未签发）"
    day = day_zh(report.signed_at.astimezone(SHANGHAI).date())
    return f"签发人：{report.signed_by}　　签发日期：{day}"


def comparison_head(body: Body) -> list[str]:
    """Return the head of the comparison: the period, then each earlier one with its difference."""
    first = next(iter(body.figures))
    return ["项目", "本期", *(text for one in first.earlier for text in (one.word, "增减"))]


def comparison(body: Body, figures: Figures) -> list[list[str]]:
    """Return the rows of the comparison of a panel."""
    by_month = body.kind == Kind.ANNUAL.value
    table: dict[str, list[str]] = {}
    for which in range(len(figures.earlier)):
        for one in compared(figures, which, by_month=by_month):
            if one.now != NOT_COMPARED:
                label = f"{one.title}（{one.row}）" if one.row else one.title
                row = table.setdefault(label, [label, one.now])
                row += [NOT_COMPARED] * (2 + 2 * which - len(row))
                row += [one.before, one.difference]
    width = 2 + 2 * len(figures.earlier)
    return [row + [NOT_COMPARED] * (width - len(row)) for row in table.values()]


def origins(body: Body) -> str:
    """Return where the figures of earlier periods come from."""
    said = {
        (one.word, one.period, one.report) for figures in body.figures for one in figures.earlier
    }
    parts = [
        f"{word}（{period}）取自已冻结的报告 {report}" if report
        else f"{word}（{period}）没有冻结的报告，按现在的数据重新统计"
        for word, period, report in sorted(said, reverse=True)
    ]  # fmt: skip
    return "；".join(parts) + "。"


def _stated(body: Body, figures: Figures) -> str:
    if not figures.rows:
        return f"{figures.title}：{figures.empty}"
    texts = [
        f"{text}{_unit(column.unit)}"
        for text, column in zip(figures.texts[0], figures.columns, strict=True)
    ]
    beside = [
        f"{column.zh}{'' if text == WITHHELD else ' '}{text}"
        for text, column in zip(texts[1:], figures.columns[1:], strict=True)
    ]
    words = f"{figures.title} {texts[0]}" + (f"（{'，'.join(beside)}）" if beside else "")
    rows = comparison(body, figures)
    if not rows:
        return words
    for place, earlier in enumerate(figures.earlier):
        before, difference = rows[0][2 + 2 * place : 4 + 2 * place]
        if before != NOT_COMPARED:
            words += f"，{earlier.word} {before}"
            words += "" if difference == NOT_COMPARED else f"（{difference}）"
    return words


def _unit(name: str | None) -> str:
    if name is None or Unit[name] is Unit.SHARE:
        return ""
    return f" {Unit[name].zh}"
