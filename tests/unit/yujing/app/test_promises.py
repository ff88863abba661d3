"""Which periods came, how late, and what is missing."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yujing.app.promises import PERIODS, Standing, period_name, promised_periods, standing_of
from yujing.app.source_days import SourceDay
from yujing.domain.calendar import Calendar
from yujing.domain.codes import Source
from yujing.domain.days import to_day, to_month
from yujing.domain.sources import Feed, Rhythm, SourceRegister

REGISTER = SourceRegister.load()
CALENDAR = Calendar.load()
SHEET = REGISTER.feeds(Source.EMPLOYMENT_PLATFORM)[0]  # by the 5th of the next month, by month
LIST = REGISTER.feeds(Source.CIVIL_AFFAIRS)[0]  # by the 10th, by arrival
PENSION = next(f for f in REGISTER.feeds(Source.SOCIAL_INSURANCE) if f.rhythm is Rhythm.YEARLY)
CONNECTED = date(2026, 6, 20)
AUGUST, SEPTEMBER, OCTOBER = (to_month(date(2026, month, 1)) for month in (8, 9, 10))


def came(feed: Feed, day: date, month: int = 0, read: int = 100, event: str = "") -> SourceDay:
    name = event or feed.events[0]
    return SourceDay(feed.source.value, to_day(day), month, name, read, 0, 0, 0)


def of(feed: Feed, *days: SourceDay, today: date, connected: date | None = CONNECTED) -> Standing:
    return standing_of(feed, days, connected=connected, today=today, calendar=CALENDAR)


def test_a_month_that_did_not_come_is_late_after_the_days_of_grace() -> None:
    days = [
        came(SHEET, date(2026, 10, 4), SEPTEMBER),
        came(SHEET, date(2026, 9, 9), AUGUST),
        came(SHEET, date(2026, 7, 3), AUGUST - 2),
        came(SHEET, date(2026, 8, 3), AUGUST - 1),
    ]

    on_the_day = of(SHEET, *days, today=date(2026, 11, 5))
    in_grace = of(SHEET, *days, today=date(2026, 11, 10))
    after = of(SHEET, *days, today=date(2026, 11, 11))

    assert (on_the_day.missing, on_the_day.late) == ((), ())
    assert (in_grace.missing, in_grace.late) == ((OCTOBER,), ())  # Friday, Monday, Tuesday
    assert (after.late, after.days_late) == ((OCTOBER,), 6)
    assert after.newest == SEPTEMBER
    assert after.last_came == date(2026, 10, 4)
    assert after.lateness == (0, 0, 4, 0)  # August's came on 9 September
    assert after.usual_lateness == 0


def test_a_correction_of_an_older_month_or_another_event_is_no_delivery_of_the_month() -> None:
    days = [
        came(SHEET, date(2026, 11, 4), SEPTEMBER),
        came(SHEET, date(2026, 11, 4), OCTOBER, event="employment.start"),
        came(SHEET, date(2026, 11, 4), OCTOBER, read=0),
    ]

    standing = of(SHEET, *days, today=date(2026, 11, 24))

    assert OCTOBER in standing.late
    assert standing.last_came == date(2026, 11, 4)


def test_a_list_counts_for_the_month_before_the_day_on_which_it_came() -> None:
    standing = of(LIST, came(LIST, date(2026, 11, 2)), today=date(2026, 11, 24))

    assert standing.newest == OCTOBER
    assert standing.missing[-1] == SEPTEMBER


def test_a_yearly_feed_is_due_at_the_end_of_its_year() -> None:
    year = to_month(date(2026, 1, 1))
    early = came(PENSION, date(2026, 10, 9), year)

    assert of(PENSION, early, today=date(2027, 2, 1)).missing == ()
    assert of(PENSION, today=date(2027, 2, 1)).late == (year,)
    assert period_name(PENSION, year) == "2026 年"


def test_nothing_is_asked_of_who_is_not_connected_or_promised_nothing() -> None:
    report = REGISTER.feeds(Source.VILLAGE_REPORT)[0]

    assert of(SHEET, today=date(2026, 11, 24), connected=None).missing == ()
    assert of(report, came(report, date(2026, 11, 1)), today=date(2026, 11, 24)) == Standing(
        report, date(2026, 11, 1), None, (), (), 0, (), None, None
    )


def test_rows_are_held_against_what_is_usual() -> None:
    days = [
        came(SHEET, date(2026, 11, 3), OCTOBER, 30),
        came(SHEET, date(2026, 11, 4), OCTOBER, 20),
        came(SHEET, date(2026, 10, 3), SEPTEMBER, 100),
        came(SHEET, date(2026, 9, 3), AUGUST, 90),
    ]

    standing = of(SHEET, *days, today=date(2026, 11, 24))

    assert (standing.rows, standing.usual) == (50, 95)
    assert standing.against_usual == 50 / 95
    assert of(SHEET, days[0], today=date(2026, 11, 24)).against_usual is None


FEEDS = [feed for feed in REGISTER.all if feed.promised]
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(
    feed=st.sampled_from(FEEDS),
    connected=DAYS,
    today=DAYS,
    deliveries=st.lists(st.tuples(DAYS, st.integers(2024 * 12, 2027 * 12 + 11)), max_size=8),
)
def test_what_is_promised_either_came_or_is_missing_and_only_what_is_missing_is_late(
    feed: Feed, connected: date, today: date, deliveries: list[tuple[date, int]]
) -> None:
    days = [came(feed, day, feed.period_of(month)) for day, month in deliveries]
    wanted = promised_periods(feed, connected=connected, today=today)

    standing = of(feed, *days, today=today, connected=connected)

    assert len(standing.missing) + len(standing.lateness) == len(wanted) <= PERIODS
    assert set(standing.late) <= set(standing.missing) <= set(wanted)
    assert all(connected < feed.due(period) < today for period in wanted)
    assert (standing.days_late > feed.grace_days) if standing.late else standing.days_late == 0
    again = of(feed, *days[::-1], *days, today=today, connected=connected)
    assert again.missing == standing.missing  # order and repetition change nothing
    assert again.lateness == standing.lateness
    later = of(feed, *days, today=today + timedelta(days=1), connected=connected)
    assert set(standing.late) - set(later.late) <= {wanted[0]} if wanted else True
