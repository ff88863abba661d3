"""What differs between a thing as it is wanted and as Grafana gives it back.

Grafana gives numbers and versions, rewrites `schemaVersion`, orders keys anew and adds defaults
when it reads a board. So only what we say is compared; where we list, the list is the whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

GIVEN = frozenset({"id", "version", "schemaVersion"})  # at the top; Grafana decides them
_MISSING = object()
_LONGEST = 60


def differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return a line for each place where what was found is not what is wanted.

    Examples
    --------
    >>> differences({"title": "a", "panels": [{"h": 1}]}, {"panels": [{"h": 1, "x": 0}], "id": 7})
    ["title: missing, wanted 'a'"]
    """
    asked = {key: value for key, value in wanted.items() if key not in GIVEN}
    return list(_walk(asked, found, ""))


def _walk(wanted: Any, found: Any, path: str) -> Iterator[str]:
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for key, value in wanted.items():
            yield from _walk(value, found.get(key, _MISSING), f"{path}.{key}" if path else key)
    elif _is_list(wanted) and _is_list(found) and len(wanted) == len(found):
        for at, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _walk(one, other, f"{path}[{at}]")
    elif _is_list(wanted) and _is_list(found):
        yield f"{path}: has {len(found)}, wanted {len(wanted)}"
    elif not _equal(wanted, found):
        yield f"{path}: {_word(found)}, wanted {_word(wanted)}"


def _equal(wanted: Any, found: Any) -> bool:
    """Tell whether two values say the same; Grafana leaves out what is empty, false or zero."""
    return not wanted if found is _MISSING else bool(wanted == found)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _word(value: Any) -> str:
    if value is _MISSING:
        return "missing"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
