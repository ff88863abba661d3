"""The chain of reminders before the day on which the annual report is due to the province.

Each step is written down once, and closed when the report is signed. A step says how many days are
left and what is still to do; who watches hears of it by the log, by the metric
`yujing_report_days_left`, and by `yujing report list`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

import structlog
from sqlalchemy import select, update

from dashboards.reports.period import Kind, Period
from dashboards.reports.store import Reports
from dashboards.tables import REPORT_REMINDER
from yujing.access.scope import COUNTY
from yujing.app.county import County
from yujing.app.county_code import prefix_of
from yujing.app.report_place import place_of
from yujing.domain.days import from_day, to_day
from yujing.domain.policy import Policy
from yujing.storage.sql import insert_new, reading, writing

OVERDUE = -1  # the step on the day after
_LOOKS_BACK_YEARS = 1


class Stage(StrEnum):
    """How far a report is."""

    NOT_MADE = "not_made"
    NOT_SIGNED = "not_signed"
    SIGNED = "signed"

    @property
    def zh(self) -> str:
        """The stage in words."""
        return {
            Stage.NOT_MADE: "还没有生成", Stage.NOT_SIGNED: "已生成，还没有签发",
            Stage.SIGNED: "已签发",
        }[self]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """How the annual report of a year stands.

    Parameters
    ----------
    period
        The year.
    day
        When it is due.
    days_left
        Until then; negative when it is over.
    stage
        How far it is.
    step
        The newest step of the chain that was reached, None before the first.
    """

    period: Period
    day: date
    days_left: int
    stage: Stage
    step: int | None

    @property
    def sentence(self) -> str:
        """The same in words."""
        left = (
            f"还有 {self.days_left} 天" if self.days_left > 0
            else "今天到期" if self.days_left == 0 else f"已过 {-self.days_left} 天"
        )  # fmt: skip
        when = f"{self.day.month} 月 {self.day.day} 日前报省"
        return f"{self.period.zh}年度报告{when}，{left}，{self.stage.zh}"


@dataclass(frozen=True, slots=True)
class ReportReminder:
    """A step of the chain that was written down."""

    kind: Kind
    period: str
    due: date
    days_before: int
    stage: Stage
    reminded_at: datetime
    done_at: datetime | None


def due_day(policy: Policy, year: int) -> date:
    """Return the day on which the annual report of a year is due, as the policy of it says."""
    day = date(year, 12, 1)
    month = policy.whole("report.annual.due_month", day=day)
    return date(year, month, policy.whole("report.annual.due_day", day=day))


def steps(policy: Policy, year: int) -> list[int]:
    """Return how many days before the reminders come, the first first; the last is after it."""
    day = due_day(policy, year)
    keys = [key for key in policy.keys if key.startswith("report.annual.remind_days.")]
    days = {policy.whole(key, day=day) for key in keys}
    return [*sorted(days, reverse=True), OVERDUE]


def standing_of_annual(county: County, year: int) -> Due:
    """Return how the annual report of a year stands today."""
    today = county.today()
    period = Period(Kind.ANNUAL, year * 12, year * 12 + 11)
    day = due_day(county.policy, year)
    report = Reports(county.engine).newest(period, place_of(county).code)
    stage = (
        Stage.NOT_MADE if report is None
        else Stage.NOT_SIGNED if report.signed_by is None else Stage.SIGNED
    )  # fmt: skip
    left = (day - today).days
    reached = [step for step in steps(county.policy, year) if left <= step]
    return Due(period, day, left, stage, reached[-1] if reached else None)


def remind_of_reports(county: County) -> int:
    """Write down the step that is reached of each unsigned report; return how many are new.

    The year before this one is told of only where it was told of in its time.
    """
    if len(prefix_of(county)) < COUNTY:
        return 0  # nobody is registered yet: there is no county that could report
    this = county.today().year
    n_new = 0
    for year in range(this - _LOOKS_BACK_YEARS, this + 1):
        one = standing_of_annual(county, year)
        if one.stage is Stage.SIGNED:
            _close(county, one)
            continue
        if year == this:
            county.metrics.set("yujing_report_days_left", one.days_left)
        begun = one.step is not None and (year == this or _was_reminded(county, one))
        if begun and _write_down(county, one):
            n_new += 1
            structlog.get_logger().warning(
                "report_due", kind=one.period.kind.value, period=one.period.code,
                due=one.day.isoformat(), days_left=one.days_left, stage=one.stage.value,
            )  # fmt: skip
    return n_new


def report_reminders(county: County) -> list[ReportReminder]:
    """Return what was reminded of, the newest first."""
    table = REPORT_REMINDER.c
    Reports(county.engine)
    query = select(REPORT_REMINDER).order_by(table.due.desc(), table.days_before)
    with reading(county.engine) as connection:
        return [
            ReportReminder(
                Kind(row["kind"]), row["period"], from_day(row["due"]), row["days_before"],
                Stage(row["stage"]), datetime.fromtimestamp(row["reminded_at"], UTC),
                None if row["done_at"] is None else datetime.fromtimestamp(row["done_at"], UTC),
            )
            for row in connection.execute(query).mappings()
        ]  # fmt: skip


def _was_reminded(county: County, one: Due) -> bool:
    return any(done.period == one.period.code for done in report_reminders(county))


def _write_down(county: County, one: Due) -> bool:
    row = {
        "kind": one.period.kind.value, "period": one.period.code, "due": to_day(one.day),
        "days_before": one.step, "stage": one.stage.value, "reminded_at": county.now_s(),
    }  # fmt: skip
    with writing(county.engine) as connection:
        return connection.execute(insert_new(connection, REPORT_REMINDER), row).rowcount > 0


def _close(county: County, one: Due) -> None:
    table = REPORT_REMINDER.c
    with writing(county.engine) as connection:
        connection.execute(
            update(REPORT_REMINDER)
            .where(
                table.kind == one.period.kind.value, table.period == one.period.code,
                table.done_at.is_(None),
            )
            .values(done_at=county.now_s())
        )  # fmt: skip
