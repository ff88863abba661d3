"""Illness and disability that begin during the world."""

import numpy as np

from streams.simulator.array import NEVER, Floats, Ints, by_age
from streams.simulator.parameter import Parameters
from streams.simulator.population import YEAR, People


def fall_ill(
    rng: np.random.Generator, people: People, first: int, last: int, p: Parameters
) -> None:
    """Draw the days from which conditions hold, for the whole world; changes `people`."""
    n, years = len(people), (last - first) / YEAR
    age = people.ages(first)

    def onset(yearly: Floats) -> Ints:
        wait = rng.exponential(1.0, n) / np.maximum(yearly, 1e-9)
        day = np.maximum(first, people.birth) + 1 + (np.minimum(wait, years + 1) * YEAR).astype(int)
        return np.where(wait < years, day, NEVER)

    for name in ("serious", "chronic"):
        yearly = by_age(age, (40, 60), p.list(f"shocks.{name}_onset_yearly"))
        now = getattr(people, f"{name}_from")
        setattr(people, f"{name}_from", np.minimum(now, onset(yearly)))
    per_person = p.number("shocks.disability_household_yearly") / 4
    people.disabled_from = np.minimum(people.disabled_from, onset(np.full(n, per_person)))
