"""The sheets of the small county's last whole month."""

import pytest

from streams.simulator.county import County
from streams.simulator.sheets.export import Export
from streams.simulator.sheets.register import Register
from streams.simulator.sheets.writing import exports, register_of
from streams.simulator.simulate import report
from yujing.domain.region import Regions


@pytest.fixture(scope="session")
def register(county: County) -> Register:
    tables, names = report(county)
    return register_of(county.world, tables, names, Regions.load(), county.world.last_month - 1)


@pytest.fixture(scope="session")
def sheets(register: Register) -> dict[str, Export]:
    return {export.mapping: export for export in exports(register)}
