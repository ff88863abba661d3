"""The stored scorecard: a JSON page that a person can read, object to and compare."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from models.features.declared import FEATURES, HOUSEHOLD, MEMBER
from models.features.tables import FeatureTable
from models.points import PointsTable, probability
from yujing.domain.codes import members, zh
from yujing.errors import ModelError

if TYPE_CHECKING:
    from models.scorecard import ScorecardClassifier  # takes seconds to import

FORMAT = 1
LEVEL_OF = {"u90": MEMBER, "p12": HOUSEHOLD}
_POINT_DIGITS = 13      # finer than the grid of points, so that reading back finds the same point
_ID_DIGITS = 12
_DECLARED = {feature.name: feature for feature in FEATURES}

Kind = Literal["u90", "p12"]
Floats = npt.NDArray[np.float64]


class CardFeature(msgspec.Struct, frozen=True, omit_defaults=True):
    """Cells and points of one feature.

    Attributes
    ----------
    name
        Name of a declared feature.
    zh, unit
        As declared when the card was made.
    edges
        Rising upper edges; cell i holds values above edge i-1 and up to edge i.
    points
        Log-odds of each of the `len(edges) + 1` known cells.
    unknown
        Log-odds when the value is unknown.
    counts
        Weighted training rows of each cell and of unknown.
    source
        Where the points come from, for hand-written cards.
    """

    name: str
    zh: str
    unit: str
    edges: list[float]
    points: list[float]
    unknown: float
    counts: list[float] = []   # msgspec copies defaults
    source: str = ""


class Calibration(msgspec.Struct, frozen=True):
    """What calibration did; it is already contained in points and intercept."""

    slope: float = 1.0
    shift: float = 0.0
    level_shift: float = 0.0


class Window(msgspec.Struct, frozen=True):
    """Which data a card was learned from: dates as YYYY-MM-DD."""

    as_of: str
    first_index: str = ""
    last_index: str = ""
    horizon_days: int = 0
    settlement_days: int = 0


@dataclass(frozen=True)
class Reason:
    """One part of a score.

    Attributes
    ----------
    name, zh
        The feature.
    value
        Its value, NaN unknown.
    cell_zh
        The cell it lies in, in words.
    points
        Log-odds that it adds, against the average of the training rows.
    """

    name: str
    zh: str
    value: float
    cell_zh: str
    points: float


class Scorecard(msgspec.Struct, frozen=True, dict=True):
    """A model as a table.

    Attributes
    ----------
    kind
        `u90` (a member's loss of work) or `p12` (a household's fall below the line).
    method
        How it was made: boosted stumps, penalised logit, expert.
    features, intercept
        The table, in log-odds.
    hashes
        Of the facts it was learned from and of the declared features.
    versions
        Of the software.
    metrics
        What was measured on training data or in a back-test.
    """

    kind: Kind
    method: str
    window: Window
    features: list[CardFeature]
    intercept: float
    calibration: Calibration = Calibration()   # frozen
    hashes: dict[str, str] = {}                # msgspec copies defaults
    versions: dict[str, str] = {}
    metrics: dict[str, Any] = {}
    notes: str = ""
    format: int = FORMAT

    @cached_property
    def id(self) -> str:
        """Return kind, date of the data and a hash of the table: equal tables have equal ids."""
        table = msgspec.json.encode([self.kind, self.method, self.intercept, self.features])
        digest = hashlib.sha256(table).hexdigest()[:_ID_DIGITS]
        return f"{self.kind}-{self.window.as_of.replace('-', '')}-{digest}"

    @property
    def names(self) -> list[str]:
        """Return the names of the features, in the order of the card."""
        return [feature.name for feature in self.features]

    @cached_property
    def table(self) -> PointsTable:
        """Return the table as arrays."""
        return PointsTable.of(
            [np.array(feature.edges) for feature in self.features],
            [np.array([*feature.points, feature.unknown]) for feature in self.features],
            self.intercept,
        )

    def logit(self, features: FeatureTable) -> Floats:
        """Return the log-odds of each row of a feature table."""
        return self.table.scores(features.X, self._columns(features.names))

    def probability(self, features: FeatureTable) -> Floats:
        """Return the probability of each row of a feature table."""
        return probability(self.logit(features))

    def contributions(self, features: FeatureTable) -> Floats:
        """Return the points of each row and card feature; with the intercept they are the logit."""
        return self.table.contributions(features.X[:, self._columns(features.names)])

    def cells(self, features: FeatureTable) -> npt.NDArray[np.int64]:
        """Return the cell of each row and card feature."""
        return self.table.cells(features.X[:, self._columns(features.names)])

    def reasons(self, features: FeatureTable, row: int, n: int | None = None) -> list[Reason]:
        """Return the parts of one row's score, the largest first.

        Parameters
        ----------
        row
            Row of the feature table.
        n
            How many; None = all.
        """
        values = features.X[row:row + 1][:, self._columns(features.names)]
        points, cells = self.table.contributions(values)[0], self.table.cells(values)[0]
        order = np.argsort(-points, kind="stable")[:n]
        return [
            Reason(
                self.features[j].name, self.features[j].zh, float(values[0, j]),
                cell_zh(self.features[j], int(cells[j])), float(points[j]),
            )
            for j in order
        ]

    def _columns(self, names: Sequence[str]) -> npt.NDArray[np.int64]:
        """Return where the card's features stand in a feature table."""
        place = {name: column for column, name in enumerate(names)}
        missing = [name for name in self.names if name not in place]
        if missing:
            raise ModelError(f"{self.id} needs features that are not there: {', '.join(missing)}")
        return np.array([place[name] for name in self.names], dtype=np.int64)

    def shifted(self, level_shift: float) -> "Scorecard":
        """Return the card with its level moved by some log-odds."""
        calibration = msgspec.structs.replace(
            self.calibration, level_shift=self.calibration.level_shift + level_shift
        )
        return msgspec.structs.replace(
            self, intercept=_decimal(self.intercept + level_shift), calibration=calibration
        )

    def with_metrics(self, metrics: dict[str, Any]) -> "Scorecard":
        """Return the card with measured figures."""
        return msgspec.structs.replace(self, metrics={**self.metrics, **metrics})


