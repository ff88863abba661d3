"""The hidden truth of a simulated county on disk: only the simulator and evaluation open it."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from streams.simulator.county import County
from streams.simulator.writing import Names


def save(county: County, names: Names, folder: Path) -> None:
    """Write what truly happened.

    Parameters
    ----------
    county
        The true county.
    names
        ID numbers and household numbers by row.
    folder
        Made when it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world, found = county.world, county.identified
    order = {**asdict(world.order), "end": world.order.end.isoformat()}
    (folder / "order.json").write_text(json.dumps(order), encoding="utf-8")
    n = len(world.people)
    np.savez(folder / "people.npz", id_number=names.id_numbers[:n], birth=world.people.birth,
             sex=world.people.sex, frailty=world.people.frailty)
    members = world.members
    np.savez(folder / "members.npz", person=members.person, household=members.household,
             first=members.first, last=members.last, exit=members.exit)
    np.savez(folder / "jobs.npz", jobs=world.labour.jobs.rows)
    np.savez(
        folder / "households.npz", household_no=names.household_numbers,
        frailty=world.homes.frailty, reference=county.income.reference, line=county.income.line,
        size=county.income.size, below=county.income.below, monitored=world.homes.monitored,
        begin_month=world.begin_month, clue=found.clue, approved=found.approved,
        category=found.category, risk=found.risk)
