"""A worker's share of the day's sweep, step by step between two batches.

A cut-off is worked off in steps, each of which any owner of a partition can take, or take again:
who has read up to it says so; once everybody has, each partition tells what it adds to the county's
context, then its part of the sweep; when every part is there, the owner of partition 0 deals. What
is dealt is a function of the facts known before the cut-off and of earlier decisions, whatever was
read since (`yujing.app.before`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import structlog

from alerts.comparisons import told_by
from streams.kafka.topics import INPUT_TOPICS
from streams.log.as_of import AsOf
from streams.log.position import end_of, lane
from streams.state.layout import base_month_of
from streams.state.state import State
from yujing.app.before import seen_before
from yujing.app.contexts import context_of_all, contexts_of
from yujing.app.county import County
from yujing.app.cut_offs import CutOff, CutOffs
from yujing.app.ordered import OrderedState, of_buckets
from yujing.app.part import Part, from_bytes, merge, part_of, to_bytes
from yujing.app.picture import Picture, picture
from yujing.app.quality_sweep import look_at_quality
from yujing.app.sweep import Swept, deal_part, keep_scores, measure, note, swept
from yujing.domain.days import to_day

DEALER = 0  # who owns this partition deals: there is one at a time, and the desk is fenced by it


class Owned(Protocol):
    """The share of the state that a worker owns."""

    @property
    def owned(self) -> frozenset[int]:
        """Partitions."""
        ...

    @property
    def state(self) -> State:
        """A state that holds them up to all that was read."""
        ...


@dataclass(frozen=True)
class Tended:
    """What was done about cut-offs.

    Parameters
    ----------
    swept
        Partitions swept.
    dealt
        The sweep, when the day was dealt.
    """

    swept: frozenset[int] = frozenset()
    dealt: Swept | None = None


@dataclass
class _Seen:
    """What a worker looked at for a cut-off, kept from one step to the next."""

    day: date
    owned: frozenset[int]
    state: OrderedState


class StreamSweep:
    """Does what is next about the oldest cut-off; one thread at a time.

    Parameters
    ----------
    county
        The open stores; the desk is fenced by what the worker owns.
    cut_offs
        The ledger.
    share
        What the worker owns.
    n_partitions
        Of every input topic.
    prepare
        Called before the share is looked at for a cut-off: compares it with the log.
    """

    def __init__(
        self, county: County, cut_offs: CutOffs, share: Owned, n_partitions: int,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self._county, self._cut_offs, self._share = county, cut_offs, share
        self._n, self._prepare = n_partitions, prepare
        self._seen: _Seen | None = None
        self._said: tuple[date, frozenset[int]] | None = None

    def tend(self, next_offsets: Mapping[int, int]) -> Tended:
        """Do all that can be done now, and return what was.

        Notes of other owners must have been followed since the last batch.

        Parameters
        ----------
        next_offsets
            By lane, the offset up to which messages are stored, those without content too.
        """
        owned = self._share.owned
        pending = self._cut_offs.pending() if owned else []
        if not pending:
            self._seen = None
            return Tended()
        cut_off = pending[0]
        behind = self._behind(cut_off, next_offsets)
        self._say_reached(cut_off, owned - behind.keys())
        overdue = cut_off.overdue(self._county.now_s())
        if not overdue and not self._cut_offs.all_reached(cut_off.day):
            return Tended()
        self._give_context(cut_off)
        mine = self._sweep(cut_off, behind)
        dealt = self._deal(cut_off) if DEALER in owned else None
        return Tended(mine, dealt)

    def _behind(self, cut_off: CutOff, next_offsets: Mapping[int, int]) -> dict[int, list[str]]:
        """Return the inputs that are not read up to the cut-off, by owned partition."""
        behind: dict[int, list[str]] = {}
        for partition in sorted(self._share.owned):
            for topic, name in enumerate(INPUT_TOPICS):
                at = lane(topic, partition)
                if end_of(at, next_offsets.get(at, 0)) < cut_off.positions.get(at, 0):
                    behind.setdefault(partition, []).append(f"{name}[{partition}]")
        return behind

    def _say_reached(self, cut_off: CutOff, partitions: frozenset[int]) -> None:
        if self._said != (cut_off.day, partitions):
            self._cut_offs.mark_reached(cut_off.day, partitions)
            self._said = (cut_off.day, partitions)

    # --- context and part

    def _give_context(self, cut_off: CutOff) -> None:
        """Tell what our partitions add to the county's context."""
        missing = self._share.owned - self._cut_offs.with_context(cut_off.day)
        if missing:
            seen = self._picture(cut_off, self._view(cut_off))
            contents = contexts_of(seen, sorted(missing), self._n)
            self._cut_offs.put_contexts(cut_off.day, contents)

    def _sweep(self, cut_off: CutOff, behind: Mapping[int, list[str]]) -> frozenset[int]:
        """Sweep what we own and nobody swept, once the context is whole; return it."""
        mine = self._share.owned - self._cut_offs.swept(cut_off.day)
        contexts = self._cut_offs.contexts_of(cut_off.day) if mine else None
        if contexts is None:
            return frozenset()
        state = self._view(cut_off)
        if mine != self._share.owned:  # the rest was swept by an owner before us
            state = self._built(cut_off, mine)
        seen = replace(self._picture(cut_off, state), context=context_of_all(contexts))
        keep_scores(self._county, seen)
        late = [name for partition in sorted(mine) for name in behind.get(partition, [])]
        told = told_by(self._county.log, to_day(cut_off.day), cut_off.known_before)
        part = part_of(seen, self._county.desk.view(cut_off.day), late=late, told=told)
        look_at_quality(
            self._county, seen, self._share.state.index, known_before=cut_off.known_before,
            owned=of_buckets(self._n, mine),
        )  # fmt: skip
        at = self._county.now_s()
        kept = self._cut_offs.put_part(cut_off.day, mine, to_bytes(part), at=at)
        return mine if kept else frozenset()

    # --- deal

    def _deal(self, cut_off: CutOff) -> Swept | None:
        """Deal if every part is there; again after a kill does no harm."""
        parts = self._parts(cut_off)
        if parts is None:
            return None
        county, day = self._county, cut_off.day
        whole = merge(parts)
        done = deal_part(
            county, whole, at=county.moment(cut_off.known_before), position=0,
            opened_before=cut_off.known_before, facts=AsOf(county.log, cut_off.known_before),
        )  # fmt: skip
        told = swept(whole, done)
        note(county, day, "deal", told, known_before=cut_off.known_before)
        measure(county, told)
        self._cut_offs.mark_dealt(day, at=county.now_s())
        self._seen = None
        return told

    def _parts(self, cut_off: CutOff) -> list[Part] | None:
        contents = self._cut_offs.parts_of(cut_off.day)
        if contents is None:
            return None
        try:
            parts = [from_bytes(content) for content in contents]
        except ValueError as error:
            self._again(cut_off, str(error))
            return None
        if len({part.models for part in parts}) > 1:
            self._again(cut_off, "a scorecard was promoted in the middle of the sweep")
            return None
        return parts

    def _again(self, cut_off: CutOff, why: str) -> None:
        """Have every owner sweep again: releases or scorecards changed in between."""
        structlog.get_logger().warning("swept_again", day=cut_off.day.isoformat(), reason=why)
        self._cut_offs.sweep_again(cut_off.day)

    # --- what was known before the cut-off

    def _picture(self, cut_off: CutOff, state: OrderedState) -> Picture:
        return picture(self._county, cut_off.day, state=state)

    def _view(self, cut_off: CutOff) -> OrderedState:
        """Return what we own as it was known before the cut-off, looked at once."""
        owned, kept = self._share.owned, self._seen
        if kept is None or (kept.day, kept.owned) != (cut_off.day, owned):
            self._prepare()
            kept = _Seen(cut_off.day, owned, self._built(cut_off, owned))
            self._seen = kept
        return kept.state

    def _built(self, cut_off: CutOff, partitions: frozenset[int]) -> OrderedState:
        return seen_before(
            self._county.log, self._share.state, cut_off.known_before, partitions, self._n,
            base_month_of(cut_off.day.year),
        )  # fmt: skip
