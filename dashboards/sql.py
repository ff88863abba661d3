"""Pieces of the panels' SQL: the newest standing numbers, terms of codes, names of townships."""

from collections.abc import Mapping
from enum import StrEnum

from dashboards.panel import PLACE
from dashboards.rollup.facets import Facet, facets_of
from streams.wire.catalogue import BY_NAME
from yujing.domain.codes import members, zh

FIRST, LAST = (f"toDate($__{end}, 'Asia/Shanghai')" for end in ("fromTime", "toTime"))
NOWHERE = "地点不明"
# a panel calls its own number n, which an alias of the same name inside would be taken for
_STANDING = "as_of, code, township, value, n AS cell, amount"
_EVENTS = "township, period, value, source, n AS cell, amount"
DAY = "toDate32('1970-01-01') + period"


def within(day: str) -> str:
    """Return the condition that a day lies in the span; days are those of China."""
    return f"{day} >= {FIRST} AND {day} <= {LAST}"


LATEST = f"as_of = (SELECT max(as_of) FROM standing_cells WHERE code = '' AND {within('as_of')})"


def standing(*codes: str, latest: bool = True) -> str:
    """Return a subquery of standing numbers at the places that the reader chose, in `cell`.

    Parameters
    ----------
    codes
        Names of numbers (see `dashboards.standing.measures`).
    latest
        Only the newest day of the span; else every day of it.
    """
    when = LATEST if latest else within("as_of")
    names = ", ".join(f"'{code}'" for code in codes)
    return f"(SELECT {_STANDING} FROM standing WHERE code IN ({names}) AND {when} AND {PLACE})"


def standing_below(code: str) -> str:
    """Return a subquery of the newest standing numbers whose codes begin with `code/`.

    `words` holds what follows, word by word.
    """
    return (
        f"(SELECT {_STANDING}, splitByChar('/', substring(code, {len(code) + 2})) AS words "
        f"FROM standing WHERE startsWith(code, '{code}/') AND {LATEST} AND {PLACE})"
    )


def standing_anywhere(code: str) -> str:
    """Return a subquery like `standing_below`, of numbers that have no place.

    It has also the code itself, with a word that is empty.
    """
    return (
        f"(SELECT {_STANDING}, splitByChar('/', substring(code, {len(code) + 2})) AS words "
        f"FROM standing WHERE (code = '{code}' OR startsWith(code, '{code}/')) AND {LATEST})"
    )


def said(words: Mapping[str, str], value: str) -> str:
    """Return the SQL of the Chinese of a word; one that is not known stays as it is."""
    known, chinese = (", ".join(f"'{text}'" for text in side) for side in (words, words.values()))
    return f"transform({value}, [{known}], [{chinese}], {value})"


def events(event_type: str, facet: int, *, since_ever: bool = False) -> str:
    """Return a subquery of a facet's cells in the span and at the chosen places, in `cell`.

    Parameters
    ----------
    event_type, facet
        What is counted.
    since_ever
        Also what lies before the span.

    Raises
    ------
    ValueError
        If the event type has no such facet.
    """
    kind = BY_NAME[event_type].kind
    known: list[Facet] = [one for one in facets_of(kind) if one.number == facet]
    if not known:
        raise ValueError(f"{event_type} has no facet {facet}")
    when = f"{DAY} <= {LAST}" if since_ever else within(DAY)
    return (
        f"(SELECT {_EVENTS}, {DAY} AS day FROM cells WHERE kind = {kind} AND facet = {facet} "
        f"AND {when} AND {PLACE})"
    )


def term(code_set: type[StrEnum], value: str = "value") -> str:
    """Return the SQL of the Chinese term of a code number."""
    numbers = ", ".join(str(number) for number in range(len(members(code_set))))
    terms = ", ".join(f"'{zh(member)}'" for member in members(code_set))
    return f"transform(toInt64({value}), [{numbers}], [{terms}], '未知')"


def township_names(rows: str) -> str:
    """Return a subquery of the rows with `place`, the name of their township."""
    return (
        f"(SELECT rows.*, if(names.name = '', '{NOWHERE}', names.name) AS place "
        f"FROM {rows} AS rows LEFT JOIN "
        "(SELECT code, any(name) AS name FROM places GROUP BY code) AS names "
        "ON names.code = rows.township)"
    )
