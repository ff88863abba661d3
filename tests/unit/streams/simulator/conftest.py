"""One small county, lived and written once for all tests of the simulator."""

import pytest

from streams.simulator.county import County, live
from streams.simulator.parameter import Parameters, load
from streams.simulator.simulate import simulate
from streams.simulator.truth import Truth
from tests.support.simulated_county import END, ORDER, Written, silent


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    return load("base")


@pytest.fixture(scope="session")
def county(parameters: Parameters) -> County:
    return live(ORDER, parameters, silent)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    out = tmp_path_factory.mktemp("county")
    summary = simulate(ORDER.households, ORDER.months, "base", ORDER.seed, END, out, silent)
    lines = [line for path in summary.files for line in path.read_bytes().splitlines()]
    return Written(out, summary, lines)


@pytest.fixture(scope="session")
def truth(written: Written) -> Truth:
    return Truth.read(written.summary.truth)
