"""Names that are one name written otherwise: variant characters, old forms, blanks, dots.

Only to find whom to ask about; a name is kept and shown as it came.
"""

import csv
import unicodedata
from functools import cache
from importlib.resources import files

SURNAME = "surname"  # such a variant counts as the first character only
_DOTS = "·•‧・･∙⋅᛫.．-－—'’`"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


def one_form(name: str) -> str:
    """Return a name in the one form that all its spellings share.

    Examples
    --------
    >>> one_form("張 國軍"), one_form("買買提·艾力") == one_form("買買提艾力"), one_form("王喆")
    ('张国军', True, '王哲')
    """
    characters, surnames = _tables()
    plain = unicodedata.normalize("NFKC", name).translate(characters)
    plain = "".join(plain.split()).upper()
    return plain[:1].translate(surnames) + plain[1:]


@cache
def _tables() -> tuple[dict[int, str | None], dict[int, str]]:
    """Return what each character is written as, and each surname."""
    text = files("streams.vault").joinpath("name_variants.csv").read_text(encoding="utf8")
    everywhere: dict[int, str | None] = dict.fromkeys(map(ord, _DOTS + _INVISIBLE))
    surnames: dict[int, str] = {}
    for row in csv.DictReader(text.splitlines()):
        table = surnames if row["kind"] == SURNAME else everywhere
        table[ord(_character(row["written"]))] = _character(row["as"])
    for written, one in list(everywhere.items()):  # a variant of a variant
        if one is not None and ord(one) in everywhere:
            everywhere[written] = everywhere[ord(one)]
    return everywhere, surnames


def _character(text: str) -> str:
    """Return the character of a cell: itself, or its code point where it has no shape of its own.

    Examples
    --------
    >>> _character("U+4DAE")
    '䶮'
    """
    return chr(int(text[2:], 16)) if text.startswith("U+") else text
