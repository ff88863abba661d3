"""The sheets of `examples/`: for each kind a right one and one as departments really send them.

`python -m streams.simulator.sheets.examples DIR` makes them again, byte for byte.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from streams.simulator.array import Ints
from streams.simulator.county import live
from streams.simulator.parameter import load
from streams.simulator.sheets.export import Export
from streams.simulator.sheets.messy import Messy, messy
from streams.simulator.sheets.page import delimited, workbook
from streams.simulator.sheets.register import Register
from streams.simulator.sheets.writing import exports, register_of
from streams.simulator.simulate import report
from streams.simulator.world import Order
from yujing.domain.region import Regions

_COUNTY = Order(households=400, months=14, world="base", seed=11, end=date(2026, 6, 30))
_HOUSEHOLDS = 40
_AS_CSV = ("work_monthly", "insurance_payment")
_NUMBER_HEADERS = ("证件号码", "户主证件号码", "残疾人证号")
_ROUNDED = "000"   # in a CSV an ID number that ends so is asked about: Excel may have rounded it
_CARD = 18         # the ID number within that of a disability card


def samples() -> list[Export]:
    """Return each kind of sheet about the same few households."""
    county = live(_COUNTY, load("base"), lambda _what, _share: None)
    tables, names = report(county)
    register = register_of(county.world, tables, names, Regions.load(),
                           county.world.last_month - 1)
    whole = list(exports(register))
    household = [_households(register, export) for export in whole]
    chosen = _chosen(register, household)
    return [export.take(np.flatnonzero(np.isin(of, chosen)))
            for export, of in zip(whole, household, strict=True)]


def files() -> Iterator[tuple[str, bytes]]:
    """Return name and content of every example."""
    for at, export in enumerate(samples()):
        stem = f"{export.mapping}-{export.month // 12}-{export.month % 12 + 1:02d}"
        made = messy_sample(export, at)
        yield f"{stem}.xlsx", workbook([export.page()])
        yield f"{stem}-messy.xlsx", workbook(made.pages)
        if export.mapping in _AS_CSV:
            yield f"{stem}.csv", delimited(export.page(), encoding="gbk")
            yield f"{stem}-messy.csv", delimited(made.pages[0], encoding="gb18030", delimiter=";")


def messy_sample(export: Export, at: int) -> Messy:
    """Return the messy form of an example by its place among `samples`."""
    return messy(np.random.default_rng([_COUNTY.seed, at]), export)


def _households(register: Register, export: Export) -> Ints:
    """Return the household of each row, -1 where nobody registered stands in it."""
    header = next(name for name in _NUMBER_HEADERS if name in export.columns)
    of = dict(zip(register.names.id_numbers[register.members.person].tolist(),
                  register.members.household.tolist(), strict=True))
    return np.array([of.get(str(cell)[:_CARD], -1) for cell in export.columns[header]],
                    dtype=np.int64)


def _chosen(register: Register, household: Sequence[Ints]) -> Ints:
    """Return the households that stand in most sheets; a rare sheet counts more."""
    weight = np.zeros(len(register.names.household_numbers))
    for of in household:
        known = np.unique(of[of >= 0])
        weight[known] += 1 / max(len(known), 1)
    numbers = register.names.id_numbers[register.members.person]
    weight[register.members.household[np.char.endswith(numbers, _ROUNDED)]] = 0
    return np.argsort(-weight, kind="stable")[:_HOUSEHOLDS]


def main(folder: Path) -> None:
    """Write every example."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
