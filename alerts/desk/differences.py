"""Differences at the desk: opened and closed by the sweep, answered by people, each asked once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from alerts.comparisons.catalogue import AnswerWord, Comparison, comparison_of
from alerts.comparisons.difference import Differences
from alerts.desk.queries import in_scope
from alerts.desk.record import Card, Change, day_or_none, tell
from alerts.desk.tables import DIFFERENCES
from streams.fact import FactArray
from yujing.domain.codes import Side, Source, members, number, zh
from yujing.domain.days import from_day, to_day
from yujing.storage.signed import from_signed, to_signed
from yujing.storage.sql import insert_row, reading, take_turn, writing

OPEN, ANSWERED, GONE = "open", "answered", "gone"
COMPARISON_ANSWER = 26   # number of the event type
_TURN = "differences"
_KEYS = ("household", "person", "basis")
_CLAIMS = (
    "household", "person", "region", "categories", "since", "month", "value", "what", "basis",
)  # fmt: skip
_MOST_BOUND = 500


@dataclass(frozen=True)
class Difference:
    """One row of the table; keys are unsigned, days are dates."""

    id: int
    household: int
    person: int
    region: int
    comparison: int
    categories: int
    since: int
    month: int
    value: int
    what: int
    stage: str
    opened_on: date
    closed_on: date | None
    gone_on: date | None
    right: Side
    answer: str
    answered_by: str

    @property
    def of(self) -> Comparison | None:
        """Its comparison, None where this release has it no more."""
        return comparison_of(self.comparison)


class DifferenceBook:
    """The differences in the desk's database; any thread may call it.

    Parameters
    ----------
    engine
        Database that the desk's migrations were applied to.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def settle(self, found: Differences, *, day: date) -> dict[str, int]:
        """Open what is new, bring up to date what goes on, close what holds no more.

        The same differences again change nothing.

        Parameters
        ----------
        found
            All that holds on a day, of all households.

        Returns
        -------
        How many were opened and how many are gone.
        """
        with writing(self._engine) as connection:
            take_turn(connection, _TURN)
            return settle(connection, found, day)

    def open_of(self, household: int) -> list[Difference]:
        """Return the open differences of a household, the most telling first."""
        query = select(DIFFERENCES).where(
            DIFFERENCES.c.household == to_signed(household), DIFFERENCES.c.stage == OPEN
        )
        with reading(self._engine) as connection:
            rows = [_difference(row) for row in connection.execute(query).mappings()]
        return sorted((row for row in rows if row.of), key=_telling)

    def listed(
        self, prefix: str = "", *, source: Source | None = None, comparison: int | None = None,
        stages: Sequence[str] = (OPEN, ANSWERED), most: int | None = None,
    ) -> list[Difference]:
        """Return the differences of a place that still hold, by place and comparison.

        Parameters
        ----------
        source
            Only those in which this source takes part.
        """
        query = _of_place(select(DIFFERENCES), prefix, source, stages)
        if comparison is not None:
            query = query.where(DIFFERENCES.c.comparison == comparison)
        query = query.order_by(
            DIFFERENCES.c.comparison, DIFFERENCES.c.region, DIFFERENCES.c.household,
            DIFFERENCES.c.person, DIFFERENCES.c.id,
        ).limit(most)  # fmt: skip
        with reading(self._engine) as connection:
            rows = [_difference(row) for row in connection.execute(query).mappings()]
        return [row for row in rows if row.of]

    def counts(
        self, prefix: str = "", *, source: Source | None = None
    ) -> dict[int, dict[str, int]]:
        """Return how many hold of each comparison and stage; places and source as in `listed`."""
        count = select(DIFFERENCES.c.comparison, DIFFERENCES.c.stage, func.count())
        query = _of_place(count, prefix, source, (OPEN, ANSWERED))
        found: dict[int, dict[str, int]] = {}
        with reading(self._engine) as connection:
            rows = connection.execute(query.group_by(DIFFERENCES.c.comparison, DIFFERENCES.c.stage))
            for comparison, stage, n in rows:
                found.setdefault(comparison, {})[stage] = n
        return found

    def take_answers(self, facts: FactArray, *, day: date) -> int:
        """Close what events from outside answer; return how many answers were new.

        Parameters
        ----------
        facts
            Effective facts of any kind; only `comparison.answer` counts, and not what this desk
            told the log itself. A fact that came before counts once.
        """
        mine = facts[
            (facts["kind"] == COMPARISON_ANSWER) & (facts["retracted"] == 0)
            & (facts["source"] != number(Source.YUJING))
        ]
        if not len(mine):
            return 0
        with writing(self._engine) as connection:
            take_turn(connection, _TURN)
            return sum(_take(connection, row, day) for row in mine)


