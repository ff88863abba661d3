"""How the one event that kills its worker is found: what to take next, given what killed before.

A worker that is cautious writes down what it has in hand before each step and takes at most half of
what is suspect. When it dies, its successor finds the half that killed. So each death halves what
is suspect, first by messages, then by the events of the one message. What died alone
`SURE` times in a row is set aside; an unlucky kill from outside does not condemn it.

Two levels, since taking a message apart may be what kills: a message is opened only when it is
known to be the one, and that is written down too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from streams.log.position import PLACE_BITS

SURE = 2
_PLACES = 2**PLACE_BITS - 1


@dataclass(frozen=True)
class InHand:
    """What a dead owner had in hand.

    Parameters
    ----------
    first, last
        Positions of one lane, both included.
    tries
        How many owners in a row died of just this.
    """

    first: int
    last: int
    tries: int = 1

    @property
    def in_one_message(self) -> bool:
        """Whether it lies in one message."""
        return self.first >> PLACE_BITS == self.last >> PLACE_BITS

    @property
    def is_message(self) -> bool:
        """Whether it is exactly one message."""
        return (self.first, self.last) == whole(self.first)


class Do(Enum):
    """What to do with the messages or events of a step."""

    TAKE = "take"
    OPEN = "open"
    SET_ASIDE = "set aside"


@dataclass(frozen=True)
class Step:
    """One step.

    Parameters
    ----------
    do
        What to do.
    start, stop
        Which of the messages, or of the events of the message.
    first, last
        Positions to write down as in hand; the same while it is opened or set aside.
    """

    do: Do
    start: int
    stop: int
    first: int
    last: int


def whole(position: int) -> tuple[int, int]:
    """Return first and last position of the message that a position lies in.

    Examples
    --------
    >>> whole(4096 * 7 + 5)
    (28672, 32767)
    """
    first = position & ~_PLACES
    return first, first | _PLACES


def message_steps(heads: Sequence[int], suspects: Sequence[InHand]) -> list[Step]:
    """Return the steps that take all messages of a lane.

    Parameters
    ----------
    heads
        Position of each message with place 0, rising.
    suspects
        What dead owners had in hand.
    """

    def held(number: int) -> int:
        head, end = whole(heads[number])
        for at, one in enumerate(suspects):
            if one.first <= end and one.last >= head:
                return at
        return -1

    steps: list[Step] = []
    for at, numbers in groupby(range(len(heads)), held):
        some = list(numbers)
        if at >= 0 and suspects[at].in_one_message:
            do = Do.OPEN
            if any(s.is_message and s.tries >= SURE for s in _inside(heads[some[0]], suspects)):
                do = Do.SET_ASIDE
            steps += [Step(do, i, i + 1, *whole(heads[i])) for i in some]
        else:
            steps += [
                Step(Do.TAKE, start, stop, whole(heads[start])[0], whole(heads[stop - 1])[1])
                for start, stop in _halves(some[0], some[-1] + 1)
            ]
    return steps


def event_steps(
    head: int, places: Sequence[int], suspects: Sequence[InHand], *, part: bool = False
) -> list[Step]:
    """Return the steps that take all events of one message.

    Parameters
    ----------
    head
        Its position with place 0.
    places
        The places of its events, rising; one place also of what cannot be taken apart.
    suspects
        What dead owners had in hand.
    part
        Whether the message has more events, which are set aside already.
    """
    first, last = whole(head)
    if len(places) <= 1 and not part:
        return [Step(Do.TAKE, 0, len(places), first, last)]
    parts = [one for one in _inside(head, suspects) if not one.is_message]

    def held(number: int) -> int:
        position = first + places[number]
        for at, one in enumerate(parts):
            if one.first <= position <= one.last:
                return at
        return -1

    steps: list[Step] = []
    for at, numbers in groupby(range(len(places)), held):
        some = list(numbers)
        alone = len(some) == 1 and at >= 0 and parts[at].first == parts[at].last
        do = Do.SET_ASIDE if alone and parts[at].tries >= SURE else Do.TAKE
        steps += [
            Step(do, start, stop, first + places[start], first + places[stop - 1])
            for start, stop in _halves(some[0], some[-1] + 1)
        ]
    return steps


def tries_of(first: int, last: int, suspects: Sequence[InHand]) -> int:
    """Return what to write down as `tries` of a step: one more than owners that died of it."""
    before = (one.tries for one in suspects if (one.first, one.last) == (first, last))
    return max(before, default=0) + 1


def _inside(head: int, suspects: Sequence[InHand]) -> list[InHand]:
    first, last = whole(head)
    return [one for one in suspects if one.in_one_message and first <= one.first <= last]


def _halves(start: int, stop: int) -> Iterator[tuple[int, int]]:
    middle = start + (stop - start + 1) // 2
    yield start, middle
    if middle < stop:
        yield middle, stop
