"""What the page of sources says of promises, lateness and tokens."""

from datetime import UTC, date, datetime

from yujing.access.tokens import SourceToken, TokenGrant
from yujing.app import source_words as words
from yujing.app.promises import Standing, standing_of
from yujing.app.source_days import SourceDay
from yujing.app.source_register import SourceReport
from yujing.domain.calendar import Calendar
from yujing.domain.codes import Source
from yujing.domain.days import to_day, to_month
from yujing.domain.sources import Feed, Rhythm, SourceRegister

REGISTER, CALENDAR = SourceRegister.load(), Calendar.load()
SHEET = REGISTER.feeds(Source.EMPLOYMENT_PLATFORM)[0]
YEARLY = next(f for f in REGISTER.feeds(Source.SOCIAL_INSURANCE) if f.rhythm is Rhythm.YEARLY)
REPORTS = REGISTER.feeds(Source.VILLAGE_REPORT)[0]
TODAY, CONNECTED = date(2026, 11, 24), date(2026, 8, 1)


def came(day: date, month: date, read: int = 100, feed: Feed = SHEET) -> SourceDay:
    number = to_month(month)
    return SourceDay(feed.source.value, to_day(day), number, feed.events[0], read, 0, 0, 0)


def of(*days: SourceDay, feed: Feed = SHEET, today: date = TODAY) -> Standing:
    return standing_of(feed, days, connected=CONNECTED, today=today, calendar=CALENDAR)


def said(one: Standing, *, connected: bool = True, today: date = TODAY) -> tuple[str, str]:
    sentence = words.standing(one, connected=connected, calendar=CALENDAR, today=today)
    return words.state_of(one, connected=connected), sentence


ON_TIME = [came(date(2026, month + 1, 3), date(2026, month, 1)) for month in (7, 8, 9)]


def test_promises_are_written_as_people_say_them() -> None:
    assert words.promise(YEARLY) == "每年报，当年 12 月底前，宽限 10 个工作日"
    assert words.promise(REPORTS) == "随时报，没有约定日期"


def test_a_feed_in_time_says_up_to_which_month() -> None:
    one = of(*ON_TIME, came(date(2026, 11, 3), date(2026, 10, 1)))

    assert said(one) == (words.GOOD, "已报到 2026 年 10 月，最近一次 11 月 3 日")
    assert words.lateness(one) == "报过的 4 期都按时"
    assert words.against_usual(one) == "100 行，平时 100 行"


def test_a_late_feed_names_the_month_its_day_and_how_many_more() -> None:
    state, sentence = said(of(*ON_TIME[:1]))

    assert state == words.LATE
    assert sentence == (
        "缺 2026 年 8 月，应在 9 月 5 日前报；共缺 3 期：2026 年 8 月、2026 年 9 月、2026 年 10 月"
    )
    assert said(of(*ON_TIME))[1] == "缺 2026 年 10 月，应在 11 月 5 日前报"


def test_within_the_days_of_grace_nothing_is_late() -> None:
    today = date(2026, 11, 9)

    assert said(of(*ON_TIME, today=today), today=today) == (
        words.WAITING, "2026 年 10 月的还没到，宽限到 11 月 10 日"
    )  # fmt: skip


def test_a_month_of_which_little_came_is_asked_about() -> None:
    one = of(*ON_TIME, came(date(2026, 11, 3), date(2026, 10, 1), read=19))

    assert one.thin
    assert said(one) == (
        words.WAITING, "2026 年 10 月只到了 19 行，平时 100 行，请核对是否报全"
    )  # fmt: skip
    assert not of(*ON_TIME, came(date(2026, 11, 3), date(2026, 10, 1), read=50)).thin


def test_what_nobody_promised_or_is_not_connected_is_quiet() -> None:
    empty = standing_of(SHEET, [], connected=None, today=TODAY, calendar=CALENDAR)
    assert said(empty, connected=False) == (words.QUIET, "还没有接入")
    assert words.lateness(empty) == "还没有可比的报送"
    assert words.against_usual(empty) == ""
    assert said(of(feed=REPORTS)) == (words.QUIET, "还没有报过")
    last = of(came(date(2026, 11, 2), TODAY, feed=REPORTS), feed=REPORTS)
    assert said(last) == (words.QUIET, "最近一次 11 月 2 日")
    assert said(of(feed=YEARLY)) == (words.QUIET, "还没有到约定的日期")


def test_lateness_is_told_by_what_is_usual_and_by_the_worst() -> None:
    late = [came(date(2026, 9, 9), date(2026, 8, 1)), came(date(2026, 10, 25), date(2026, 9, 1))]

    assert words.lateness(of(*late)) == "一般晚 12 天；报过的 2 期里 0 期按时，最晚 20 天"
    assert words.lateness(of(*late, ON_TIME[0], came(date(2026, 11, 4), date(2026, 10, 1)))) == (
        "一般晚 2 天；报过的 4 期里 2 期按时，最晚 20 天"
    )


def test_a_token_is_told_without_itself() -> None:
    grant = TokenGrant(Source.EDUCATION, ("member.upsert",), ("520526",), beyond_purpose=True)
    at = datetime(2026, 11, 1, tzinfo=UTC)
    token = SourceToken(3, grant, "", at, "x", at, None, datetime(2026, 12, 1, 0, 30, tzinfo=UTC))

    assert words.token_line(token, today=TODAY) == (
        "3 号 · 未命名 · 家庭成员 · 地区 520526 · 可超出约定用途（运维批准） · "
        "已换新，旧的用到 12 月 1 日 08:30 · 上次用 11 月 1 日"
    )
    revoked = SourceToken(4, TokenGrant(Source.EDUCATION, (), ("52",)), "校", at, "x", None, at)
    assert words.token_line(revoked, today=TODAY) == (
        "4 号 · 校 · 约定的全部 · 地区 52 · 已作废 · 没有用过"
    )


def test_the_headline_counts_who_is_late() -> None:
    late = SourceReport(SHEET.source, SHEET.department, CONNECTED, (of(*ON_TIME),))
    good = SourceReport(REPORTS.source, REPORTS.department, CONNECTED, ())

    assert words.headline([good]) == "1 个来源已接入，没有迟报。"
    assert words.headline([good, late]) == (
        "2 个来源已接入，1 个迟报；最晚的是人力资源社会保障局（就业），晚 19 天。"
    )
