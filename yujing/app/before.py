"""A worker's share of the state as it was known before a moment, while memory goes on.

At a cut-off memory knows a little more than what counts. Only whom the later facts speak of is
made anew from the log, as it was known then; everybody else is in memory as he was. When too much
came since, or the window is another year's, the whole share is made from the log.
"""

import numpy as np
import numpy.typing as npt

from streams.fact import AREA, FactArray
from streams.kafka.topics import INPUT_TOPICS
from streams.log.as_of import AsOf
from streams.log.log import EventLog
from streams.log.position import COUNTER_LANE, lane_of, lanes_of
from streams.state.state import State
from streams.wire import identity_link, member_upsert
from yujing.app.ordered import Instead, OrderedState, Owned, of_buckets

MOST_LATER_ROWS = 5_000_000  # 32 bytes each; more than half an hour of a province
MOST_SHARE = 0.2  # of the members: then reading all of them is no more work
FEW = 1_000  # subjects that are worth it in any case
_NAMED = ("fact", "kind", "subject", "subject_kind", "other", "position")

Keys = npt.NDArray[np.uint64]


def seen_before(
    log: EventLog, memory: State, known_before: int, partitions: frozenset[int], n_partitions: int,
    base_month: int, *, most: int = MOST_LATER_ROWS,
) -> OrderedState:  # fmt: skip
    """Return the households of some partitions and their members as known before a moment.

    The view is a copy: memory may go on.

    Parameters
    ----------
    memory
        Holds the partitions up to the moment or later, and settled.
    known_before
        Seconds since 1970.
    base_month
        First month of the window that is wanted.
    most
        How many later rows are worth looking at one by one.
    """
    owned = of_buckets(n_partitions, partitions)
    instead = None
    if memory.base_month == base_month:
        instead = later_subjects(log, memory, known_before, partitions, owned, most=most)
    if instead is None:
        view = OrderedState(state_before(log, known_before, partitions, base_month), owned)
    else:
        view = OrderedState(memory, owned, instead)
    view.keep()
    return view


def later_subjects(
    log: EventLog, memory: State, known_before: int, partitions: frozenset[int], owned: Owned, *,
    most: int,
) -> Instead | None:  # fmt: skip
    """Return the subjects of whom memory knows more than it should, as they were known then.

    Returns
    -------
    None when there are so many that the whole share had better be made anew.
    """
    later = log.known_since(known_before, columns=_NAMED, most=most + 1)
    if len(later) > most:
        return None
    ours = later.compress(_ours(later, memory, partitions, owned))
    versions = log.versions_of(np.unique(ours["fact"]), columns=_NAMED)
    of_areas = versions["subject_kind"] == AREA
    named = [versions["subject"][~of_areas]]
    named.append(versions["other"][versions["kind"] == identity_link.KIND])
    subjects = memory.links.component(np.unique(np.concatenate(named)))
    if len(subjects) > max(MOST_SHARE * len(memory.members), FEW):
        return None
    areas = np.empty(0, dtype=np.uint64)
    if of_areas.any():
        known = memory.arrays()["area_subjects"][:, 0]
        areas = np.unique(np.concatenate([known, versions["subject"][of_areas]]))
    state = State(memory.base_month)
    if len(subjects) or len(areas):
        state.rebuild(np.union1d(subjects, areas), AsOf(log, known_before))
    # who was linked then, and is no longer, belongs to the other's row
    return Instead(state.links.component(subjects), state, bool(of_areas.any()))


def _ours(
    rows: FactArray, memory: State, partitions: frozenset[int], owned: Owned
) -> npt.NDArray[np.bool_]:
    """Return which rows may have changed what memory says of the partitions.

    Those that came through their lanes, those about whoever is at home there now (the notes of
    other owners brought them), and those that may have taken somebody elsewhere who was at home
    there.
    """
    lanes = [COUNTER_LANE, *lanes_of(partitions, len(INPUT_TOPICS))]
    through = np.isin(lane_of(rows["position"]), lanes)
    subjects = np.ascontiguousarray(rows["subject"])
    at_home = owned(subjects) & (memory.household_rows(subjects) >= 0)
    places = memory.person_rows(subjects)
    known = places >= 0
    at_home[known] |= owned(np.ascontiguousarray(memory.members["household"][places[known]]))
    moving = known & np.isin(rows["kind"], (member_upsert.KIND, identity_link.KIND))
    ours: npt.NDArray[np.bool_] = through | at_home | moving
    return ours


def state_before(
    log: EventLog, known_before: int, partitions: frozenset[int], base_month: int
) -> State:
    """Return the state of some partitions as it was known before a moment, from the log alone."""
    lanes = [COUNTER_LANE, *lanes_of(partitions, len(INPUT_TOPICS))]
    state = State.build(log.of_lanes(lanes, known_before), base_month)
    linked = [key for keys in state.links.edges().values() for key in keys]
    if linked:  # facts under another key of a person may lie in the lanes of others
        state.rebuild(np.unique(np.array(linked, dtype=np.uint64)), AsOf(log, known_before))
    return state
