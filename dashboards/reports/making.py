"""Reading a report's figures, and keeping them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dashboards.macros import Filters
from dashboards.panel import Panel
from dashboards.reading import read
from dashboards.reports.definition import chapters, title_of
from dashboards.reports.frozen import (
    Asked,
    Body,
    Chapter,
    Earlier,
    Figures,
    frozen,
    frozen_rows,
)
from dashboards.reports.period import Period
from dashboards.reports.store import CutOff, Report, Reports
from yujing.domain.days import month_end, month_start, to_month
from yujing.settings import SHANGHAI
from yujing.storage.clickhouse import Client

_COUNTY_UNIT = 10**6


@dataclass(frozen=True)
class Place:
    """Of which place a report is: a county or a township.

    Parameters
    ----------
    code
        12 digits.
    name
        Its name.
    """

    code: int
    name: str

    @property
    def is_county(self) -> bool:
        """Whether it is a county."""
        return self.code % _COUNTY_UNIT == 0


def make(
    client: Client, reports: Reports, period: Period, place: Place, cut_off: CutOff, at: datetime
) -> tuple[Report, bool]:
    """Read all figures of a report and keep them; return it and whether it is a new version.

    Parameters
    ----------
    client
        ClickHouse, its cells counted up to the cut-off and held still.
    reports
        Where it is kept, and where earlier ones are.
    period, place
        What it is about.
    cut_off
        Up to where events are counted.
    at
        The moment, aware.
    """
    today = at.astimezone(SHANGHAI).date()
    filters = _filters(period, place, today)
    former = [
        (word, before, _former(reports, before, place),
         _filters(before, place, _as_far(period, before, today)))
        for word, before in period.earlier
    ]  # fmt: skip

    def figures(code: str, panel: Panel) -> Figures:
        earlier = []
        for word, before, (report, body), theirs in former:
            told = body.find(code) if body is not None else None
            if told is not None and told.names != tuple(column.name for column in panel.columns):
                told = None  # another release asked for other columns
            rows = told.rows if told is not None else frozen_rows(read(client, panel, theirs))
            origin = report if told is not None else ""
            earlier.append(Earlier(word, before.code, origin, rows))
        return frozen(code, read(client, panel, filters), filters, tuple(earlier))

    body = Body(
        kind=period.kind.value, period=period.code, place=place.code, place_name=place.name,
        title=title_of(period, place.name), until=f"{_last(period, today)}",
        asked=Asked(
            f"{month_start(period.first)}", f"{_last(period, today)}", filters.counties,
            filters.townships,
        ),
        chapters=tuple(
            Chapter(title, tuple(figures(code, panel) for code, panel in panels))
            for title, panels in chapters(period.kind)
        ),
    )  # fmt: skip
    return reports.keep(body, cut_off, at)


def _former(reports: Reports, period: Period, place: Place) -> tuple[str, Body | None]:
    """Return what was reported of a period, where anything was."""
    report = reports.newest(period, place.code)
    return ("", None) if report is None else (report.id, reports.body(report.id))


def _as_far(period: Period, before: Period, today: date) -> date:
    """Return the last day of an earlier period, as far into it as today is in a running one."""
    if not period.running(today):
        return month_start(before.last + 1) - timedelta(days=1)
    months = period.first - before.first
    month = to_month(today) - months
    return min(month_start(month) + timedelta(days=today.day - 1), month_end(month))


def _last(period: Period, today: date) -> date:
    """Return the last day of a period, today while it runs."""
    return min(today, month_start(period.last + 1) - timedelta(days=1))


def _filters(period: Period, place: Place, today: date) -> Filters:
    return Filters(
        datetime.combine(month_start(period.first), time(), SHANGHAI),
        datetime.combine(_last(period, today), time(23, 59), SHANGHAI),
        counties=(place.code,) if place.is_county else (),
        townships=() if place.is_county else (place.code,),
    )