def _of_place(
    query: Any, prefix: str, source: Source | None, stages: Sequence[str]
) -> Any:
    """Return a query for those that still hold in a place, in which a source takes part."""
    query = query.where(
        DIFFERENCES.c.stage.in_(stages), DIFFERENCES.c.gone_on.is_(None),
        in_scope(prefix, DIFFERENCES.c.region),
    )  # fmt: skip
    if source is None:
        return query
    word = source.value
    return query.where(
        (DIFFERENCES.c.first_source == word) | (DIFFERENCES.c.second_source == word)
    )


# ---- the sweep


def settle(connection: Connection, found: Differences, day: date) -> dict[str, int]:
    """Write what a sweep found; see `DifferenceBook.settle`."""
    query = select(DIFFERENCES).where(
        DIFFERENCES.c.stage != GONE, DIFFERENCES.c.gone_on.is_(None)
    )
    live: dict[tuple[int, int], RowMapping] = {}
    for row in connection.execute(query.order_by(DIFFERENCES.c.id)).mappings():
        live[row["subject"], row["comparison"]] = row
    fresh: list[dict[str, Any]] = []
    over: list[tuple[int, str]] = []
    for row in found:
        new = _row_of(row)
        old = live.pop((new["subject"], new["comparison"]), None)
        if old is not None and (old["stage"] == OPEN or _is_answered(old, new)):
            changed = {name: new[name] for name in _CLAIMS if old[name] != new[name]}
            if changed:
                _write(connection, old["id"], changed)
            continue
        if old is not None:
            over.append((old["id"], ANSWERED))
        fresh.append(new | {"stage": OPEN, "opened_on": day.isoformat()})
    over += [(row["id"], row["stage"]) for row in live.values() if row["basis"]]
    n_gone = _close(connection, over, day)
    if fresh:
        connection.execute(insert(DIFFERENCES), fresh)
    return {"opened": len(fresh), "gone": n_gone}


def _is_answered(old: RowMapping, new: Mapping[str, Any]) -> bool:
    """Return whether an answered difference answers this one: the claims are those of then."""
    if old["basis"]:
        return bool(old["basis"] == new["basis"])
    return bool(new["since"] <= to_day(date.fromisoformat(old["closed_on"])))


def _close(connection: Connection, over: Sequence[tuple[int, str]], day: date) -> int:
    """Note that differences hold no more; return how many of them were open."""
    open_ = [one for one, stage in over if stage == OPEN]
    for ids, values in (
        (open_, {"stage": GONE, "closed_on": day.isoformat()}),
        ([one for one, stage in over if stage == ANSWERED], {"gone_on": day.isoformat()}),
    ):
        for start in range(0, len(ids), _MOST_BOUND):
            some = DIFFERENCES.c.id.in_(ids[start : start + _MOST_BOUND])
            connection.execute(update(DIFFERENCES).where(some).values(**values))
    return len(open_)


def _row_of(row: Any) -> dict[str, Any]:
    """Return a difference as a row of the table."""
    person, household = int(row["person"]), int(row["household"])
    values = {name: int(row[name]) for name in _CLAIMS}
    values |= {name: to_signed(values[name]) for name in _KEYS}
    return {
        **_comparison_columns(int(row["comparison"])),
        "subject": to_signed(person or household),
        **values,
    }


def _comparison_columns(number_of: int) -> dict[str, Any]:
    one = comparison_of(number_of)
    return {
        "comparison": number_of,
        "first_source": one.first.value if one else "",
        "second_source": one.second.value if one and one.second else "",
    }


def _write(connection: Connection, row: int, values: Mapping[str, Any]) -> None:
    connection.execute(update(DIFFERENCES).where(DIFFERENCES.c.id == row).values(**values))


# ---- answers


def answer(
    connection: Connection, card: Card, answers: Mapping[int, str], change: Change, transition: int,
) -> list[AnswerWord]:
    """Close differences of a card's household as they were answered on a visit, and tell the log.

    What was closed meanwhile, is of another household or answered with a word that is none of its
    comparison is left alone.

    Parameters
    ----------
    answers
        Word by number of the difference.
    transition
        Of the card: undoing it takes the answers back.

    Returns
    -------
    What the answers that count say.
    """
    given = []
    for row in _rows(connection, answers):
        one = comparison_of(row["comparison"])
        word = None if one is None else one.answer(answers[row["id"]])
        if word is None or row["stage"] != OPEN or from_signed(row["household"]) != card.household:
            continue
        _write(connection, row["id"], {
            "stage": ANSWERED, "closed_on": change.day.isoformat(), "right_side": word.right.value,
            "answer": word.zh, "answered_by": change.by, "card": card.id, "transition": transition,
        })  # fmt: skip
        _tell(connection, row, change, transition, card.id, word.right)
        given.append(word)
    return given


