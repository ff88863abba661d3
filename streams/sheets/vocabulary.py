"""TOML into mappings: columns and words that all sheets share, then one file a sheet.

`_columns.toml` and `_words.toml` beside the mappings hold what every department writes alike; a
mapping names such a column by its field and may add aliases and words of its own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from streams.sheets.cells import header_text
from streams.sheets.rules import Alias, ColumnRule
from streams.sheets.values.codes import folded
from streams.sheets.values.spelling import CODES, PERSONAL, SPELLINGS
from yujing.domain import codes
from yujing.errors import SettingsError

_COLUMN_KEYS = {
    "field", "spelling", "code_set", "aliases", "required", "telling", "personal", "unknown",
    "blank", "words", "add_aliases",
}  # fmt: skip


@dataclass(frozen=True)
class Vocabulary:
    """What all mappings share.

    Parameters
    ----------
    columns
        Field -> table of TOML.
    words
        Name of a code set -> tables with `code`, `words` and `seen`.
    """

    columns: Mapping[str, Mapping[str, Any]]
    words: Mapping[str, list[Mapping[str, Any]]]

    def column(self, table: Mapping[str, Any], where: str) -> ColumnRule:
        """Return the rule of one column.

        Parameters
        ----------
        table
            Table `[[column]]` of a mapping; what it lacks comes from the shared column.
        where
            Named in a fault.

        Raises
        ------
        SettingsError
            If the table is wrong.
        """
        unknown = set(table) - _COLUMN_KEYS
        if unknown or "field" not in table:
            raise SettingsError([f"{where}: [[column]] has {sorted(unknown) or 'no field'}"])
        name = str(table["field"])
        merged = {**self.columns.get(name, {}), **table}
        where = f"{where}: column {name}"
        spelling = str(merged.get("spelling", ""))
        if spelling not in SPELLINGS:
            raise SettingsError([f"{where}: no spelling {spelling!r}"])
        aliases = [*merged.get("aliases", []), *merged.get("add_aliases", [])]
        if not aliases:
            raise SettingsError([f"{where}: no aliases"])
        words, shown = self._words(merged, spelling, where)
        return ColumnRule(
            field=name,
            spelling=spelling,
            aliases=tuple(_aliases(aliases, where)),
            required=bool(merged.get("required", False)),
            telling=bool(merged.get("telling", False)),
            personal=bool(merged.get("personal", spelling in PERSONAL)),
            code_set=_code_set(merged, spelling, where),
            words=words,
            shown=shown,
            unknown="warn" if merged.get("unknown") == "warn" else "refuse",
            blank=frozenset(merged.get("blank", ())),
        )

    def _words(
        self, merged: Mapping[str, Any], spelling: str, where: str
    ) -> tuple[dict[str, str], tuple[str, ...]]:
        if spelling not in CODES:
            return {}, ()
        code_set = _code_set(merged, spelling, where)
        words: dict[str, str] = {}
        shown: list[str] = []
        known = {"0", "1", "2", "3", "4"}
        if code_set is not None:
            known = {code.value for code in code_set}
            for code in code_set:
                if code.value != "unknown":
                    words[folded(codes.zh(code))] = code.value
                    shown.append(codes.zh(code))
        own: list[Mapping[str, Any]] = list(merged.get("words", []))
        shared = self.words.get(code_set.__name__ if code_set else "Grade", [])
        for table in [*shared, *own]:
            if table.get("code") not in known or not table.get("seen"):
                raise SettingsError([f"{where}: words of {table.get('code')!r}: code or seen"])
            for word in table["words"]:
                words[folded(word)] = str(table["code"])
            if code_set is None:
                shown.append(str(table["words"][0]))
        return words, tuple(shown)


def _aliases(given: list[Any], where: str) -> list[Alias]:
    found = []
    for alias in given:
        if not isinstance(alias, dict) or not alias.get("header") or not alias.get("seen"):
            raise SettingsError([f"{where}: an alias needs header and seen: {alias!r}"])
        generic = bool(alias.get("generic", False))
        found.append(Alias(header_text(alias["header"]), str(alias["seen"]), generic))
    return found


def _code_set(merged: Mapping[str, Any], spelling: str, where: str) -> type[StrEnum] | None:
    if spelling == "answer":
        return codes.Answer
    if spelling not in ("code", "codes"):
        return None
    name = str(merged.get("code_set", ""))
    found = getattr(codes, name, None)
    if not (re.fullmatch("[A-Z][A-Za-z]+", name) and isinstance(found, type)):
        raise SettingsError([f"{where}: no code set {name!r}"])
    return found
