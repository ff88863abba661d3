from datetime import date

import pytest

from dashboards.reports.period import Kind, Period
from yujing.errors import UsageError

TODAY = date(2026, 11, 24)


def test_a_month_is_compared_with_the_one_before_and_that_of_last_year() -> None:
    period = Period.read(Kind.MONTHLY, "2026-01", TODAY)

    assert [(word, one.code) for word, one in period.earlier] == [
        ("上月", "2025-12"), ("上年同月", "2025-01"),
    ]  # fmt: skip
    assert not period.running(TODAY)


def test_a_year_is_compared_with_the_one_before() -> None:
    period = Period.read(Kind.ANNUAL, "2026", TODAY)

    assert [(word, one.code, one.zh) for word, one in period.earlier] == [
        ("上年", "2025", "2025年")
    ]
    assert period.running(TODAY)
    assert period.last - period.first == 11


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.MONTHLY, "2026-12"), (Kind.MONTHLY, "2026-13"), (Kind.MONTHLY, "2026"),
        (Kind.MONTHLY, "2026-1"), (Kind.ANNUAL, "2027"), (Kind.ANNUAL, "2026-01"),
        (Kind.ANNUAL, "1999"), (Kind.MONTHLY, "２０２６-01"), (Kind.ANNUAL, ""),
    ],
)  # fmt: skip
def test_what_is_no_period_or_lies_ahead_is_refused(kind: Kind, text: str) -> None:
    with pytest.raises(UsageError):
        Period.read(kind, text, TODAY)
