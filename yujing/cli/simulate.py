"""`yujing simulate`."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, validators


def simulate(
    *,
    households: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=2_000_000))],
    out: Path,
    months: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=120))] = 36,
    world: Literal["base", "pessimistic", "shifted"] = "base",
    seed: int = 1,
    end: date | None = None,
    sheets: Annotated[int, Parameter(validator=validators.Number(gte=0, lte=120))] = 1,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Write a simulated county: events as NDJSON, sheets as XLSX, the hidden truth.

    Parameters
    ----------
    households
        How many households.
    out
        Directory to write to.
    months
        Length of the history.
    world
        base, pessimistic (worse reporting) or shifted (2026 differs).
    seed
        Same seed, same county.
    end
        Last day; today when not given.
    sheets
        Of how many of the last whole months the sheets of departments are written too, as XLSX.
    json
        Print one JSON object a file.
    """
    from typing import TYPE_CHECKING

    from yujing.app.output import Output
    from yujing.cli.perform import guarded

    if TYPE_CHECKING:
        from yujing.settings import Settings

    def work(settings: "Settings", output: Output) -> int:
        from yujing.app.simulate import Order
        from yujing.app.simulate import simulate as run

        order = Order(households, months, world, seed, end, out.absolute(), sheets)
        return run(settings, order, output)

    return guarded(work, json=json)
