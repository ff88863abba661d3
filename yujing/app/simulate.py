"""A simulated county as files: `yujing simulate`."""

from dataclasses import dataclass
from datetime import date
from math import isnan
from pathlib import Path

from streams.simulator.simulate import Summary
from streams.simulator.simulate import simulate as make
from yujing.app.output import DONE, Output
from yujing.clock import SystemClock
from yujing.errors import UsageError
from yujing.settings import SHANGHAI, Settings

_STEPS = 1000  # a share of the work as a whole number


@dataclass(frozen=True)
class Order:
    """What is asked for.

    Parameters
    ----------
    households, months, world, seed
        Size, length of the history, kind of world, seed.
    end
        Last day; today when None.
    out
        Directory to write to.
    sheets
        Of how many of the last whole months books are written.
    """

    households: int
    months: int
    world: str
    seed: int
    end: date | None
    out: Path
    sheets: int = 0


def simulate(settings: Settings, order: Order, output: Output) -> int:
    """Write a simulated county and show its files.

    Raises
    ------
    UsageError
        If the files would lie inside the data directory, or others lie there already.
    """
    if order.out.resolve().is_relative_to(settings.data.resolve()):
        raise UsageError("simulated inputs lie outside the data directory; choose another --out")
    if (order.out / "events").is_dir() and any((order.out / "events").iterdir()):
        raise UsageError(f"{order.out} holds a simulated county already; choose another --out")
    show(run(order, output), output)
    return DONE


def run(order: Order, output: Output) -> Summary:
    """Write a simulated county."""
    end = order.end or SystemClock().now().astimezone(SHANGHAI).date()

    def heard(_what: str, share: float) -> None:
        output.progress("simulate", round(share * _STEPS), _STEPS)

    return make(order.households, order.months, order.world, order.seed, end, order.out, heard,
                sheets=order.sheets)


def show(made: Summary, output: Output) -> None:
    """Show every file, the base rates beside their bands, then the whole."""
    for path in (*made.files, *made.sheets):
        output.result({"file": str(path), "bytes": path.stat().st_size})
    for rate in made.rates:
        known = None if isnan(rate.value) else round(rate.value, 4)
        output.result(
            {
                "rate": rate.name,
                "value": known,
                "low": rate.low,
                "high": rate.high,
                "basis": rate.basis,
                "fits": rate.fits,
            }
        )
    output.result(
        {
            "households": made.households,
            "people": made.people,
            "events": sum(made.events.values()),
            "by_type": dict(made.events),
            "truth": str(made.truth),
        }
    )
