"""`/doubles`: people who may be registered twice, side by side and masked; same, different, undo.

For supervisors whose places hold both: a pair across two townships is the county's to decide.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from starlette.responses import Response
from starlette.routing import Route

from streams.vault.doubles import Decision, Double, Doubles
from streams.vault.doubles_finding import ONE_DIGIT, SAME_HOME, SWAPPED, TWO_HOMES, VARIANT
from yujing.access.roles import Right
from yujing.domain.codes import Relation, Sex, members, zh
from yujing.domain.days import NEVER, from_day
from yujing.errors import AccessDeniedError, UsageError
from yujing.web import people
from yujing.web.page import Ask, Pages, redirect
from yujing.web.render import environment
from yujing.web.security import address_of
from yujing.web.services import Services
from yujing.web.words import masked

A_PAGE = 20
LAST_DECIDED = 20
WHY_ZH = {
    ONE_DIGIT: "证件号码只差一位",
    SWAPPED: "证件号码有相邻两位颠倒",
    SAME_HOME: "登记在同一户",
    VARIANT: "姓名写法不同（繁体、异体或间隔号）",
    TWO_HOMES: "同一人登记在两户",
}
DECIDED_ZH = {"same": "是同一人", "different": "不是同一人", "undo": "撤销"}
BY_COMMAND = "command line"
HIDDEN = "不显示"
MOST_SHOWN = 4  # characters of a number; where more differ they say nothing to who compares

Decide = Callable[[int, int, str, str], Decision]


@dataclass(frozen=True)
class Side:
    """One of two, masked."""

    name: str
    number: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Pair:
    """Two to be compared; `region` covers both."""

    one: str
    other: str
    why: tuple[str, ...]
    left: Side
    right: Side
    of_two_homes: bool


@dataclass(frozen=True)
class Done:
    """A decision that can be undone."""

    pair: Pair
    what: str
    by: str
    at: datetime


def routes(services: Services[Any], doubles: Doubles, decide: Decide) -> list[Route]:
    """Return /doubles and what lies below it.

    Parameters
    ----------
    doubles
        The pairs.
    decide
        Records a decision (one, other, decision, by) and sends what follows.
    """
    own = DoublesPages(Pages(services, environment(app="yujing.app")), doubles, decide)
    pages, post = own.pages, ("POST",)
    return [
        pages.route("/doubles", own.show, right=Right.SUPERVISE),
        pages.route("/doubles/decide", own.decide, right=Right.SUPERVISE, methods=post),
        pages.route("/doubles/reveal", own.reveal, right=Right.REVEAL, methods=post),
    ]


class DoublesPages:
    """The pages.

    Parameters
    ----------
    pages
        Renders.
    doubles
        The pairs.
    decide
        Records and sends.
    """

    def __init__(self, pages: Pages, doubles: Doubles, decide: Decide) -> None:
        self.pages, self._doubles, self._decide = pages, doubles, decide
        self._services: Services[Any] = pages.services

    def show(self, ask: Ask) -> Response:
        """Show pairs that wait for a decision and the last ones decided, within the scope."""
        waiting = self._within(ask, self._doubles.open())
        n_pages = max(1, -(-len(waiting) // A_PAGE))
        page = min(_page(ask), n_pages)
        shown = waiting[(page - 1) * A_PAGE : page * A_PAGE]
        return self.pages.render(
            ask, "app/doubles.html", pairs=self._pairs(ask, shown), total=len(waiting), page=page,
            n_pages=n_pages, done=self._done(ask), said=DECIDED_ZH.get(ask.query.get("did", "")),
        )  # fmt: skip

    def decide(self, ask: Ask) -> Response:
        """Record what somebody decided about a pair."""
        pair = self._asked(ask)
        decision = ask.form.get("decision", "")
        if decision not in DECIDED_ZH:
            raise UsageError("请选择是同一人、不是同一人，或者撤销。")
        self._decide(pair.one, pair.other, decision, ask.visitor.account.username)
        return redirect(f"/doubles?did={decision}")

    def reveal(self, ask: Ask) -> Response:
        """Show names and ID numbers of a pair after writing down who wanted them and why."""
        pair = self._asked(ask)
        persons = [pair.one] if pair.of_two_homes else [pair.one, pair.other]
        try:
            for person in persons:
                self._services.access.audit.note(
                    ask.visitor.account, what="id_number", subject=person,
                    reason=ask.form.get("reason", ""), address=address_of(ask.request), at=ask.now,
                )  # fmt: skip
        except UsageError as error:
            return self.pages.problem(
                ask.request, 400, str(error), visitor=ask.visitor, form=ask.form
            )
        records = [self._services.vault.person(person) for person in persons]
        told = [
            ((record and record.name) or "姓名未登记", (record and record.id_number) or "未登记")
            for record in records
        ]
        return self.pages.render(
            ask, "app/doubles_reveal.html", told=told, reason=ask.form["reason"].strip()
        )

    # --- who may see it

    def _asked(self, ask: Ask) -> Double:
        """Return the pair of the form.

        Raises
        ------
        AccessDeniedError
            If there is none or it lies outside the visitor's places: both look the same.
        """
        try:
            one, other = (int(ask.form.get(name, ""), 16) for name in ("one", "other"))
        except ValueError:
            raise AccessDeniedError("no key") from None
        pair = self._doubles.get(one, other)
        if pair is None or not self._within(ask, [pair]):
            raise AccessDeniedError("no such pair")
        return pair

    def _within(self, ask: Ask, pairs: Sequence[Double]) -> list[Double]:
        """Return the pairs of which both lie within the visitor's places."""
        if not pairs:
            return []
        with self._services.reading():
            state = self._services.state()
            one = _regions(state, [pair.one for pair in pairs])
            other = np.where(
                [pair.of_two_homes for pair in pairs],
                _home_regions(state, [pair.other for pair in pairs]),
                _regions(state, [pair.other for pair in pairs]),
            )
        least, largest = ask.visitor.account.scope.bounds
        inside = (least <= one) & (one <= largest) & (least <= other) & (other <= largest)
        return [pairs[at] for at in np.flatnonzero(inside).tolist()]

    # --- what is shown

    def _pairs(self, ask: Ask, pairs: Sequence[Double]) -> list[Pair]:
        if not pairs:
            return []
        numbers = self._doubles.compared([(p.one, p.one if p.of_two_homes else p.other)
                                          for p in pairs])  # fmt: skip
        with self._services.reading():
            state = self._services.state()
            homes = _homes_of(state, pairs)
            houses = people.households(state, self._services.vault, homes, as_of=ask.today)
            persons = {p.one for p in pairs} | {p.other for p in pairs if not p.of_two_homes}
            names = self._services.vault.persons(persons)
            return [
                self._pair(state, pair, number, names, houses)
                for pair, number in zip(pairs, numbers, strict=True)
            ]

    def _pair(
        self, state: Any, pair: Double, numbers: tuple[str, str], names: dict[int, str],
        houses: dict[int, people.Household],
    ) -> Pair:  # fmt: skip
        if pair.of_two_homes:
            row = _row(state, pair.one)
            own = int(row["household"]) if row is not None else 0
            name = masked(names.get(pair.one))
            left = Side(name, "现在登记在", self._home(state, own, houses))
            right = Side(name, "也登记在", self._home(state, pair.other, houses))
        else:
            left, right = (
                Side(masked(names.get(key)), number_zh(number), self._facts(state, key, houses))
                for key, number in zip((pair.one, pair.other), numbers, strict=True)
            )
        why = tuple(WHY_ZH.get(word, word) for word in pair.why)
        return Pair(
            f"{pair.one:016x}", f"{pair.other:016x}", why, left, right, pair.of_two_homes
        )

    def _facts(
        self, state: Any, key: int, houses: dict[int, people.Household]
    ) -> tuple[tuple[str, str], ...]:
        row = _row(state, key)
        if row is None:
            return (("登记", "还没有登记"),)
        birth, home = int(row["birth"]), int(row["household"])
        born = f"{from_day(birth):%Y 年 %-m 月}" if birth != NEVER else "不详"
        return (
            ("性别", zh(members(Sex)[int(row["sex"])])),
            ("出生", born),
            ("与户主", zh(members(Relation)[int(row["relation"])])),
            *self._home(state, home, houses),
        )

    def _home(
        self, state: Any, home: int, houses: dict[int, people.Household]
    ) -> tuple[tuple[str, str], ...]:
        region = int(_home_regions(state, [home])[0])
        house = houses.get(home)
        return (
            ("户主", house.name if house else "未登记"),
            ("家庭人口", f"{len(house.members)} 人" if house else "不详"),
            ("所在村", self._services.place(region) if region else "不详"),
        )

    def _done(self, ask: Ask) -> list[Done]:
        """Return the last decisions that stand."""
        last: dict[tuple[int, int], Decision] = {}
        for decision in self._doubles.history():
            last.setdefault((decision.one, decision.other), decision)
        decided = {(p.one, p.other): p for p in self._within(ask, self._doubles.decided())}
        newest = [key for key in last if key in decided][:LAST_DECIDED]
        pairs = self._pairs(ask, [decided[key] for key in newest])
        return [
            Done(
                pair, DECIDED_ZH[last[key].decision], self._who(last[key].by),
                datetime.fromtimestamp(last[key].at, UTC),
            )
            for key, pair in zip(newest, pairs, strict=True)
        ]  # fmt: skip

    def _who(self, username: str) -> str:
        if username == BY_COMMAND:
            return "运维"
        account = self._services.access.accounts.get(username)
        return account.name if account else username


