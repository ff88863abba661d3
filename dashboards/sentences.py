"""What a secretary could say aloud about the month, and what is stuck and where: from the desk."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, text

from dashboards.counts import TOWNSHIP_UNIT, Cell
from dashboards.picture import Bools, Picture
from yujing.access.scope import Scope
from yujing.domain.calendar import Calendar
from yujing.storage.sql import reading

CONTACT_WORKDAYS = 3  # judgement: the ladder's middle step (orange) is three working days


@dataclass(frozen=True)
class Month:
    """The cards of the present month.

    Parameters
    ----------
    opened
        Cards opened.
    contacted
        Of these, reached within three working days.
    pending
        Of these, not reached, with time left.
    silent_villages, villages
        Villages without any work report for the last month that ended, of those with labourers.
    """

    opened: int
    contacted: int
    pending: int
    silent_villages: int
    villages: int

    @property
    def sentence(self) -> str:
        """The sentence."""
        if not self.opened:
            said = "本月还没有派发走访"
        else:
            said = f"本月 {self.opened:,} 户需要走访，{self.contacted:,} 户 3 个工作日内联系上"
            if self.pending:
                said += f"，{self.pending:,} 户还在期限内"
        if self.silent_villages:
            return f"{said}；{self.silent_villages} 个村没有按时报数。"
        return f"{said}；各村都已报数。"


@dataclass(frozen=True)
class Stuck:
    """What waits too long, by township or village code."""

    overdue: Counter[int]
    held: int
    held_households: int
    not_sent: int
    not_sent_fen: int


def month_of(engine: Engine, picture: Picture, scope: Scope, calendar: Calendar) -> Month:
    """Return the month's cards of a region up to the picture's day."""
    least, largest = scope.bounds
    sql = text(
        "SELECT c.opened_on, min(o.day) FROM cards c LEFT JOIN outcomes o ON o.card = c.id"
        " AND o.undone = 0 AND o.outcome != 'no_contact'"
        " WHERE c.region BETWEEN :least AND :largest AND c.opened_on BETWEEN :first AND :last"
        " GROUP BY c.id"
    )
    first = picture.as_of.replace(day=1)
    values = {"least": least, "largest": largest, "first": first.isoformat()}
    with reading(engine) as connection:
        rows = connection.execute(sql, values | {"last": picture.as_of.isoformat()}).all()
    limits: dict[str, date] = {}
    contacted = pending = 0
    for opened_on, contact in rows:
        if opened_on not in limits:
            limits[opened_on] = calendar.add_workdays(
                date.fromisoformat(opened_on), CONTACT_WORKDAYS
            )
        if contact is not None and date.fromisoformat(contact) <= limits[opened_on]:
            contacted += 1
        elif contact is None and picture.as_of <= limits[opened_on]:
            pending += 1
    inside = _inside(picture, scope)
    with_labour = set(picture.regions[inside & picture.has_labour].tolist())
    told = set(picture.regions[inside & picture.reported_last_month].tolist())
    return Month(len(rows), contacted, pending, len(with_labour - told), len(with_labour))


def stuck(engine: Engine, scope: Scope, today: date, *, by_village: bool) -> Stuck:
    """Return overdue cards by place, held bursts and what did not fit into the last deals."""
    least, largest = scope.bounds
    unit = 1 if by_village else TOWNSHIP_UNIT
    span = {"least": least, "largest": largest}
    with reading(engine) as connection:
        overdue = connection.execute(
            text(
                "SELECT region / :unit * :unit, count(*) FROM cards"
                " WHERE stage IN ('open', 'acknowledged') AND due_on < :today"
                " AND (snoozed_until IS NULL OR snoozed_until < :today)"
                " AND region BETWEEN :least AND :largest GROUP BY 1"
            ),
            span | {"unit": unit, "today": today.isoformat()},
        ).all()
        held = connection.execute(
            text(
                "SELECT count(DISTINCT h.id), count(c.household) FROM held h"
                " JOIN held_cards c ON c.held = h.id WHERE h.stage = 'waiting'"
                " AND h.county BETWEEN :low AND :high"
            ),
            {"low": least // 10**6, "high": largest // 10**6},
        ).one()
        waiting = connection.execute(
            text(
                "SELECT coalesce(sum(not_sent), 0), coalesce(sum(not_sent_fen), 0) FROM deals d"
                " WHERE village BETWEEN :least AND :largest"
                " AND day = (SELECT max(day) FROM deals WHERE village = d.village)"
            ),
            span,
        ).one()
    return Stuck(
        Counter({int(place): int(n) for place, n in overdue}),
        int(held[0]), int(held[1]), int(waiting[0]), int(waiting[1]),
    )  # fmt: skip


def ends_by_month(picture: Picture, scope: Scope) -> list[Cell]:
    """Return, by month of the picture, job ends in the households of a region."""
    inside = _inside(picture, scope)
    n = int(inside.sum())
    return [Cell(int(row[inside].sum()), n) for row in picture.monthly_ends]


def _inside(picture: Picture, scope: Scope) -> Bools:
    least, largest = scope.bounds
    return (picture.regions >= least) & (picture.regions <= largest)
