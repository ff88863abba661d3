"""Killers are found by halves: everything else is taken, in few deaths."""

from dataclasses import dataclass, field
from math import ceil, log2

from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.bisection import (
    SURE,
    Do,
    InHand,
    event_steps,
    message_steps,
    tries_of,
    whole,
)

HEAD = 7 << 48


class Killed(Exception):  # noqa: N818  a process, not a failure
    """The worker died."""


@dataclass
class Partition:
    """One lane, and what outlives a worker."""

    sizes: list[int]
    killers: set[tuple[int, int]]
    opening_kills: set[int] = field(default_factory=set)
    suspects: list[InHand] = field(default_factory=list)
    taken: set[tuple[int, int]] = field(default_factory=set)
    aside: set[tuple[int, int]] = field(default_factory=set)

    def left(self, number: int) -> list[int]:
        """Return the places of a message that are not set aside."""
        return [p for p in range(self.sizes[number]) if (number, p) not in self.aside]

    def hold(self, first: int, last: int, seen: list[InHand], events: set[tuple[int, int]]) -> None:
        """Take events with a note about what is in hand."""
        self.suspects = [s for s in self.suspects if s.last < first or s.first > last]
        self.suspects.append(InHand(first, last, tries_of(first, last, seen)))
        if events & self.killers:
            raise Killed
        self.taken |= events
        self.suspects.pop()

    def live(self, start: int, stop: int) -> None:
        """Be one worker from its start to the end of its batch, or its death."""
        seen = list(self.suspects)
        numbers = [n for n in range(start, stop) if self.left(n)]
        for step in message_steps([HEAD + (n << 12) for n in numbers], seen):
            some = numbers[step.start : step.stop]
            if step.do is Do.TAKE:
                self.hold(step.first, step.last, seen, {(n, p) for n in some for p in self.left(n)})
            elif step.do is Do.OPEN:
                self.open(some[0], seen)
            else:
                self.aside |= {(some[0], p) for p in self.left(some[0])}

    def open(self, number: int, seen: list[InHand]) -> None:
        """Take one message event by event."""
        head = HEAD + (number << 12)
        first, last = whole(head)
        places = self.left(number)
        if any((s.first, s.last) == (first, last) for s in seen):
            self.suspects = [InHand(first, last, tries_of(first, last, seen))]
        if number in self.opening_kills:
            raise Killed
        part = len(places) < self.sizes[number]
        for step in event_steps(head, places, seen, part=part):
            events = {(number, p) for p in places[step.start : step.stop]}
            if step.do is Do.TAKE:
                self.hold(step.first, step.last, seen, events)
            else:
                self.aside |= events

    def deaths(self, batches: st.DataObject | None = None) -> int:
        """Run worker after worker until one lives."""
        n = len(self.sizes)
        for deaths in range(10_000):
            try:
                if batches is None:
                    self.live(0, n)
                else:  # batches are cut anew in every life
                    cut = batches.draw(st.integers(0, n))
                    self.live(0, cut)
                    self.live(cut, n)
            except Killed:
                continue
            return deaths
        raise AssertionError("it never ends")


@st.composite
def lanes(draw: st.DrawFn, most_killers: int = 3) -> Partition:
    """Draw messages of some events, of which some kill."""
    sizes = draw(st.lists(st.one_of(st.just(1), st.integers(1, 40)), min_size=1, max_size=30))
    events = [(n, p) for n, size in enumerate(sizes) for p in range(size)]
    killers = draw(st.lists(st.sampled_from(events), min_size=1, max_size=most_killers))
    return Partition(sizes, set(killers))


def everything(lane: Partition) -> set[tuple[int, int]]:
    return {(n, p) for n, size in enumerate(lane.sizes) for p in range(size)}


@given(lanes(most_killers=1))
def test_one_killer_is_set_aside_after_few_deaths_and_all_else_is_taken(lane: Partition) -> None:
    most = max(1, ceil(log2(len(lane.sizes)))) + ceil(log2(max(lane.sizes))) + SURE

    deaths = lane.deaths()

    assert deaths <= most
    assert lane.aside == lane.killers
    assert lane.taken == everything(lane) - lane.killers


@given(lanes(), st.data())
def test_any_killers_are_found_however_batches_are_cut(
    lane: Partition, batches: st.DataObject
) -> None:
    lane.deaths(batches)

    assert lane.aside == lane.killers
    assert lane.taken == everything(lane) - lane.killers


@given(st.lists(st.integers(1, 5), min_size=1, max_size=9), st.data())
def test_a_message_that_kills_when_it_is_opened_is_set_aside_whole(
    sizes: list[int], data: st.DataObject
) -> None:
    bad = data.draw(st.integers(0, len(sizes) - 1))
    killers = {(bad, p) for p in range(sizes[bad])}
    lane = Partition(sizes, killers, {bad})

    lane.deaths()

    assert lane.aside == killers
    assert lane.taken == everything(lane) - killers


@given(lanes(), st.integers(0, 200))
def test_a_kill_from_outside_condemns_nobody(lane: Partition, moment: int) -> None:
    lane.killers = set()
    steps = 0

    class Unlucky(Partition):
        def hold(
            self, first: int, last: int, seen: list[InHand], events: set[tuple[int, int]]
        ) -> None:
            nonlocal steps
            steps += 1
            self.killers = events if steps == moment else set()
            super().hold(first, last, seen, events)

    unlucky = Unlucky(lane.sizes, set())
    unlucky.deaths()

    assert unlucky.aside == set()
    assert unlucky.taken == everything(unlucky)


def test_steps_cover_each_message_once() -> None:
    heads = [HEAD + (n << 12) for n in range(9)]
    suspects = [InHand(heads[2], whole(heads[5])[1]), InHand(heads[7] + 3, heads[7] + 4)]

    steps = message_steps(heads, suspects)

    assert [(s.do, s.start, s.stop) for s in steps] == [
        (Do.TAKE, 0, 1), (Do.TAKE, 1, 2), (Do.TAKE, 2, 4), (Do.TAKE, 4, 6), (Do.TAKE, 6, 7),
        (Do.OPEN, 7, 8), (Do.TAKE, 8, 9),
    ]  # fmt: skip
    assert message_steps([], suspects) == []