def take_back(connection: Connection, transition: int, change: Change) -> None:
    """Ask again what was answered with a transition that is undone, and retract it in the log."""
    query = select(DIFFERENCES).where(
        DIFFERENCES.c.transition == transition, DIFFERENCES.c.stage == ANSWERED
    )
    for row in connection.execute(query.with_for_update()).mappings().all():
        _tell(connection, row, change, transition, row["card"], None)
        again = {"right_side": "", "answer": "", "answered_by": "", "card": 0, "transition": 0}
        others = select(DIFFERENCES.c.id).where(
            DIFFERENCES.c.subject == row["subject"], DIFFERENCES.c.stage == OPEN,
            DIFFERENCES.c.comparison == row["comparison"],
        )  # fmt: skip
        stays = row["gone_on"] is None and connection.execute(others).first() is None
        again |= {"stage": OPEN, "closed_on": None} if stays else {"stage": GONE}
        _write(connection, row["id"], again)


def _tell(
    connection: Connection, row: RowMapping, change: Change, transition: int, card: int,
    right: Side | None,
) -> None:  # fmt: skip
    """Tell the log an answer, or that it was taken back."""
    tell(connection, "comparison", change.at, transition=transition, body={
        "op": "retract" if right is None else "upsert", "version": 2 if right is None else 1,
        "record": f"difference-{row['id']}-{transition}", "card": card,
        "household": from_signed(row["household"]), "person": from_signed(row["person"]),
        "region": row["region"], "day": change.day.isoformat(), "comparison": row["comparison"],
        "right": right.value if right else "",
    })  # fmt: skip


def _take(connection: Connection, row: Any, day: date) -> bool:
    """Record one answer that came through the door; return whether it was new."""
    fact, subject = to_signed(int(row["fact"])), to_signed(int(row["subject"]))
    if connection.execute(select(DIFFERENCES.c.id).where(DIFFERENCES.c.fact == fact)).first():
        return False
    side, comparison = Side(members(Side)[int(row["result"])]), int(row["grade"])
    told = from_day(int(row["occurred_from"]))
    values = {
        "stage": ANSWERED, "closed_on": told.isoformat(), "right_side": side.value,
        "answer": zh(side), "answered_by": "event", "card": int(row["card"]), "fact": fact,
    }  # fmt: skip
    query = select(DIFFERENCES.c.id).where(
        DIFFERENCES.c.subject == subject, DIFFERENCES.c.comparison == comparison,
        DIFFERENCES.c.stage == OPEN,
    )  # fmt: skip
    known = connection.execute(query).scalar()
    if known is not None:
        _write(connection, int(known), values)
        return True
    person = subject if int(row["subject_kind"]) == 0 else 0
    blank = dict.fromkeys(_CLAIMS, 0)
    insert_row(connection, DIFFERENCES, {
        **blank, **_comparison_columns(comparison), **values, "subject": subject, "person": person,
        "household": to_signed(int(row["household"])) if person else subject,
        "region": int(row["region"]), "opened_on": day.isoformat(),
    })  # fmt: skip
    return True


def _rows(connection: Connection, ids: Iterable[int]) -> list[RowMapping]:
    wanted = sorted(ids)[:_MOST_BOUND]
    query = select(DIFFERENCES).where(DIFFERENCES.c.id.in_(wanted)).order_by(DIFFERENCES.c.id)
    return list(connection.execute(query.with_for_update()).mappings())


def _difference(row: RowMapping) -> Difference:
    plain = ("id", "region", "comparison", "categories", "since", "month", "value", "what",
             "stage", "answer", "answered_by")  # fmt: skip
    values: dict[str, Any] = {name: row[name] for name in plain}
    values |= {name: from_signed(row[name]) for name in ("household", "person")}
    values |= {name: day_or_none(row[name]) for name in ("opened_on", "closed_on", "gone_on")}
    return Difference(**values, right=Side(row["right_side"] or "unknown"))


def _telling(one: Difference) -> tuple[int, int]:
    comparison = one.of
    return (-comparison.telling if comparison else 0, one.id)
