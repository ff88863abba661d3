"""The state of a small simulated county, made without any store."""

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from streams.door.derived import know_nobody
from streams.door.door import Door
from streams.door.grant import Grant
from streams.door.quality import QualityRules
from streams.fact import FactArray
from streams.simulator.simulate import simulate
from streams.state.layout import base_month_of
from streams.state.state import State
from streams.vault.keys import Keys
from tests.support.running_county import lines_of
from yujing.domain.region import Regions

END = date(2026, 11, 20)


@cache
def simulated_facts(households: int = 60, seed: int = 3) -> FactArray:
    """Return everything that is reported of a county, also of people who are not registered."""
    with TemporaryDirectory() as folder:
        made = simulate(households, 20, "base", seed, END, Path(folder), lambda _what, _share: None)
        door = Door(Keys(b"k" * 32), Regions.load(), QualityRules.load(), know_nobody)
        reading = door.read(lines_of(made.files), grant=Grant(backfill=True), known_at=2**31)
    facts = reading.facts
    facts["position"] = np.arange(1, len(facts) + 1)
    return facts


@cache
def simulated_state(households: int = 60, seed: int = 3) -> State:
    """Return the state of everything that is reported of a county."""
    return State.build(simulated_facts(households, seed), base_month_of(END.year))
