"""What is counted of each event type: one facet is one way to look at its effective facts.

A facet gives each fact a period (a day number: the day itself, the Monday of its week, or the first
of its month), a value that tells the cells of a township and period apart, and an amount to sum.
Numbers of facets are never used again for another: the table on disk holds them.
"""

from dataclasses import dataclass

from streams.fact import MISSING_FEN
from streams.wire.catalogue import BY_NAME

DAY = "occurred_from"
WEEK = "occurred_from - positiveModulo(occurred_from + 3, 7)"  # Mondays: day 0 was a Thursday
MONTH = "toRelativeDayNum(toStartOfMonth(toDate32('1970-01-01') + occurred_from))"
NAMED_MONTH = "toRelativeDayNum(makeDate32(intDiv(month, 12), modulo(month, 12) + 1, 1))"
KNOWN_MONTH = "toRelativeDayNum(toStartOfMonth(toDateTime(known_at, 'Asia/Shanghai')))"

CITY = "toUInt64(intDiv(work_region, 100))"
_ONE = "toUInt64(0)"
_NOTHING = "toInt64(0)"
_DELAY = "toInt64(greatest(intDiv(known_at + 28800, 86400) - occurred_to, 0))"


def code(column: str) -> str:
    """Return the SQL of a column of code numbers as the value of a facet."""
    return f"toUInt64({column})"


def fen(column: str) -> str:
    """Return the SQL of an amount, 0 where none was reported."""
    return f"if({column} = {MISSING_FEN}, 0, {column})"


@dataclass(frozen=True)
class Facet:
    """One way to look at the facts of an event type.

    Parameters
    ----------
    number
        Its number in the table; 1 counts all facts of the type by day.
    period, value, amount
        SQL over the columns of `facts`: a day number, an unsigned number, a sum.
    when
        SQL of the facts that it counts.
    """

    number: int
    period: str
    value: str = _ONE
    amount: str = _NOTHING
    when: str = "1"


EVERY_DAY = Facet(1, DAY)
DELAY = Facet(2, KNOWN_MONTH, _ONE, _DELAY)  # of all types: how late sources are, by known month

_WAGED = f"wage_fen != {MISSING_FEN}"
FACETS: dict[str, tuple[Facet, ...]] = {
    "category.open": (Facet(10, MONTH, code("category")),),
    "category.close": (Facet(10, MONTH, code("category")),),
    "employment.start": (
        Facet(10, MONTH, code("industry"), fen("wage_fen")),
        Facet(11, MONTH, code("form")),
        Facet(12, MONTH, code("area")),
        Facet(13, MONTH, CITY),
        Facet(14, MONTH, code("channel")),
    ),
    "employment.end": (
        Facet(10, MONTH, code("reason")),
        Facet(11, WEEK, "employer", when="employer != 0"),
    ),
    "employment.monthly_status": (
        Facet(10, NAMED_MONTH, code("worked"), when="month > 0"),
        Facet(11, NAMED_MONTH, code("industry"), fen("wage_fen"), f"month > 0 AND {_WAGED}"),
        Facet(12, NAMED_MONTH, code("area"), when="month > 0 AND worked = 2"),
        Facet(13, NAMED_MONTH, code("form"), when="month > 0 AND worked = 2"),
    ),
    "insurance.status": (
        Facet(10, NAMED_MONTH, "toUInt64(insurance) * 16 + status", when="month > 0"),
    ),
    "insurance.payment": (
        Facet(10, NAMED_MONTH, code("insurance"), fen("amount_fen"), "month > 0"),
        Facet(11, NAMED_MONTH, code("insurance"), when="month > 0 AND arrears = 2"),
    ),
    "migration.depart": (
        Facet(10, WEEK, CITY),
        Facet(11, MONTH, code("organised")),
    ),
    "migration.return": (
        Facet(10, WEEK, CITY),
        Facet(11, MONTH, code("reason")),
        Facet(12, MONTH, code("intent")),
    ),
    "medical.settlement": (Facet(10, MONTH, code("treatment"), fen("self_pay_fen")),),
    "hardship.report": (
        Facet(10, MONTH, "toUInt64(risks)"),  # the set; a panel takes it apart
    ),
    "department.warning": (Facet(10, MONTH, code("warning")),),
    "assist.measure": (Facet(10, MONTH, code("measure"), fen("amount_fen")),),
    "verification.result": (Facet(10, MONTH, code("outcome")),),
    "service.delivered": (Facet(10, MONTH, "toUInt64(service) * 16 + result"),),
}  # fmt: skip
COLUMNS = (
    "kind", "source", "place", "known_at", "occurred_from", "occurred_to", "month", "category",
    "industry", "form", "area", "channel", "reason", "intent", "worked", "organised", "arrears",
    "insurance", "status", "treatment", "risks", "warning", "measure", "outcome", "service",
    "result", "work_region", "employer", "wage_fen", "amount_fen", "self_pay_fen",
)  # fmt: skip


def facets_of(kind: int) -> tuple[Facet, ...]:
    """Return the facets of an event type, those of all types first."""
    for name, facets in FACETS.items():
        if BY_NAME[name].kind == kind:
            return (EVERY_DAY, DELAY, *facets)
    return (EVERY_DAY, DELAY)


def cells_of(facts: str, *, sign: str = "1") -> str:
    """Return the SQL of the cells of a subquery of facts, one row a fact and facet.

    Parameters
    ----------
    facts
        A SELECT that has `COLUMNS`.
    sign
        SQL of 1 or -1: whether a fact comes or goes.
    """
    branches: dict[tuple[Facet, ...], list[int]] = {}
    for event_type in BY_NAME.values():
        branches.setdefault(facets_of(event_type.kind), []).append(event_type.kind)
    branches.pop((EVERY_DAY, DELAY), None)  # a type without facets of its own falls through
    cases = [
        f"kind IN ({', '.join(map(str, kinds))}), {_tuples(facets)}"
        for facets, kinds in branches.items()
    ]
    every = f"multiIf({', '.join(cases)}, {_tuples((EVERY_DAY, DELAY))})"
    return (
        "SELECT kind, tupleElement(cell, 1) AS facet, intDiv(place, 1000) * 1000 AS township, "
        "tupleElement(cell, 2) AS period, tupleElement(cell, 3) AS value, source, "
        f"toInt64({sign}) AS n, n * tupleElement(cell, 4) AS amount "
        f"FROM ({facts}) ARRAY JOIN arrayFilter(c -> tupleElement(c, 5) = 1, {every}) AS cell"
    )


def _tuples(facets: tuple[Facet, ...]) -> str:
    tuples = [
        f"(toUInt8({f.number}), toInt32({f.period}), toUInt64({f.value}), toInt64({f.amount}), "
        f"toUInt8({f.when}))"
        for f in facets
    ]
    return f"[{', '.join(tuples)}]"
