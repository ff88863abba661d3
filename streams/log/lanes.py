"""SQL conditions on rows of the log: by lane, by position, by what was known."""

from collections.abc import Collection, Mapping

from streams.log.position import LANE_SHIFT

_NOTHING_BEYOND = 2**64 - 1


def beyond(covered: Mapping[int, int], lanes: Collection[int]) -> str:
    """Return the condition on rows of these lanes beyond what is covered of them.

    Parameters
    ----------
    covered
        Highest covered position of each lane; of a lane that is absent, nothing is covered.
    lanes
        The lanes that are meant.
    """
    if not lanes:
        return "0"
    # a look-up a row, however many lanes there are; a lane begins with its offset 0
    ends = [covered.get(lane, (lane << LANE_SHIFT) - 1 if lane else 0) for lane in lanes]
    return (
        f"position > transform(bitShiftRight(position, {LANE_SHIFT}), {_numbers(lanes)}, "
        f"{_numbers(ends)}, toUInt64({_NOTHING_BEYOND}))"
    )


def occurs_in(lanes: Collection[int], known_before: int | None) -> str:
    """Return the condition on rows of these lanes that were known before a moment."""
    known = known_before_is(known_before)
    if not lanes:
        return "0"
    return f"bitShiftRight(position, {LANE_SHIFT}) IN {_numbers(lanes)} AND {known}"


def facts_in(lanes: Collection[int], known_before: int | None) -> str:
    """Return the condition on known rows whose fact ever named a subject that occurs in lanes."""
    known = known_before_is(known_before)
    return (
        f"fact IN (SELECT fact FROM events WHERE {known} AND subject IN "
        f"(SELECT subject FROM events WHERE {occurs_in(lanes, known_before)})) AND {known}"
    )


def known_before_is(known_before: int | None) -> str:
    """Return the condition on rows that were known before a moment; None for all."""
    return "1" if known_before is None else f"known_at < {int(known_before)}"


def _numbers(values: Collection[int]) -> str:
    return f"CAST([{', '.join(str(int(value)) for value in values)}], 'Array(UInt64)')"
