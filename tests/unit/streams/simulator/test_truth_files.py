import json

import numpy as np

from streams.simulator.county import County
from tests.support.simulated_county import Written


def test_the_truth_lies_in_a_folder_of_its_own_and_not_among_the_events(written: Written) -> None:
    truth = written.summary.truth
    order = json.loads((truth / "order.json").read_text())

    assert truth.parent == written.folder
    assert not any(truth in path.parents for path in written.summary.files)
    assert order["seed"] == 7
    assert {path.name for path in truth.iterdir()} == {
        "order.json", "people.npz", "members.npz", "jobs.npz", "households.npz"}


def test_the_truth_is_that_of_the_world(written: Written, county: County) -> None:
    with np.load(written.summary.truth / "jobs.npz") as work:
        assert np.array_equal(work["jobs"], county.world.labour.jobs.rows)
