"""What a caller of the door may send."""

from dataclasses import dataclass

from yujing.domain.codes import Source

EVERYWHERE = ("",)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token or an operator may send.

    Parameters
    ----------
    source
        The only source system; None for any.
    kinds
        Numbers of event types; None for all.
    regions
        Beginnings of region codes; `("",)` is everywhere, none is nowhere.
    backfill
        Whether `known_at` comes from the source's own `reported_at`.
    """

    source: Source | None = None
    kinds: frozenset[int] | None = None
    regions: tuple[str, ...] = EVERYWHERE
    backfill: bool = False
