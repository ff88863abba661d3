"""Simulate a county: its true life, what is reported of it, and the files of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from streams.simulator.identity import id_numbers
from streams.simulator.parameter import load
from streams.simulator.reporting.register import register
from streams.simulator.reporting.work import work_events
from streams.simulator.table import Table, repeated
from streams.simulator.world import REPORT, Order, Progress, World, create, months_of_work
from streams.simulator.writing import Names, write


@dataclass(frozen=True)
class Summary:
    """What was simulated.

    Attributes
    ----------
    files
        Event files in the order of time.
    events
        Number of events by type.
    """

    files: tuple[Path, ...]
    truth: Path
    households: int
    people: int
    events: Mapping[str, int]


def simulate(
    households: int, months: int, world: str, seed: int, end: date, out_dir: Path,
    progress: Progress,
) -> Summary:
    """Write `out_dir`/events and `out_dir`/truth of a simulated county.

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
    """
    order = Order(households, months, world, seed, end)
    true = create(order, load(world), lambda what, part: progress(what, part * 0.2))
    names = names_of(true)
    tables = report(true)
    counts = write(
        tables, names, out_dir / "events", until=true.last_day,
        progress=lambda part: progress("writing", 0.4 + 0.6 * part))
    truth = out_dir / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    return Summary(
        tuple(sorted((out_dir / "events").glob("*.ndjson"))), truth, len(true.homes),
        len(true.people), counts)


def report(world: World) -> list[Table]:
    """Return all events that anybody will ever report of a world."""
    rng = world.order.rng(REPORT)
    work = months_of_work(world, world.labour)
    tables = [*register(world, rng), *work_events(world, work, rng)]
    return [*tables, *repeated(rng, tables, world.p.number("reporting.repeated"))]


def names_of(world: World) -> Names:
    """Return the ID numbers and household numbers of a world."""
    people, homes = world.people, world.homes
    village = world.villages[homes.village]
    county = village[people.founding] // 10**6
    households = np.char.add(
        (village // 1000).astype("U9"), np.char.zfill(np.arange(len(homes)).astype("U7"), 7))
    return Names(id_numbers(county, people.birth, people.sex), households)
