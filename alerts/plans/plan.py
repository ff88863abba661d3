"""The first service plan of a household: services by 1131, and money with clause and amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from alerts.plans.catalogue import STATUS_ZH, Clause, Lack, Status, clause_of, lack_words
from alerts.plans.money import CLAUSES
from alerts.rules.part import part_of
from alerts.rules.situation import Situation, StateView
from streams.state import read
from yujing.domain.calendar import Calendar, shipped_calendar
from yujing.domain.codes import Service, number
from yujing.domain.days import NEVER, from_day
from yujing.domain.policy import Policy

SERVICES = (
    ("guidance", Service.GUIDANCE), ("referral", Service.REFERRAL), ("training", Service.TRAINING),
)


@dataclass(frozen=True)
class PlanItem:
    """One service or subsidy for one member.

    Parameters
    ----------
    code, title, clause, words
        Of the clause or service.
    person
        Key of the member.
    is_money
        True for a subsidy.
    amount_fen
        What could be paid; 0 for a service.
    status, status_zh
        possible, missing, not_eligible or done.
    missing
        What is missing, to be brought, or the reason against, in Chinese.
    done, wanted
        How often a service was given since the spell began, and how often it should be.
    due
        By when a service should first be offered.
    """

    code: str
    title: str
    clause: str
    words: str
    person: int
    is_money: bool
    amount_fen: int
    status: str
    status_zh: str
    missing: tuple[str, ...]
    done: int = 0
    wanted: int = 0
    due: date | None = None


def service_plan(
    state: StateView, household: int, *, as_of: date, policy: Policy,
    calendar: Calendar | None = None,
) -> list[PlanItem]:
    """Return services and subsidies of every member of a household, what applies first.

    Parameters
    ----------
    household
        Key.
    calendar
        Working days; the shipped ones by default.
    """
    part = part_of(state, np.array([household], dtype=np.uint64))
    situation = Situation(part, as_of, policy)
    days = shipped_calendar() if calendar is None else calendar
    return plan_of(situation, calendar=days)


def plan_of(situation: Situation, *, calendar: Calendar) -> list[PlanItem]:
    """Return the plan of every member of a (small) situation."""
    items = [*_services(situation, calendar), *_money(situation)]
    rank = {"possible": 0, "missing": 1, "done": 2, "not_eligible": 3}
    order = {code: place for place, code in enumerate((*CLAUSES, *(c for c, _ in SERVICES)))}
    items.sort(key=lambda item: (rank[item.status], item.is_money, order[item.code], item.person))
    return items


def _services(situation: Situation, calendar: Calendar) -> list[PlanItem]:
    """Return the 1131 services of every jobless member who can work.

    They are counted since the spell without work began.
    """
    items = []
    for place in np.flatnonzero(situation.labour & (situation.jobless_since > NEVER)):
        since = int(situation.jobless_since[place])
        row = situation.members.row(int(place))
        region = int(situation.regions[situation.household[place]])
        days = situation.policy.whole(
            "deadline.first_service", region=region, day=situation.as_of
        )
        due = calendar.add_workdays(from_day(since), days)
        for code, service in SERVICES:
            clause = clause_of(code)
            wanted = situation.policy.whole(clause.key, region=region, day=situation.as_of)
            done = min(_given(row, service, since), wanted)
            status = Status.DONE if done >= wanted else Status.POSSIBLE
            missing = () if done >= wanted else (f"还差 {wanted - done} 次",)
            items.append(_item(clause, int(row["key"]), status, missing, done=done,
                               wanted=wanted, due=due))
    return items


def _given(row: np.void, service: Service, since: int) -> int:
    """Return how often a service was given since a day; referrals up to three, others once."""
    if service is Service.REFERRAL:
        days = read.day_of_short(row["referral_days"])
        return int((days >= since).sum())
    last = read.day_of_short(np.array([row["service_last"][number(service)]], dtype=np.uint16))
    return int(last[0] >= since)


def _money(situation: Situation) -> list[PlanItem]:
    """Return every subsidy of every member."""
    items = []
    for code, evaluate in CLAUSES.items():
        found, clause = evaluate(situation), clause_of(code)
        for place in range(len(situation.members)):   # the members of one household
            status = Status(int(found.status[place]))
            missing = [*lack_words(_told(int(found.lack[place]), status))]
            if found.days_left[place] and status is Status.MISSING:
                missing = [
                    f"还差 {int(found.days_left[place])} 天满 3 个月" if words.startswith("稳定")
                    else words for words in missing
                ]
            items.append(_item(
                clause, int(situation.members["key"][place]), status, tuple(missing),
                amount_fen=int(found.amount_fen[place]),
            ))
    return items


_AGAINST = (
    Lack.NOT_IN_GROUP | Lack.NOT_FIRST | Lack.NOT_ORGANISED | Lack.IN_COUNTY | Lack.OTHER_PLACE
    | Lack.NOT_NEW | Lack.AS_EMPLOYEE | Lack.AGE | Lack.NOT_CROSS_PROVINCE | Lack.NOT_LABOUR
)


def _told(lack: int, status: Status) -> int:
    """Return the flags to show: only the reasons against where something rules it out."""
    return lack & _AGAINST if status is Status.NOT_ELIGIBLE else lack & ~_AGAINST


def _item(
    clause: Clause, person: int, status: Status, missing: Sequence[str], *, amount_fen: int = 0,
    done: int = 0, wanted: int = 0, due: date | None = None,
) -> PlanItem:
    return PlanItem(
        clause.code, clause.title, clause.clause, clause.words, person,
        clause.key.startswith("subsidy."), amount_fen, status.name.lower(), STATUS_ZH[status],
        tuple(missing), done, wanted, due,
    )


MONEY_DUE = np.dtype([
    ("household", "u8"), ("person", "u8"), ("region", "i8"), ("clause", "U8"),
    ("amount_fen", "i8"), ("lack", "u4"),
])


def money_due_table(situation: Situation) -> npt.NDArray[np.void]:
    """Return every subsidy that somebody could get now, by household, person and clause.

    Outside capacity: this list needs no card.
    """
    tables = []
    for code, evaluate in CLAUSES.items():
        found = evaluate(situation)
        rows = np.flatnonzero(found.status == Status.POSSIBLE)
        table = np.zeros(len(rows), dtype=MONEY_DUE)
        home = situation.household[rows]
        table["household"], table["region"] = situation.keys[home], situation.regions[home]
        table["person"], table["clause"] = situation.members["key"][rows], code
        table["amount_fen"], table["lack"] = found.amount_fen[rows], found.lack[rows]
        tables.append(table)
    table = np.concatenate(tables)
    return table[np.lexsort((table["clause"], table["person"], table["household"]))]
