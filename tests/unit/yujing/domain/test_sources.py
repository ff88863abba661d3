"""The register of sources: promised days, what may be sent, a county's own file."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.wire.catalogue import BY_NAME
from yujing.domain.calendar import Calendar
from yujing.domain.codes import Source
from yujing.domain.days import to_month
from yujing.domain.sources import COLUMNS, Feed, Rhythm, SourceRegister, read_feeds
from yujing.errors import ReferenceDataError

SHIPPED = SourceRegister.load()
PROMISED = [feed for feed in SHIPPED.all if feed.promised]
GOOD = dict(
    zip(
        COLUMNS,
        ("education", "教育局", "名单", "monthly", "15", "3", "arrival", "member.upsert", "核对",
         "第七条", "a list", "未核实"),
        strict=True,
    )
)  # fmt: skip


def csv_of(*rows: dict[str, str]) -> str:
    lines = [",".join(COLUMNS), *(",".join(row[name] for name in COLUMNS) for row in rows)]
    return "\n".join(lines)


def test_every_source_of_a_department_is_registered_with_purpose_and_legal_base() -> None:
    assert set(SHIPPED.sources) == set(Source) - {Source.UNKNOWN, Source.YUJING}
    for feed in SHIPPED.all:
        assert set(feed.events) <= set(BY_NAME), feed.name
        assert feed.purpose
        assert feed.legal_base
        assert feed.confidence == "未核实" or feed.confidence == "verified"


def test_the_promised_day_is_in_the_month_after_and_a_yearly_one_in_december() -> None:
    monthly = next(feed for feed in PROMISED if feed.rhythm is Rhythm.MONTHLY)
    yearly = next(feed for feed in PROMISED if feed.rhythm is Rhythm.YEARLY)

    assert monthly.due(to_month(date(2026, 12, 1))) == date(2027, 1, monthly.due_day)
    assert yearly.due(to_month(date(2026, 3, 1))) == date(2026, 12, 31)
    assert yearly.last_period(date(2026, 11, 24)) == to_month(date(2025, 1, 1))
    assert yearly.before(to_month(date(2026, 1, 1))) == to_month(date(2025, 1, 1))


def test_a_day_that_a_month_lacks_is_its_last() -> None:
    (feed,) = read_feeds(csv_of(GOOD | {"due_day": "31"}), "x")

    assert feed.due(to_month(date(2026, 1, 1))) == date(2026, 2, 28)


def test_nobody_is_reminded_within_the_working_days_of_grace() -> None:
    (feed,) = read_feeds(csv_of(GOOD | {"due_day": "30", "grace_days": "1"}), "x")
    august = to_month(date(2026, 8, 1))

    assert feed.due(august) == date(2026, 9, 30)
    assert feed.reminded(august, Calendar.load()) == date(2026, 10, 8)  # after the National Day


@given(feed=st.sampled_from(PROMISED), today=st.dates(date(2022, 1, 1), date(2030, 12, 31)))
def test_the_last_period_is_the_newest_that_is_due(feed: Feed, today: date) -> None:
    period = feed.last_period(today)

    assert feed.due(period) <= today
    assert feed.due(feed.before(period, -1)) > today
    assert feed.period_of(period) == period


def test_a_countys_own_file_replaces_the_feeds_of_the_sources_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "sources.csv").write_text(csv_of(GOOD), encoding="utf-8-sig")

    register = SourceRegister.load(tmp_path)

    assert [feed.name for feed in register.feeds(Source.EDUCATION)] == ["名单"]
    assert register.events(Source.EDUCATION) == ("member.upsert",)
    assert register.feeds(Source.HOUSING) == SHIPPED.feeds(Source.HOUSING)
    assert register.department(Source.EDUCATION) == "教育局"
    assert register.department(Source.YUJING) == "yujing"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"source": "nobody"}, "line 2"),
        ({"source": "yujing"}, "no department"),
        ({"due_day": "32"}, "due_day"),
        ({"due_day": "soon"}, "line 2"),
        ({"grace_days": "-1"}, "grace_days"),
        ({"purpose": ""}, "purpose is empty"),
        ({"legal_base": ""}, "legal_base is empty"),
        ({"rhythm": "weekly"}, "line 2"),
    ],
)
def test_a_wrong_row_is_named(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ReferenceDataError, match=says):
        read_feeds(csv_of(GOOD | wrong), "own.csv")


def test_a_missing_column_and_a_feed_twice_are_named() -> None:
    with pytest.raises(ReferenceDataError, match="no column"):
        read_feeds("source,department\neducation,x", "own.csv")
    with pytest.raises(ReferenceDataError, match="two feeds"):
        read_feeds(csv_of(GOOD, GOOD), "own.csv")
    with pytest.raises(ReferenceDataError, match="line 2"):
        read_feeds(f"{','.join(COLUMNS)}\neducation", "own.csv")
