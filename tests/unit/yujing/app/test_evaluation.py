from datetime import date
from pathlib import Path

import numpy as np
import pytest

from streams.simulator.truth import Truth
from streams.vault.keys import load_or_create
from tests.support.running_county import simulated
from yujing.app.evaluation import oracle_of
from yujing.errors import UsageError


def test_the_truth_is_asked_by_key(tmp_path: Path) -> None:
    simulated(tmp_path / "county", households=20)
    keys = load_or_create(tmp_path / "key")
    oracle = oracle_of(tmp_path / "county", tmp_path / "key")
    named, hazard = Truth.read(tmp_path / "county" / "truth").u90_hazard(date(2026, 6, 1))

    chances = oracle("u90", date(2026, 6, 1), keys.person_keys(named.tolist()))

    assert np.array_equal(chances, hazard)
    assert 0 < chances.max() < 1


def test_a_folder_without_truth_is_named(tmp_path: Path) -> None:
    load_or_create(tmp_path / "key")

    with pytest.raises(UsageError, match="no truth"):
        oracle_of(tmp_path, tmp_path / "key")
