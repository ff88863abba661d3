"""Simulate a county: its true life, what is reported of it, and the files of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from streams.simulator.base_rate import Rate, base_rates
from streams.simulator.county import County, live
from streams.simulator.identity import id_numbers
from streams.simulator.parameter import load
from streams.simulator.reporting.doubles import (
    Doubles,
    double_events,
    draw_doubles,
    extended_numbers,
    renumbered,
)
from streams.simulator.reporting.hardship import hardship_events
from streams.simulator.reporting.insurance import insurance_events
from streams.simulator.reporting.movement import movement_events
from streams.simulator.reporting.register import register
from streams.simulator.reporting.work import work_events
from streams.simulator.sheets.writing import write_sheets
from streams.simulator.table import Table, repeated
from streams.simulator.truth_files import save
from streams.simulator.world import REPORT, Order, Progress, World
from streams.simulator.writing import Names, write


@dataclass(frozen=True)
class Summary:
    """What was simulated.

    Attributes
    ----------
    files
        Event files in the order of time.
    sheets
        Books of the last months.
    events
        Number of events by type.
    rates
        Base rates of the true county beside the bands they should lie in.
    """

    files: tuple[Path, ...]
    sheets: tuple[Path, ...]
    truth: Path
    households: int
    people: int
    events: Mapping[str, int]
    rates: tuple[Rate, ...]


def simulate(
    households: int, months: int, world: str, seed: int, end: date, out_dir: Path,
    progress: Progress, *, sheets: int = 0,
) -> Summary:
    """Write `out_dir`/events, `out_dir`/truth and `out_dir`/sheets of a simulated county.

    Parameters
    ----------
    households
        Watched households at the start.
    months
        Length of the history in months, the month of `end` included.
    world
        base, pessimistic or shifted.
    seed
        Same seed, same bytes.
    end
        Last day; nothing reported after it is written.
    out_dir
        Directory to write to; made when it is not there.
    progress
        Called with what is done now and how much of all is done.
    sheets
        Of how many of the last whole months books are written as departments export them.
    """
    order = Order(households, months, world, seed, end)
    county = live(order, load(world), lambda what, part: progress(what, part * 0.2))
    progress("reports", 0.2)
    tables, names = report(county)
    counts = write(
        tables, names, out_dir / "events", until=county.world.last_day,
        progress=lambda part: progress("writing", 0.3 + 0.7 * part))
    truth = out_dir / "truth"
    save(county, names, truth)
    books = write_sheets(
        county.world, tables, names, out_dir / "sheets", sheets) if sheets else ()
    progress("done", 1.0)
    return Summary(
        tuple(sorted((out_dir / "events").glob("*.ndjson"))), books, truth, len(county.world.homes),
        len(county.world.people), counts, base_rates(county))


def report(county: County) -> tuple[list[Table], Names]:
    """Return all events that anybody will ever report of a county, and what people are called."""
    world = county.world
    rng = world.order.rng(REPORT)
    doubles = draw_doubles(world, rng)
    tables = [
        *register(world, rng), *work_events(world, county.work, rng),
        *insurance_events(world, rng), *movement_events(world, county.work, rng),
        *hardship_events(county, rng),
    ]
    tables = renumbered(tables, doubles)
    tables += double_events(world, doubles, tables, rng)
    tables += repeated(rng, tables, world.p.number("reporting.repeated"))
    return tables, _names(world, doubles)


def _names(world: World, doubles: Doubles) -> Names:
    """Return the ID numbers and household numbers of a world."""
    people, homes = world.people, world.homes
    village = world.villages[homes.village]
    county = village[people.founding] // 10**6
    households = np.char.add(
        (village // 1000).astype("U9"), np.char.zfill(np.arange(len(homes)).astype("U7"), 7))
    numbers = id_numbers(county, people.birth, people.sex)
    return Names(extended_numbers(world, doubles, numbers, county), households)
