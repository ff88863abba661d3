"""Events taken one by one, as a program without batches would: the core of two contestants.

What only batches could make cheap is given to it: the compiled fold takes one fact at a time, and
inserts and scores are made for as many events together as ours makes them.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec
import numpy as np

from models.features.snapshot import cutoff_s
from models.features.tables import state_context
from models.scoring import score
from streams.content import content_hashes, fact_version_hash
from streams.door.payload import Field, fields_of
from streams.fact import FACT, HOUSEHOLD, MISSING_FEN, PERSON, empty_facts
from streams.kafka.messages import Message
from streams.kafka.stamped import _decoders
from streams.kafka.stamped_types import STAMPED_TYPES
from streams.kafka.topics import INPUT_TOPICS
from streams.log.latest_scores import LatestBatch, LatestScores
from streams.log.position import lane, pack
from streams.log.scores import HOUSEHOLD as OF_HOUSEHOLD
from streams.log.scores import MEMBER as OF_MEMBER
from streams.state.areas import Areas
from streams.state.fold import _fold
from streams.state.layout import HOUSEHOLD_ROW, MEMBER
from streams.state.priority import priorities
from streams.wire import member_upsert
from streams.wire.event_type import EventType, Subject
from streams.wire.field import Spelling
from yujing.app.county import County
from yujing.app.picture import card_in_force
from yujing.app.stream_scores import _messages
from yujing.domain.codes import Precision, ReporterRole, Source, numbers
from yujing.domain.days import EPOCH, NEVER

Store = MutableMapping[bytes, bytes]
_EPOCH = EPOCH.toordinal()
_HEX = frozenset("0123456789abcdef")
_NO_AREAS = Areas().rows()


class BadEventError(Exception):
    """The event is none of a door's."""


def key(text: str | None) -> int:
    """Return a key of 16 hexadecimal digits as a number, 0 for none."""
    if text is None:
        return 0
    if len(text) != 16 or not _HEX.issuperset(text):
        raise BadEventError(text)
    return int(text, 16)


def day(value: Any) -> int:
    """Return a date as a day number."""
    return value.toordinal() - _EPOCH


def fen(value: float | None) -> int:
    """Return yuan as fen."""
    if value is None:
        return MISSING_FEN
    exact = value * 100
    whole = round(exact)
    if abs(exact - whole) > 1e-3:
        raise BadEventError(value)
    return whole


def month(text: str | None) -> int:
    """Return YYYY-MM as a month number, 0 for none."""
    if text is None:
        return 0
    if len(text) != 7 or text[4] != "-" or not 1 <= int(text[5:]) <= 12:
        raise BadEventError(text)
    return int(text[:4]) * 12 + int(text[5:]) - 1


def digits(text: str | None) -> int:
    """Return digits as a number, 0 for none."""
    if text is None:
        return 0
    if not text.isdigit():
        raise BadEventError(text)
    return int(text)


def _converter(one: Field) -> Callable[[Any], int]:
    if one.code_set is not None:
        table: dict[Any, int] = {one.code_set(w): n for w, n in numbers(one.code_set).items()}
        table[None] = 0
        if one.many:
            return lambda words: sum(1 << table[word] for word in words or ())
        return table.__getitem__
    by_spelling: dict[Any, Callable[[Any], int]] = {
        Spelling.YUAN: fen, Spelling.MONTH: month, Spelling.DIGITS: digits, Spelling.KEY: key,
        Spelling.YEAR: lambda year: (year or 0) * 12,
    }  # fmt: skip
    if one.column == "birth":
        return lambda value: NEVER if value is None else day(value)
    return by_spelling.get(one.spelling, lambda value: value or 0)


@cache
def payload(struct: type) -> tuple[EventType, list[tuple[str, str, Any, Callable[[Any], int]]]]:
    """Return the type of a struct, and attribute, column, default and conversion of each field."""
    event_type = next(one for one in STAMPED_TYPES if one.struct is struct)
    fields = [
        (one.name, one.column, one.default, _converter(one))
        for one in fields_of(event_type)
    ]
    return event_type, fields


_CODES = {
    kind: {kind(word): n for word, n in numbers(kind).items()}
    for kind in (Source, ReporterRole, Precision)
}
_TEMPLATE = empty_facts(1).tobytes()


