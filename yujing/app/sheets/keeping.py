"""What is kept of a sheet beside its events: refused rows, and columns that no mapping knows."""

from collections.abc import Iterator, Sequence

import msgspec

from streams.sheets.cells import plain
from streams.vault.deadletters import Refused
from streams.vault.kept_columns import KeptColumn
from yujing.app.county import County
from yujing.app.sheets.passage import RefusedLine
from yujing.app.sheets.plan import Part, Piece

_AT_ONCE = 5_000
_SIBLING = "another event of the same row was refused"


def keep_refused(county: County, part: Part, lines: Sequence[RefusedLine], origin: str) -> None:
    """Keep refused rows as dead letters: events that the door refused, and rows that made none.

    Parameters
    ----------
    lines
        Events that the door refused, and the others of their rows.
    origin
        Name of the file.
    """
    letters = list(_letters(part, lines, origin))
    for start in range(0, len(letters), _AT_ONCE):
        county.deadletters.keep_all(letters[start : start + _AT_ONCE], at=county.now_s())


def _letters(part: Part, lines: Sequence[RefusedLine], origin: str) -> Iterator[Refused]:
    at = 0
    for line in sorted(lines, key=lambda line: line.row):
        while line.row >= part.pieces[at].first + part.pieces[at].n_rows:
            at += 1
        piece = part.pieces[at]
        number = piece.table.row_number(line.row - piece.first)
        yield Refused(part.source, origin, number, line.reason or _SIBLING, line.raw)
    encode = msgspec.json.Encoder().encode
    for piece in part.pieces:
        told: set[int] = set()
        for fault in piece.frame.faults:
            if fault.row not in told:
                told.add(fault.row)
                raw = encode(_row(piece, fault.row))
                number = piece.table.row_number(fault.row)
                yield Refused(part.source, origin, number, fault.en, raw)


def _row(piece: Piece, row: int) -> dict[str, object]:
    cells = {
        column.header or column.letter: plain(column.cells[row]) for column in piece.table.columns
    }
    return {
        "mapping": piece.choice.mapping.name, "sheet": piece.table.name,
        "row": piece.table.row_number(row), "cells": cells,
    }  # fmt: skip


def kept_columns(part: Part) -> list[KeptColumn]:
    """Return the columns of a part that no mapping knows, and that hold anything."""
    found = []
    for piece in part.pieces:
        for index in piece.choice.unknown:
            column = piece.table.columns[index]
            texts: dict[object, str] = {}
            cells = []
            for cell in column.cells:
                key = (type(cell), cell)
                text = texts.get(key)
                if text is None:
                    text = texts[key] = plain(cell)
                cells.append(text)
            if any(cells):
                found.append(KeptColumn(piece.table.name, column.header or column.letter, cells))
    return found
