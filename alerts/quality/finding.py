"""What findings are made of, what is asked of them, and what the answer is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from streams.fact import FactArray

Keys = npt.NDArray[np.uint64]
Strings = Sequence[str]
STATE_KIND = 0  # `kind` of findings that no single event makes


@dataclass(frozen=True)
class Doubted:
    """Facts of a batch and the rules that doubt them, one row a fact, none twice.

    Parameters
    ----------
    facts
        Versions that count; all of the batch, those without a finding too.
    record_ids
        What the source calls each record, keyed where it could name a person.
    sources
        The word of each row's source.
    rules
        The rules that doubt a row, by its place.
    persons, households, regions
        Whom each row is about and where, 0 unknown.
    """

    facts: FactArray
    record_ids: Strings
    sources: Strings
    rules: dict[int, tuple[str, ...]]
    persons: Keys
    households: Keys
    regions: npt.NDArray[np.int64]


@dataclass(frozen=True)
class StateFindings:
    """Where the rules over the state hold, one row a rule and subject.

    Parameters
    ----------
    about
        Person or household.
    rules, sources
        The rule, and who is asked to mend it.
    persons, households, regions
        Whom it is about and where, 0 unknown.
    """

    about: Keys
    rules: Strings
    sources: Strings
    persons: Keys
    households: Keys
    regions: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.about)


@dataclass(frozen=True)
class FoundRow:
    """A finding as it is kept."""

    about: int
    rule: str
    source: str
    kind: int
    version: int
    record: str
    person: int
    household: int
    region: int
    since: date
    mended: date | None


@dataclass(frozen=True)
class Wanted:
    """Which findings are asked for.

    Parameters
    ----------
    source, rule
        Only of these; of all when not given.
    regions
        Least and largest region code.
    state
        `open`, `mended` or `all`.
    """

    source: str | None = None
    rule: str | None = None
    regions: tuple[int, int] = (0, 10**12 - 1)
    state: str = "open"


@dataclass
class RuleCount:
    """What there is of a rule of a source."""

    open: int = 0
    mended: int = 0
    opened_in: dict[str, int] = field(default_factory=dict)
    mended_in: dict[str, int] = field(default_factory=dict)
