"""What a part of a county adds to a day's deal: small enough to be handed to who deals.

A part speaks of whole households and a household is in one part. Everything is ordered by key, so
the parts together are the part that the whole county would have given, however it was cut.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from alerts.benefit import RiskScores
from alerts.candidates import worst_member
from alerts.comparisons import Differences, Told, compare
from alerts.hysteresis import Standing, next_standing
from alerts.plans import money_due_table
from alerts.reasons import Factor
from alerts.rules import Signals
from alerts.view import DeskView
from alerts.whereabouts import Whereabouts
from dashboards.board import counts_without_cards
from dashboards.counts import VillageCounts
from dashboards.standing.cells import Cells, merged
from dashboards.standing.ground import Ground
from dashboards.standing.measures import measure
from models.features.snapshot import Snapshot
from yujing.app.factors import Factors, factors_of, merge_factors, spoken
from yujing.app.packed import Packed, packed, unpacked
from yujing.app.picture import Picture

FORMAT = 2

Keys = npt.NDArray[np.uint64]
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Part:
    """What the deal of a day needs to know of some households.

    Parameters
    ----------
    n_members
        How many people were looked at.
    there
        Who lives where.
    signals
        Every rule that holds.
    risks
        Scores of those households that can be dealt by a score or that a signal speaks of.
    due
        Subsidies that somebody could get.
    differences
        What one source says against another.
    counts
        Numbers of the boards that the desk has no part in.
    factors
        What speaks for the scores of whoever can be dealt.
    standing
        Standing numbers of the boards in ClickHouse, but for those of the desk.
    late
        Inputs that were not read up to the cut-off.
    """

    n_members: int
    there: Whereabouts
    signals: Signals
    risks: RiskScores
    due: npt.NDArray[np.void]
    differences: Differences
    counts: Mapping[str, VillageCounts]
    factors: Factors
    standing: Cells
    late: tuple[str, ...] = ()

    @property
    def as_of(self) -> date:
        """The day."""
        return self.there.as_of

    @property
    def models(self) -> tuple[str, str]:
        """The scorecards used."""
        return self.risks.u90_model, self.risks.p12_model


def part_of(
    seen: Picture, view: DeskView, *, late: Sequence[str] = (), told: Told | None = None
) -> Part:
    """Return the part that a picture of some households gives.

    Parameters
    ----------
    view
        The desk before the deal: who has a card and who stands by score.
    late
        Inputs that were not read up to the cut-off.
    told
        What sources said, kept apart, of the whole county; nothing when not given.
    """
    risks = trimmed(seen, view.standing)
    return Part(
        len(seen.state.members),
        Whereabouts.of(
            seen.situation, households=view.open_households, persons=view.open_persons
        ),
        seen.signals,
        risks,
        money_due_table(seen.situation),
        compare(seen.situation, told or Told.nothing()),
        counts_without_cards(seen.state, as_of=seen.as_of, policy=seen.policy),
        _factors(seen, risks),
        standing_of(seen),
        tuple(sorted(late)),
    )


def standing_of(seen: Picture) -> Cells:
    """Return the standing numbers of a picture."""
    return measure(Ground(Snapshot(seen.state, seen.as_of, seen.policy), seen.scores))


def trimmed(seen: Picture, standing: Standing) -> RiskScores:
    """Return the scores that can matter: of households with signals, standing, or entering."""
    risks = seen.risks
    after = next_standing(standing, risks, as_of=seen.as_of, policy=seen.policy)
    wanted = np.unique(
        np.concatenate([seen.signals["household"], standing.households, after.households])
    )
    one = np.flatnonzero(np.isin(risks.household_of, wanted) & ~np.isnan(risks.u90))
    home = np.flatnonzero(np.isin(risks.households, wanted))
    return replace(
        risks,
        persons=risks.persons[one], u90=risks.u90[one], household_of=risks.household_of[one],
        person_feature=risks.person_feature[one],
        households=risks.households[home], p12=risks.p12[home],
        household_feature=risks.household_feature[home],
    )  # fmt: skip


def _factors(seen: Picture, risks: RiskScores) -> Factors:
    """Return the factors of every household that can be dealt and of whom its card may name."""
    scores, state = seen.scores, seen.state
    worst = worst_member(risks.households, risks)
    named = np.union1d(seen.signals["person"], risks.persons[worst[worst >= 0]])
    one = np.flatnonzero(np.isin(state.members["key"][scores.members], named))
    home = np.flatnonzero(np.isin(state.households["key"][scores.households], risks.households))
    return factors_of(
        state.households["key"][scores.households[home]],
        spoken(seen.p12, scores.household_table, home),
        state.members["key"][scores.members[one]],
        spoken(seen.u90, scores.member_table, one),
    )


def merge(parts: Sequence[Part]) -> Part:
    """Return the part of all households that the parts speak of.

    Raises
    ------
    ValueError
        If there is none, or they are not of one day and of the same models.
    """
    if not parts or len({(part.as_of, *part.models) for part in parts}) > 1:
        raise ValueError("parts must be of one day and of the same models")
    if len(parts) == 1:
        return parts[0]
    return Part(
        sum(part.n_members for part in parts),
        _merge_whereabouts([part.there for part in parts]),
        _sorted(np.concatenate([part.signals for part in parts]), "person", "rule", "household"),
        _merge_risks([part.risks for part in parts]),
        _sorted(np.concatenate([part.due for part in parts]), "clause", "person", "household"),
        _sorted(
            np.concatenate([part.differences for part in parts]),
            "person", "comparison", "household",
        ),
        {
            code: VillageCounts.sum([part.counts[code] for part in parts])
            for code in parts[0].counts
        },
        merge_factors([part.factors for part in parts]),
        merged([part.standing for part in parts]),
        tuple(sorted({name for part in parts for name in part.late})),
    )


def _sorted(rows: npt.NDArray[np.void], *names: str) -> npt.NDArray[np.void]:
    """Return rows ordered by columns, the last one first."""
    return rows.take(np.lexsort(tuple(rows[name] for name in names)))


def _merge_whereabouts(parts: Sequence[Whereabouts]) -> Whereabouts:
    keys, regions = _by_key(parts, "keys", "regions")
    persons, homes = _by_key(parts, "persons", "homes")
    return Whereabouts(parts[0].as_of, keys, regions, persons, homes)


def _merge_risks(parts: Sequence[RiskScores]) -> RiskScores:
    persons, u90, home, loud = _by_key(parts, "persons", "u90", "household_of", "person_feature")
    households, p12, feature = _by_key(parts, "households", "p12", "household_feature")
    return replace(
        parts[0], persons=persons, u90=u90, household_of=home, person_feature=loud,
        households=households, p12=p12, household_feature=feature,
    )  # fmt: skip


def _by_key(parts: Sequence[Any], *names: str) -> list[npt.NDArray[Any]]:
    """Return columns of all parts, ordered by the first of them."""
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
    order = np.argsort(columns[0], kind="stable")
    return [column[order] for column in columns]


# ---- as bytes


class _Content(msgspec.Struct, frozen=True):
    format: int
    as_of: date
    n_members: int
    late: tuple[str, ...]
    features: tuple[str, ...]
    models: tuple[str, str]
    factors: tuple[tuple[str, str, float, str], ...]
    codes: tuple[str, ...]
    arrays: dict[str, Packed]


_WHERE = ("keys", "regions", "persons", "homes")
_RISKS = (
    "persons", "u90", "household_of", "person_feature", "households", "p12", "household_feature",
)  # fmt: skip
_FACTORS = ("households", "of_households", "persons", "of_persons")
_STANDING = "standing."
_COUNTS = tuple(field.name for field in fields(VillageCounts))


def to_bytes(part: Part) -> bytes:
    """Return a part as bytes; equal parts give equal bytes."""
    arrays: Arrays = {"signals": part.signals, "due": part.due}
    arrays["differences"] = part.differences
    arrays |= {f"there.{name}": getattr(part.there, name) for name in _WHERE}
    arrays |= {f"risks.{name}": getattr(part.risks, name) for name in _RISKS}
    arrays |= {f"factors.{name}": getattr(part.factors, name) for name in _FACTORS}
    arrays |= {f"{_STANDING}{code}": cells for code, cells in part.standing.items()}
    for code, counts in part.counts.items():
        arrays |= {f"counts.{code}.{name}": getattr(counts, name) for name in _COUNTS}
    content = _Content(
        FORMAT, part.as_of, part.n_members, part.late, part.risks.features, part.models,
        tuple((one.name, one.zh, one.points, one.words) for one in part.factors.table),
        tuple(part.counts), {name: packed(array) for name, array in arrays.items()},
    )  # fmt: skip
    return zlib.compress(msgspec.msgpack.encode(content), 1)


def from_bytes(content: bytes) -> Part:
    """Return the part that `to_bytes` wrote.

    Raises
    ------
    ValueError
        If it was written by another release.
    """
    try:
        read = msgspec.msgpack.decode(zlib.decompress(content), type=_Content)
    except (msgspec.MsgspecError, zlib.error) as error:
        raise ValueError(f"not a part of a sweep: {error}") from error
    if read.format != FORMAT:
        raise ValueError(f"a part of format {read.format} is not {FORMAT}")
    arrays = {name: unpacked(one) for name, one in read.arrays.items()}

    def of(head: str, names: tuple[str, ...]) -> Any:
        return {name: arrays[f"{head}.{name}"] for name in names}

    factors = of("factors", _FACTORS)
    for name in ("of_households", "of_persons"):
        n = len(factors[name.removeprefix("of_")])
        factors[name] = factors[name].reshape(n, -1) if n else factors[name].reshape(0, 6)
    u90_model, p12_model = read.models
    return Part(
        read.n_members,
        Whereabouts(read.as_of, **of("there", _WHERE)),
        arrays["signals"],
        RiskScores(
            **of("risks", _RISKS), features=read.features, u90_model=u90_model, p12_model=p12_model
        ),
        arrays["due"],
        arrays["differences"],
        {code: VillageCounts(**of(f"counts.{code}", _COUNTS)) for code in read.codes},
        Factors(tuple(Factor(*one) for one in read.factors), **factors),
        {
            name.removeprefix(_STANDING): array
            for name, array in arrays.items()
            if name.startswith(_STANDING)
        },
        read.late,
    )
