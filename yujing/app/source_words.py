"""How the page of sources says what was promised and how it stands."""

from collections.abc import Sequence
from datetime import date

from yujing.access.tokens import SourceToken
from yujing.app.promises import Standing, period_name
from yujing.app.quality_words import EVENTS_ZH
from yujing.app.source_register import SourceReport
from yujing.domain.calendar import Calendar
from yujing.domain.sources import Feed, Rhythm
from yujing.settings import SHANGHAI

LATE, WAITING, GOOD, QUIET = "late", "waiting", "good", "quiet"
_MOST_PERIODS = 3


def promise(feed: Feed) -> str:
    """Write what was promised.

    Examples
    --------
    >>> from yujing.domain.sources import SourceRegister
    >>> promise(SourceRegister.load().all[0])
    '每月报，次月 5 日前，宽限 3 个工作日'
    """
    if feed.rhythm is Rhythm.AS_IT_HAPPENS:
        return "随时报，没有约定日期"
    day = "底" if feed.due_day >= 31 else f" {feed.due_day} 日"
    when = f"当年 12 月{day}" if feed.rhythm is Rhythm.YEARLY else f"次月{day}"
    grace = f"，宽限 {feed.grace_days} 个工作日" if feed.grace_days else ""
    return f"{feed.rhythm.zh}报，{when}前{grace}"


def state_of(one: Standing, *, connected: bool) -> str:
    """Return which of the four states a feed is in."""
    if one.late:
        return LATE
    if one.missing or one.thin:
        return WAITING
    if not connected or not one.feed.promised or one.newest is None:
        return QUIET
    return GOOD


def standing(one: Standing, *, connected: bool, calendar: Calendar, today: date) -> str:
    """Write how a feed stands, in one sentence."""
    feed = one.feed
    if one.late:
        first = one.late[0]
        n, due = len(one.late), _day(feed.due(first), today)
        more = "" if n == 1 else f"；共缺 {n} 期：{_periods(feed, one.late)}"
        return f"缺 {period_name(feed, first)}，应在 {due}前报{more}"
    if one.missing:
        last = one.missing[-1]
        until = feed.reminded(last, calendar)
        return f"{period_name(feed, last)}的还没到，宽限到 {_day(until, today)}"
    if one.thin:
        period = period_name(feed, feed.last_period(today))
        return f"{period}只到了 {one.rows:,} 行，平时 {one.usual:,} 行，请核对是否报全"
    came = "" if one.last_came is None else f"，最近一次 {_day(one.last_came, today)}"
    if not feed.promised:
        return "还没有报过" if one.last_came is None else came.lstrip("，")
    if one.newest is not None:
        return f"已报到 {period_name(feed, one.newest)}{came}"
    return "还没有到约定的日期" if connected else "还没有接入"


def lateness(one: Standing) -> str:
    """Write how late deliveries are."""
    usual = one.usual_lateness
    if usual is None:
        return "还没有可比的报送"
    worst = max(one.lateness)
    if not worst:
        return f"报过的 {len(one.lateness)} 期都按时"
    said = "一般按时" if usual == 0 else f"一般晚 {usual} 天"
    in_time = sum(day == 0 for day in one.lateness)
    return f"{said}；报过的 {len(one.lateness)} 期里 {in_time} 期按时，最晚 {worst} 天"


def against_usual(one: Standing) -> str:
    """Write the rows of the newest period against what is usual."""
    if one.rows is None:
        return ""
    if one.usual is None:
        return f"{one.rows:,} 行"
    return f"{one.rows:,} 行，平时 {one.usual:,} 行"


def events_zh(events: Sequence[str]) -> str:
    """Write event types as a department calls them."""
    return "、".join(EVENTS_ZH.get(name, name) for name in events)


def token_line(one: SourceToken, *, today: date) -> str:
    """Write what a token is and until when it holds; never the token itself."""
    kinds = events_zh(one.grant.kinds) if one.grant.kinds else "约定的全部"
    parts = [f"{one.id} 号", one.label or "未命名", kinds, "地区 " + "、".join(one.grant.regions)]
    if one.grant.beyond_purpose:
        parts.append("可超出约定用途（运维批准）")
    if one.revoked_at is not None:
        parts.append("已作废")
    elif one.valid_until is not None:
        until = one.valid_until.astimezone(SHANGHAI)
        parts.append(f"已换新，旧的用到 {_day(until.date(), today)} {until:%H:%M}")
    used = one.used_at
    parts.append(
        "没有用过" if used is None else f"上次用 {_day(used.astimezone(SHANGHAI).date(), today)}"
    )
    return " · ".join(parts)


def headline(reports: Sequence[SourceReport]) -> str:
    """Write how many sources are late, and which is latest."""
    late = sorted((one for one in reports if one.days_late), key=lambda one: -one.days_late)
    connected = sum(one.connected is not None for one in reports)
    if not late:
        return f"{connected} 个来源已接入，没有迟报。"
    return (
        f"{connected} 个来源已接入，{len(late)} 个迟报；最晚的是{late[0].department}，"
        f"晚 {late[0].days_late} 天。"
    )


def _periods(feed: Feed, periods: Sequence[int]) -> str:
    names = [period_name(feed, period) for period in periods[:_MOST_PERIODS]]
    return "、".join(names) + ("等" if len(periods) > _MOST_PERIODS else "")


def _day(value: date, today: date) -> str:
    year = "" if value.year == today.year else f"{value.year} 年 "
    return f"{year}{value.month} 月 {value.day} 日"