def from_classifier(
    model: "ScorecardClassifier", *, kind: Kind, names: Sequence[str], window: Window,
    hashes: dict[str, str], versions: dict[str, str], metrics: dict[str, Any] | None = None,
) -> Scorecard:
    """Return the card of a fitted classifier whose columns are the features `names`."""
    table = model.table_
    ends = table.edge_start[1:] + 2 * np.arange(1, table.n_features + 1)
    parts = np.split(table.points, ends[:-1])
    features = [
        CardFeature(
            name, _DECLARED[name].zh, _DECLARED[name].unit, model.edges_[j].tolist(),
            [_decimal(point) for point in parts[j][:-1]], _decimal(parts[j][-1]),
            [round(float(count), 1) for count in model.counts_[j]],
        )
        for j, name in enumerate(names)
    ]
    slope, shift = model.calibration_
    return Scorecard(
        kind, model.method_, window, features, _decimal(table.intercept),
        Calibration(slope, shift), hashes, versions, metrics or {},
    )


def to_json(card: Scorecard) -> bytes:
    """Return a card as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n"


def from_json(text: bytes) -> Scorecard:
    """Return the card of a JSON page.

    Raises
    ------
    ModelError
        If it is no scorecard of this format, or its table does not hold together.
    """
    try:
        card = msgspec.json.decode(text, type=Scorecard)
    except msgspec.MsgspecError as error:
        raise ModelError(f"not a scorecard: {error}") from error
    if card.format != FORMAT:
        raise ModelError(f"scorecard format {card.format} is not {FORMAT}")
    for feature in card.features:
        rising = all(a < b for a, b in zip(feature.edges, feature.edges[1:], strict=False))
        if not rising or len(feature.points) != len(feature.edges) + 1:
            raise ModelError(f"{feature.name}: edges must rise, with one more point than edges")
    return card


def cell_zh(feature: CardFeature, cell: int) -> str:
    """Return a cell in words: a range, the term of a code, or what unknown means."""
    declared = _DECLARED.get(feature.name)
    if cell > len(feature.edges):
        return declared.unknown if declared else "未知"
    low = feature.edges[cell - 1] if cell > 0 else None
    high = feature.edges[cell] if cell < len(feature.edges) else None
    if declared is not None and declared.codes is not None:
        first = int(np.floor(low)) + 1 if low is not None else 1
        terms = members(declared.codes)
        last = int(np.floor(high)) if high is not None else len(terms) - 1
        held = terms[max(first, 1):last + 1]
        return "、".join(zh(term) for term in held) or "其他"
    if low is None and high is None:
        return "任意值"
    if low is None:
        return f"≤{high:g}"
    return f">{low:g}" if high is None else f"{low:g}~{high:g}"


def _decimal(value: float) -> float:
    """Return a number with few enough digits to be read."""
    return round(float(value), _POINT_DIGITS)
