"""All mappings: those that come with Yujing, and a county's own in the folder `mappings`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from streams.sheets.rules import Condition, EventRule, IdPart, SheetMapping, Value
from streams.sheets.vocabulary import Vocabulary
from streams.wire.catalogue import BY_NAME
from streams.wire.envelope import ENVELOPE_FIELDS
from streams.wire.event_type import EventType
from yujing.domain.codes import ReporterRole, Source
from yujing.errors import SettingsError

_KEYS = {
    "title", "source", "role", "period", "replaces", "category", "words", "column", "event",
    "no_event_zh", "no_event",
}  # fmt: skip
_EVENT_KEYS = {
    "type",
    "record",
    "when",
    "occurred_from",
    "occurred_to",
    "scoped",
    "values",
}
_MADE_FIELDS = {  # fields of a row that no column has
    "month", "sheet_year", "year_begin", "sheet_day", "region", "work_code", "work_area", "id_sex",
    "id_birth",
}  # fmt: skip
_PLACE = re.compile(r"\{([^{}]+)\}")
_NO_EVENT_ZH = "这一行没有可接收的内容"
_NO_EVENT = "nothing in this row makes an event"


class Mappings:
    """Mappings by name.

    Parameters
    ----------
    mappings
        In the order in which they are tried.
    """

    def __init__(self, mappings: list[SheetMapping]) -> None:
        self._by_name = {mapping.name: mapping for mapping in mappings}

    @classmethod
    def load(cls, directory: Path | None = None) -> "Mappings":
        """Return the mappings.

        Parameters
        ----------
        directory
            The county's own; one of the same name takes the place of the shipped one.

        Raises
        ------
        SettingsError
            If a file is wrong; all problems at once.
        """
        shipped = resources.files("streams.sheets") / "mappings"
        own = directory if directory is not None and directory.is_dir() else None
        files = {file.name: file for file in _files(shipped)}
        files |= {file.name: file for file in _files(own)} if own else {}
        problems: list[str] = []
        vocabulary = Vocabulary(
            _toml(files.pop("_columns.toml"), problems).get("columns", {}),
            _toml(files.pop("_words.toml"), problems).get("words", {}),
        )
        found = []
        for name in sorted(files):
            try:
                table = _toml(files[name], problems)
                found.append(mapping_of(name.removesuffix(".toml"), table, vocabulary))
            except SettingsError as error:
                problems += error.problems
        if problems:
            raise SettingsError(problems)
        return cls(found)

    def __iter__(self) -> Iterator[SheetMapping]:
        return iter(self._by_name.values())

    def get(self, name: str) -> SheetMapping:
        """Return a mapping.

        Raises
        ------
        SettingsError
            If there is none of that name.
        """
        if name not in self._by_name:
            raise SettingsError([f"no mapping {name!r}; there are {', '.join(self._by_name)}"])
        return self._by_name[name]

    @cached_property
    def known_headers(self) -> frozenset[str]:
        """All aliases of all columns, in the form of `cells.header_text`."""
        return frozenset(
            alias.header
            for mapping in self
            for column in mapping.columns.values()
            for alias in column.aliases
        )


def mapping_of(name: str, table: Mapping[str, Any], vocabulary: Vocabulary) -> SheetMapping:
    """Return the mapping of one file.

    Parameters
    ----------
    name
        Of the file, without its ending.
    table
        What the file says.
    vocabulary
        What all mappings share.

    Raises
    ------
    SettingsError
        If it is wrong.
    """
    where = f"mapping {name}"
    _only(table, _KEYS, where)
    try:
        columns = [vocabulary.column(column, where) for column in table["column"]]
        source, role = Source(table["source"]), ReporterRole(table.get("role", "department"))
        events = table["event"]
        title = str(table["title"])
    except (KeyError, ValueError) as error:
        raise SettingsError([f"{where}: {error}"]) from None
    mapping = SheetMapping(
        name=name,
        title=title,
        source=source,
        role=role,
        period=_one_of(table, "period", ("none", "month", "year"), where),
        replaces=tuple(table.get("replaces", ())),
        category=str(table.get("category", "")),
        words=tuple(table.get("words", ())),
        columns={column.field: column for column in columns},
        events=tuple(_event(event, where) for event in events),
        no_event_zh=str(table.get("no_event_zh", _NO_EVENT_ZH)),
        no_event=str(table.get("no_event", _NO_EVENT)),
    )
    _check(mapping, where)
    return mapping


def _event(table: Mapping[str, Any], where: str) -> EventRule:
    where = f"{where}: event {table.get('type')}"
    _only(table, _EVENT_KEYS, where)
    event_type = BY_NAME.get(table.get("type", ""))
    if event_type is None:
        raise SettingsError([f"{where}: no such event type"])
    return EventRule(
        event_type=event_type,
        record=tuple(_record(str(table.get("record", "")))),
        when=tuple(_condition(given, where) for given in table.get("when", ())),
        occurred_from=_listed(table.get("occurred_from")),
        occurred_to=_listed(table.get("occurred_to")),
        values={"region_code": Value(("region",))}
        | {field: _value(given) for field, given in table.get("values", {}).items()},
        scoped=bool(table.get("scoped", False)),
    )


def _record(template: str) -> Iterator[IdPart]:
    end = 0
    for found in _PLACE.finditer(template):
        if found.start() > end:
            yield IdPart(text=template[end : found.start()])
        parts = found[1].split("|")
        fields = (part.partition(":") for part in parts if not part.startswith("="))
        yield IdPart(
            text=parts[-1][1:] if parts[-1].startswith("=") else "",
            fields=tuple((field, cut == "month") for field, _, cut in fields),
        )
        end = found.end()
    if end < len(template):
        yield IdPart(text=template[end:])


def _condition(given: list[Any], where: str) -> Condition:
    field, comparison, *values = given
    if comparison not in ("given", "missing", "is", "not"):
        raise SettingsError([f"{where}: no comparison {comparison!r}"])
    return Condition(field, comparison, tuple(map(str, values)))


def _value(given: Any) -> Value:
    if isinstance(given, str):
        return Value((given,))
    if "is" in given:
        return Value((), otherwise=given["is"])
    if "sum" in given:
        return Value(tuple(given["sum"]), add=True, otherwise=given.get("else"))
    return Value(_listed(given.get("first")), otherwise=given.get("else"))


def _check(mapping: SheetMapping, where: str) -> None:
    """Refuse a mapping that names a field that is nowhere, or forgets one that an event needs."""
    known = set(mapping.columns) | _MADE_FIELDS
    problems = []
    for event in mapping.events:
        at = f"{where}: event {event.event_type.name}"
        used = {field for value in event.values.values() for field in value.fields}
        used |= {field for part in event.record for field, _ in part.fields}
        used |= {condition.field for condition in event.when}
        used |= {*event.occurred_from, *event.occurred_to}
        problems += [f"{at}: no field {field!r}" for field in sorted(used - known)]
        fields = {*event.event_type.payload, *ENVELOPE_FIELDS}
        problems += [
            f"{at}: the wire has no {field!r}" for field in sorted(set(event.values) - fields)
        ]
        problems += [
            f"{at}: needs {field!r}"
            for field in (*event.event_type.required, *_needed(event.event_type))
            if field not in event.values
        ]
        if not event.record or not any(part.fields for part in event.record):
            problems.append(f"{at}: the record id names no field")
    if problems:
        raise SettingsError(problems)


def _needed(event_type: EventType) -> tuple[str, ...]:
    names = {"household": "household_no"}
    return tuple(names.get(field, field) for field in event_type.needs)


def _only(table: Mapping[str, Any], keys: set[str], where: str) -> None:
    unknown = set(table) - keys
    if unknown:
        raise SettingsError([f"{where}: unknown {', '.join(sorted(unknown))}"])


def _one_of(table: Mapping[str, Any], key: str, words: tuple[str, ...], where: str) -> Any:
    word = table.get(key, words[0])
    if word not in words:
        raise SettingsError([f"{where}: {key} is one of {', '.join(words)}"])
    return word


def _listed(given: Any) -> tuple[str, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(given)


def _files(folder: Traversable | Path) -> list[Traversable | Path]:
    return [file for file in folder.iterdir() if file.name.endswith(".toml")]


def _toml(file: Traversable | Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{file.name}: {error}")
        return {}
