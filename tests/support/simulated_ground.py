"""The standing numbers of a small simulated county, made without any store."""

from datetime import date
from functools import cache

from dashboards.standing.cells import Cells
from dashboards.standing.ground import Ground
from dashboards.standing.measures import measure
from models.expert import expert_card
from models.features.snapshot import Snapshot
from models.scoring import score
from tests.support.simulated_state import END, simulated_state
from yujing.domain.policy import Policy

AS_OF = END
_WRITTEN = date(2026, 11, 24)


@cache
def simulated_ground() -> Ground:
    """Return a simulated county on its last day, scored by the expert cards."""
    state, policy = simulated_state(), Policy.load(None)
    scores = score(
        state, as_of=AS_OF, u90=expert_card("u90", as_of=_WRITTEN),
        p12=expert_card("p12", as_of=_WRITTEN), policy=policy,
    )  # fmt: skip
    return Ground(Snapshot(state, AS_OF, policy), scores)


@cache
def simulated_numbers() -> Cells:
    """Return every standing number of that county."""
    return measure(simulated_ground())
