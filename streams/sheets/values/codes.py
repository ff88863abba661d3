"""Words of the code sets as departments write them, and answers of yes or no."""

import re
from collections.abc import Mapping

from streams.sheets.cells import Cell, header_text
from streams.sheets.values.reading import NOTHING, Fault, Read

UNKNOWN = "unknown"
_BETWEEN = re.compile(r"[,，、;；/|+]")
_MOST_SHOWN = 12


def folded(cell: Cell) -> str:
    """Return a cell in the form in which words are compared.

    Examples
    --------
    >>> folded(" ＮＯ ")
    'no'
    """
    return header_text(cell).casefold()


class Words:
    """The words of one code set in one mapping.

    Parameters
    ----------
    words
        Folded spelling -> word on the wire.
    shown
        What may be typed, for the reason.
    refuse
        Whether a word that nobody knows refuses the row; else it is unknown, with a warning.
    """

    def __init__(self, words: Mapping[str, str], shown: list[str], *, refuse: bool) -> None:
        self._words = words
        known = "、".join(shown[:_MOST_SHOWN]) + ("等" if len(shown) > _MOST_SHOWN else "")
        english = ", ".join(shown[:_MOST_SHOWN])
        self._unknown = (
            Read(
                fault=Fault(
                    "unknown_word",
                    f"不在对照表中，可填：{known}",
                    f"is no word of the mapping; known are {english}",
                )
            )
            if refuse
            else Read(
                UNKNOWN,
                doubt=Fault(
                    "unknown_word",
                    f"不在对照表中，按“未知”处理；可填：{known}",
                    f"is no word of the mapping and counts as unknown; known are {english}",
                ),
            )
        )

    def read(self, cell: Cell) -> Read:
        """Return the word on the wire."""
        text = folded(cell)
        if not text:
            return NOTHING
        word = self._words.get(text)
        return self._unknown if word is None else Read(word)

    def read_several(self, cell: Cell) -> Read:
        """Return the words on the wire of a cell with several, as ``残疾,长期慢性病``."""
        text = folded(cell)
        if not text:
            return NOTHING
        whole = self._words.get(text)
        if whole is not None:
            return Read((whole,))
        found = [self._words.get(part) for part in _BETWEEN.split(text) if part]
        known = tuple(dict.fromkeys(word for word in found if word is not None))
        if len(found) == found.count(None):
            return self._unknown if self._unknown.fault else Read(None, doubt=self._unknown.doubt)
        if None in found:
            return self._unknown if self._unknown.fault else Read(known, doubt=self._unknown.doubt)
        return Read(known)
