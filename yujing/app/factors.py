"""What speaks for scores, of many people at once: the cells of the scorecards they lie in.

A cell's points are the same for everybody, so a subject is a few numbers of cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.factor_words import factor_words
from alerts.reasons import Factor
from models.card import Scorecard, cell_zh
from models.features.tables import FeatureTable

FACTORS_SHOWN = 6  # judgement: what fits on a phone

Keys = npt.NDArray[np.uint64]
Cells = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Factors:
    """What speaks for the scores of some households and persons.

    Parameters
    ----------
    table
        Every factor that occurs, in the order of its fields.
    households, persons
        Keys, rising.
    of_households, of_persons
        Places in `table` of each one's factors, the loudest first, -1 for none; shape
        (n, `FACTORS_SHOWN`).
    """

    table: tuple[Factor, ...]
    households: Keys
    of_households: Cells
    persons: Keys
    of_persons: Cells

    def explain(self, household: int, person: int) -> list[Factor]:
        """Return what speaks for the scores of a household, loudest first.

        Parameters
        ----------
        household, person
            Keys; for person 0 the household's own score.
        """
        keys, cells = (
            (self.persons, self.of_persons) if person else (self.households, self.of_households)
        )
        wanted = np.uint64(person or household)
        place = int(np.searchsorted(keys, wanted))
        if place >= len(keys) or keys[place] != wanted:
            return []
        return [self.table[cell] for cell in cells[place].tolist() if cell >= 0]


@dataclass(frozen=True)
class Spoken:
    """What speaks for the scores of some rows, in the words of one card."""

    table: tuple[Factor, ...]
    cells: Cells


def spoken(card: Scorecard, features: FeatureTable, rows: npt.NDArray[np.int64]) -> Spoken:
    """Return what speaks for the scores of some rows of a feature table, loudest first."""
    some = FeatureTable(features.names, features.X[rows], features.rows[rows])
    points, cells = card.contributions(some), card.cells(some)
    order = np.argsort(-points, axis=1, kind="stable")[:, :FACTORS_SHOWN]
    loud = np.take_along_axis(points, order, axis=1)
    kept, of_kept = loud > 0, np.take_along_axis(cells, order, axis=1)
    most = int(cells.max(initial=0)) + 1
    found = np.full((len(rows), FACTORS_SHOWN), -1, dtype=np.int64)
    found[:, : order.shape[1]] = np.where(kept, order * most + of_kept, -1)
    used, place = np.unique(found[found >= 0], return_inverse=True)
    table = []
    for one in used.tolist():
        feature = card.features[one // most]
        words = factor_words(feature.name, cell_zh(feature, one % most))
        value = float(card.table.points[_start(card, one // most) + one % most])
        table.append(Factor(feature.name, feature.zh, value, words))
    out = np.full(found.shape, -1, dtype=np.int32)
    out[found >= 0] = place.reshape(-1)
    return Spoken(tuple(table), out)


def _start(card: Scorecard, feature: int) -> int:
    """Return where the points of a feature begin."""
    return int(card.table.edge_start[feature]) + 2 * feature


def factors_of(households: Keys, own: Spoken, persons: Keys, theirs: Spoken) -> Factors:
    """Return the factors of households and persons, each rising by key."""
    nobody = Factors((), *_none(), *_none())
    return merge_factors([
        Factors(own.table, households, own.cells, *_none()),
        Factors(theirs.table, *_none(), persons, theirs.cells),
        nobody,
    ])  # fmt: skip


def merge_factors(parts: Sequence[Factors]) -> Factors:
    """Return the factors of all parts, none of whose subjects is in two of them."""
    table = tuple(sorted({one for part in parts for one in part.table}, key=_fields))
    place_of = {one: place for place, one in enumerate(table)}
    columns = []
    for level in ("households", "persons"):
        keys = np.concatenate([getattr(part, level) for part in parts])
        cells = np.concatenate([
            _moved(part, getattr(part, f"of_{level}"), place_of) for part in parts
        ])  # fmt: skip
        order = np.argsort(keys, kind="stable")
        columns += [keys[order], cells[order]]
    return Factors(table, *columns)


def _moved(part: Factors, cells: Cells, place_of: dict[Factor, int]) -> Cells:
    """Return places in the table of one part as places in the common one."""
    places = np.array([*(place_of[one] for one in part.table), -1], dtype=np.int32)
    return places[cells]


def _fields(factor: Factor) -> tuple[str, str, float, str]:
    return factor.name, factor.zh, factor.points, factor.words


def _none() -> tuple[Keys, Cells]:
    return np.empty(0, dtype=np.uint64), np.empty((0, FACTORS_SHOWN), dtype=np.int32)
