"""The state made again from the log: `yujing rebuild`, and with `--verify` the comparison."""

import numpy as np
import numpy.typing as npt

from streams.state.state import State
from yujing.app.county import County
from yujing.app.ordered import OrderedState
from yujing.app.output import DONE, PARTLY, Output
from yujing.app.requests import Arguments


def answer(county: County, arguments: Arguments, output: Output) -> int:
    """Make the state again, and compare or put it in place."""
    with county.busy:
        output.progress("folding the log", 0, None)
        made = county.rebuilt()
        result: dict[str, object] = {
            "members": len(made.members),
            "households": len(made.households),
            "events": county.log.count(),
        }
        if not arguments["verify"]:
            county.memory.put(made)
            output.result(result)
            return DONE
        difference = first_difference(county.state, made)
    output.result({**result, "equal": difference is None, "difference": difference})
    return DONE if difference is None else PARTLY


def first_difference(memory: State, made: State) -> dict[str, object] | None:
    """Return where two states differ first, None when they are equal.

    Returns
    -------
    Part (members, households, areas), key, column, and both values.
    """
    if memory.base_month != made.base_month:
        return _difference("base_month", 0, "base_month", memory.base_month, made.base_month)
    one, other = OrderedState(memory), OrderedState(made)
    for part, key in (("members", "key"), ("households", "key"), ("areas", "fact")):
        found = _first_row(getattr(one, part), getattr(other, part), key)
        if found is not None:
            return _difference(part, *found)
    return None


def _first_row(
    memory: npt.NDArray[np.void], made: npt.NDArray[np.void], key: str
) -> tuple[int, str, object, object] | None:
    keys = np.union1d(memory[key], made[key])
    alone = np.setxor1d(memory[key], made[key])
    if len(alone):
        there = alone[0] in memory[key]
        return int(alone[0]), key, there, not there
    for name in (memory.dtype.names or ()) if len(memory) else ():
        differs = memory[name] != made[name]
        rows = np.flatnonzero(differs.reshape(len(differs), -1).any(axis=1))
        if len(rows):
            row = int(rows[0])
            return int(keys[row]), name, memory[name][row].tolist(), made[name][row].tolist()
    return None


def _difference(part: str, key: int, column: str, memory: object, log: object) -> dict[str, object]:
    return {"part": part, "key": f"{key:016x}", "column": column, "memory": memory, "log": log}
