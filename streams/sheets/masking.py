"""Values as a reason may show them: never a whole certificate number, phone number or name."""

import re
from collections.abc import Collection

from streams.sheets.cells import Cell, plain

PRIVATE_HEADER = re.compile(
    "姓名|名字|户主$|联系人|负责人|责任人|干部|电话|手机|证号|证件|号码|账号|卡号|地址|住址|备注"
)
_MOST_SHOWN, _MOST_STARS, _LONGEST_NAME = 30, 20, 16
_LONG_NUMBER = re.compile(r"[0-9](?:[ \-]?[0-9]){9,}[0-9Xx]")  # a mobile number has 11 digits


def shown(cell: Cell, spelling: str, *, personal: bool, names: Collection[str] = ()) -> str:
    """Return a value with what is personal hidden.

    Parameters
    ----------
    cell
        The value.
    spelling
        Of its column.
    personal
        Whether the column is personal.
    names
        Names in the same table: one that slipped into another column is hidden there too.

    Examples
    --------
    >>> shown("522121199001011234", "id_number", personal=True)
    '5221************34'
    >>> shown("王小明", "name", personal=True)
    '王**'
    """
    text = plain(cell)
    if spelling == "name" or text in names:
        return text[:1] + "*" * (len(text) - 1)
    if personal:
        return _hidden(text)
    hidden = _LONG_NUMBER.sub(lambda found: _hidden(found[0]), text)
    for name in _within(hidden, names):
        hidden = hidden.replace(name, name[:1] + "*" * (len(name) - 1))
    return hidden if len(hidden) <= _MOST_SHOWN else hidden[:_MOST_SHOWN] + "…"


def _hidden(text: str) -> str:
    """Return a number with four characters in front and two at its end, of words the first one."""
    if len(text) < 8 or not text.isascii():
        return text[:1] + "*" * min(len(text) - 1, _MOST_STARS)
    return text[:4] + "*" * (len(text) - 6) + text[-2:]


def _within(text: str, names: Collection[str]) -> list[str]:
    """Return the names that stand anywhere in a text, the longest first."""
    spans = range(min(len(text), _LONGEST_NAME), 1, -1)
    parts = (text[at : at + length] for length in spans for at in range(len(text) - length + 1))
    return [part for part in parts if part in names] if names else []
