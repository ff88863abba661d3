from datetime import date

import numpy as np
import pytest

from streams.simulator.keyed_oracle import KeyedOracle
from streams.simulator.truth import Truth
from streams.vault.keys import Keys

KEYS = Keys(b"k" * 32)
AS_OF = date(2025, 3, 1)


def test_chances_come_by_key_and_strangers_have_none(truth: Truth) -> None:
    numbers, chance = truth.u90_hazard(AS_OF)
    asked = np.append(KEYS.person_keys(numbers[:5].tolist()), np.uint64(1))

    found = KeyedOracle(truth, KEYS)("u90", AS_OF, asked)

    assert found.tolist() == pytest.approx([*chance[:5].tolist(), 0.0])


def test_households_are_asked_about_poverty(truth: Truth) -> None:
    numbers, chance = truth.p12_hazard(AS_OF, futures=2)
    asked = KEYS.household_keys(numbers.tolist())

    assert np.array_equal(KeyedOracle(truth, KEYS, futures=2)("p12", AS_OF, asked), chance)
