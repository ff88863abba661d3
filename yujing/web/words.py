"""How times, names and numbers are written on a page."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"
SMALL = 5  # cells of 1 to 4 people are not shown


def local(moment: datetime) -> datetime:
    """Return a moment in the county's own time."""
    return moment.astimezone(SHANGHAI)


def today(moment: datetime) -> date:
    """Return the county's day at a moment."""
    return local(moment).date()


def clock_time(moment: datetime) -> str:
    """Write the time of day.

    Examples
    --------
    >>> from datetime import UTC
    >>> clock_time(datetime(2026, 11, 24, 2, 32, tzinfo=UTC))
    '10:32'
    """
    return local(moment).strftime("%H:%M")


def day(value: date, *, now: date) -> str:
    """Write a day, with its year when that is not the present one.

    Examples
    --------
    >>> day(date(2026, 11, 8), now=date(2026, 11, 24))
    '11-08'
    >>> day(date(2025, 2, 1), now=date(2026, 11, 24))
    '2025-02-01'
    """
    return value.strftime("%m-%d" if value.year == now.year else "%Y-%m-%d")


def moment(value: datetime, *, now: date) -> str:
    """Write a day and a time of day; today without its day."""
    shown = local(value)
    if shown.date() == now:
        return f"今天 {shown:%H:%M}"
    return f"{day(shown.date(), now=now)} {shown:%H:%M}"


def weekday(value: date) -> str:
    """Write the day of the week.

    Examples
    --------
    >>> weekday(date(2026, 11, 26))
    '周四'
    """
    return "周" + WEEKDAYS[value.weekday()]


def masked(name: str | None) -> str:
    """Write a name so that only who knows the person recognises it.

    Examples
    --------
    >>> masked("赵建军"), masked("李芳"), masked("欧阳建军"), masked(None)
    ('赵*军', '李*', '欧**军', '姓名未登记')
    """
    name = (name or "").strip()
    if not name:
        return "姓名未登记"
    if len(name) <= 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def place(name: str) -> str:
    """Write the name of a village as people say it.

    Examples
    --------
    >>> place("大院村村民委员会"), place("东山社区居民委员会"), place("龙街镇")
    ('大院村', '东山社区', '龙街镇')
    """
    for official in ("村民委员会", "居民委员会"):
        name = name.removesuffix(official)
    return name


def yuan(fen: int | None) -> str:
    """Write an amount of money.

    Examples
    --------
    >>> yuan(50000), yuan(123456789), yuan(1050), yuan(None)
    ('500 元', '1,234,567.89 元', '10.50 元', '金额未定')
    """
    if fen is None:
        return "金额未定"
    whole, rest = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole:,}" + (f".{rest:02d}" if rest else "") + " 元"


def about(fen: int) -> str:
    """Write an estimate of money without false exactness.

    Examples
    --------
    >>> about(527_273_960), about(2_850_000), about(32_100)
    ('约 527 万元', '约 2.9 万元', '约 320 元')
    """
    yuan_ = fen / 100
    if yuan_ >= 100_000:
        return f"约 {yuan_ / 10_000:,.0f} 万元"
    if yuan_ >= 10_000:
        return f"约 {yuan_ / 10_000:.1f} 万元"
    return f"约 {round(yuan_, -1):,.0f} 元"


def count(value: int | None, *, small: bool = False) -> str:
    """Write a count; unknown is a word, and with `small` 1 to 4 become <5.

    Examples
    --------
    >>> count(12345), count(None), count(3, small=True), count(0, small=True)
    ('12,345', '未知', '<5', '0')
    """
    if value is None:
        return "未知"
    if small and 0 < value < SMALL:
        return f"<{SMALL}"
    return f"{value:,}"