def fact_of(event: Any) -> np.ndarray:
    """Return an event as one row of `FACT`, checked."""
    fact = np.frombuffer(bytearray(_TEMPLATE), FACT)  # copying goes field by field
    row = fact[0]
    event_type, fields = payload(type(event))
    row["kind"], row["version"] = event_type.kind, event.source_version
    row["source"] = _CODES[Source][event.source_system]
    if event.reporter_role is not None:
        row["role"] = _CODES[ReporterRole][event.reporter_role]
    row["precision"] = _CODES[Precision][event.precision]
    begin = day(event.occurred_from)
    row["occurred_from"] = begin
    row["occurred_to"] = begin if event.occurred_to is None else day(event.occurred_to)
    row["known_at"], row["fact"], row["flagged"] = event.known_at, key(event.fact), event.flagged
    row["region"] = digits(event.region_code)
    person, household = key(event.person_key), key(event.household_key)
    if event_type.subject is Subject.HOUSEHOLD or (not person and household):
        row["subject"], row["subject_kind"] = household, HOUSEHOLD
    else:
        row["subject"], row["subject_kind"] = person, PERSON
    if not row["subject"]:
        raise BadEventError("nobody is named")
    if "household" in event_type.needs:
        row["other"] = household
    for name, column, default, convert in fields:
        value = getattr(event, name)
        if value is msgspec.UNSET:
            raise BadEventError(name)
        if value is not default and value != default:
            row[column] = convert(value)
    fact["content"] = content_hashes(fact)
    return fact


def events_of(value: bytes) -> Iterator[Any]:
    """Yield the events of a message."""
    one, many = _decoders()
    yield from many.decode(value) if value[:1] == b"[" else (one.decode(value),)


@dataclass
class View:
    """Some members and households, as scores look at them."""

    base_month: int
    members: np.ndarray
    households: np.ndarray
    areas: np.ndarray = field(default_factory=lambda: _NO_AREAS)

    def household_rows(self, keys: np.ndarray) -> np.ndarray:
        """Return the row of each household key, -1 where unknown."""
        held = self.households["key"]
        places = np.minimum(np.searchsorted(held, keys), len(held) - 1)
        return np.where(held[places] == keys, places, -1).astype(np.int64)