def number_zh(number: str) -> str:
    """Write the characters of a masked number that are shown, each with its place.

    Examples
    --------
    >>> number_zh("***************1**"), number_zh("未登记"), number_zh("*" * 18)
    ('第 16 位是 1', '未登记', '不显示')
    """
    if "*" not in number:
        return number if not number.isascii() else HIDDEN
    shown = [(at, one) for at, one in enumerate(number, 1) if one != "*"]
    if not shown or len(shown) > MOST_SHOWN:
        return HIDDEN
    return "，".join(f"第 {at} 位是 {one}" for at, one in shown)


def _row(state: Any, person: int) -> Any:
    row = int(state.person_rows(np.array([person], dtype=np.uint64))[0])
    return state.members[row] if row >= 0 else None


def _regions(state: Any, persons: Sequence[int]) -> Any:
    rows = state.person_rows(np.array(persons, dtype=np.uint64))
    found = np.zeros(len(rows), dtype=np.int64)
    found[rows >= 0] = state.members["region"][rows[rows >= 0]]
    return found


def _home_regions(state: Any, homes: Sequence[int]) -> Any:
    """Return the region of households: their own, else that of somebody who lives there."""
    keys = np.array(homes, dtype=np.uint64)
    rows = state.household_rows(keys)
    found = np.zeros(len(rows), dtype=np.int64)
    found[rows >= 0] = state.households["region"][rows[rows >= 0]]
    for at in np.flatnonzero((found == 0) & (keys != 0)).tolist():
        regions = state.members["region"][state.members["household"] == keys[at]]
        found[at] = int(regions.max(initial=0))
    return found


def _homes_of(state: Any, pairs: Sequence[Double]) -> set[int]:
    homes = {pair.other for pair in pairs if pair.of_two_homes}
    for key in {p.one for p in pairs} | {p.other for p in pairs if not p.of_two_homes}:
        row = _row(state, key)
        if row is not None and row["household"]:
            homes.add(int(row["household"]))
    return homes


def _page(ask: Ask) -> int:
    wanted = ask.query.get("page", "1")
    return max(int(wanted), 1) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