class OneByOne:
    """Takes events one by one into key-value stores.

    Parameters
    ----------
    county
        The open stores.
    window_s, most
        Inserts and scores are made together for what came within this time, or so many events.
    tell
        Sends scores on to Kafka; None where they are not told.
    """

    def __init__(
        self, county: County, *, window_s: float, most: int,
        tell: Callable[[list[Message]], object] | None = None,
    ) -> None:
        self._county, self._latest = county, LatestScores(county.clickhouse)
        self._window_s, self._most, self._tell = window_s, most, tell
        self._base = county.base_month()
        self._cards = card_in_force(county.registry, "u90"), card_in_force(county.registry, "p12")
        self._context: Any = None
        self._rows: list[np.ndarray] = []
        self._ids: list[str] = []
        self._n, self._touched = 0, set[int]()
        self._home: dict[int, int] = {}
        self._living: dict[int, set[int]] = {}
        self._members: dict[int, bytes] = {}  # whatever store is used, whom the scores look at
        self._homes: dict[int, bytes] = {}
        self._since = time.monotonic()

    def take(self, event: Any, at: tuple[str, int, int, int], known: Store, rows: Store) -> None:
        """Judge and fold an event; it is stored with the next `flush`.

        Parameters
        ----------
        at
            Topic, partition, offset and place of the event.
        known
            Version and content of each fact.
        rows
            The row of each person and household.
        """
        fact = fact_of(event)
        one = fact[0]
        name, said = one["fact"].tobytes(), one["version"].tobytes() + one["content"].tobytes()
        if not self._n:
            self._since = time.monotonic()
        self._n += 1
        subject, home = int(one["subject"]), int(one["subject"])
        if known.get(name) != said:
            known[name] = said
            lanes = lane(INPUT_TOPICS.index(at[0]), at[1])
            one["position"] = pack(np.array([lanes]), np.array([at[2]]), np.array([at[3]]))[0]
            self._fold(fact, subject, rows)
            self._rows.append(fact)
            self._ids.append(event.source_record_id)
        if one["subject_kind"] == PERSON:
            home = self._home.get(subject, 0)
        self._touched.add(home)

    def _fold(self, fact: np.ndarray, subject: int, rows: Store) -> None:
        one = fact[0]
        person = one["subject_kind"] == PERSON
        name = (b"p%016x" if person else b"h%016x") % subject
        held = rows.get(name)
        layout = MEMBER if person else HOUSEHOLD_ROW
        row = np.zeros(1, layout) if not held else np.frombuffer(bytearray(held), layout)
        row["key"] = subject
        first, month_day = int(one["occurred_from"]), 0
        if one["month"]:
            year, rest = divmod(int(one["month"]), 12)
            month_day = _first_of(year, rest + 1)
        date_of = _month_of(first)
        members, homes = (row, _NO_HOME) if person else (_NO_MEMBER, row)
        _fold(
            members, homes, fact, _ROW_0, fact_version_hash(fact), priorities(),
            np.array([date_of], dtype=np.int32), np.array([month_day], dtype=np.int32), self._base,
        )
        rows[name] = kept = row.tobytes()
        if not person:
            self._homes[subject] = kept
            return
        self._members[subject] = kept
        if one["kind"] == member_upsert.KIND:
            home = int(row["household"][0])
            self._living.get(self._home.get(subject, 0), set()).discard(subject)
            self._home[subject] = home
            self._living.setdefault(home, set()).add(subject)

    @property
    def due(self) -> bool:
        """Whether it is time to store what came."""
        waited = time.monotonic() - self._since >= self._window_s
        return self._n >= self._most or (self._n > 0 and waited)

    def flush(self) -> int:
        """Store what came and score whom it touched; return the number of events."""
        rows, ids, touched, n = self._rows, self._ids, self._touched, self._n
        self._rows, self._ids, self._touched, self._n = [], [], set(), 0
        if rows:
            facts = np.concatenate(rows)
            facts["household"] = [self._home.get(s, s) for s in facts["subject"].tolist()]
            self._county.log.append(facts, ids)
            self._score(touched - {0}, int(facts["known_at"].max()))
        return n

    def _score(self, homes: set[int], known_at: int) -> None:
        view = self.view(homes)
        if not len(view.households):
            return
        today, policy = self._county.today(), self._county.policy
        if self._context is None:
            self._context = state_context(view, as_of=today, policy=policy)
        u90, p12 = self._cards
        scores = score(
            view, as_of=today, u90=u90, p12=p12, policy=policy, context=self._context
        )  # fmt: skip
        persons = np.ascontiguousarray(view.members["key"][scores.members])
        keys = np.ascontiguousarray(view.households["key"][scores.households])
        now_ms = int(self._county.now().timestamp() * 1000)
        self._latest.append(*(
            LatestBatch(
                level, kind, card.id, cutoff_s(today), now_ms, who,
                np.full(len(who), known_at, np.uint32), p, _points(p),
            )
            for level, kind, card, who, p in (
                (OF_MEMBER, "u90", u90, persons, scores.u90),
                (OF_HOUSEHOLD, "p12", p12, keys, scores.p12),
            )
        ))  # fmt: skip
        if self._tell is not None:
            told = _messages(scores, persons, keys, known_at, self._county.settings.partitions)
            self._tell(told)

    def view(self, homes: set[int]) -> View:
        """Return the rows of some households and of who lives in them."""
        living = sorted(person for home in homes for person in self._living.get(home, ()))
        members = b"".join([self._members[person] for person in living])
        empty = np.zeros(1, HOUSEHOLD_ROW)
        rows = []
        for home in sorted(homes):
            if home in self._homes:
                rows.append(self._homes[home])
            elif self._living.get(home):
                empty["key"] = home
                rows.append(empty.tobytes())
        return View(
            self._base, np.frombuffer(members, MEMBER), np.frombuffer(b"".join(rows), HOUSEHOLD_ROW)
        )

    def digest(self) -> str:
        """Return the same digest as `State.digest` of what is held."""
        total = hashlib.sha256(str(self._base).encode())
        for rows in (self._members, self._homes):
            total.update(b"".join([rows[name] for name in sorted(rows)]))
        total.update(_NO_AREAS.tobytes())
        return total.hexdigest()


_NO_MEMBER, _NO_HOME = np.zeros(1, MEMBER), np.zeros(1, HOUSEHOLD_ROW)
_ROW_0 = np.zeros(1, dtype=np.int64)


@cache
def _first_of(year: int, month_of_year: int) -> int:
    from datetime import date

    return date(year, month_of_year, 1).toordinal() - _EPOCH


@cache
def _month_of(number: int) -> int:
    from datetime import date

    then = date.fromordinal(number + _EPOCH)
    return then.year * 12 + then.month - 1


def _points(p: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(p) - np.log1p(-p)
