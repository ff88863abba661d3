"""A simulated county from its first event to today's cards: `yujing demo`.

It goes the way that every county goes: files through the door, training, sweeps, cards, visits
through the door, accounts by the same commands. The simulated worker alone sees the hidden truth.
"""

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import msgspec

from models.training import TrainingSettings, train
from streams.door.grant import Grant
from yujing.app.county import County
from yujing.app.demo_people import make_people
from yujing.app.demo_worker import DemoWorker
from yujing.app.ingest import ingest_files
from yujing.app.learning import in_order
from yujing.app.models import take_cards
from yujing.app.output import DONE, Output, Silence
from yujing.app.serve import serve_county
from yujing.app.simulate import Order, run
from yujing.app.sweep import Swept, moment_of, sweep
from yujing.domain.codes import Source
from yujing.errors import UsageError
from yujing.settings import SHANGHAI, Settings
from yujing.storage.private import private_directory

MARKER = "demo.json"
LOGINS = "demo-logins.json"
WORLD = "base"
TRAINED_BEFORE = timedelta(days=213)  # seven months
WEEKS = 26  # half a year of deals
QUICK = TrainingSettings(most_dates=8)  # a demo does not wait for a year and a half of index dates
BACKFILL = Grant(backfill=True)
VISITS = Grant(source=Source.VILLAGE_REPORT, backfill=True)


@dataclass(frozen=True)
class DemoOrder:
    """Which county.

    Parameters
    ----------
    households, months, seed
        Size, length of the history, seed of the simulation.
    """

    households: int
    months: int
    seed: int


@dataclass(frozen=True)
class Marker:
    """What lies in the data directory of a demo."""

    order: DemoOrder
    end: str
    done: bool


def demo(settings: Settings, order: DemoOrder, output: Output, *, serving: bool) -> int:
    """Make the county unless it is there already, and serve it.

    Raises
    ------
    UsageError
        If the data directory holds data that no demo made, or another demo.
    """
    _make_room(settings, order)
    with County.open(settings, output) as county:
        made = _marker(settings)
        if made is None or not made.done:
            _make(county, order, output)
        _greet(county, output)
        return serve_county(county, output) if serving else DONE


def _make_room(settings: Settings, order: DemoOrder) -> None:
    """Refuse to touch what is not a demo's; clear away one that was broken off."""
    marker = _marker(settings)
    if marker is None:
        if settings.data.is_dir() and any(settings.data.iterdir()):
            raise UsageError(
                f"{settings.data} holds data that is no demo; set YUJING_DATA to another directory"
            )
        return
    if marker.done:
        if marker.order != order:
            was = marker.order
            raise UsageError(
                f"{settings.data} holds a demo of {was.households} households, {was.months} "
                f"months, seed {was.seed}; remove it or set YUJING_DATA to another directory"
            )
        return
    with County.open(settings):  # nobody else is at work on it
        for left in settings.data.iterdir():
            if left.name in ("lock", MARKER):
                continue
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def _make(county: County, order: DemoOrder, output: Output) -> None:
    today = county.today()
    _mark(county.settings, Marker(order, today.isoformat(), done=False))
    folder = simulated(county.settings, order, today, output)
    files = sorted((folder / "events").glob("*.ndjson"))
    mondays = deal_days(today)
    _take(county, [f for f in files if week_of(f) < mondays[0]], output)
    _train(county, today - TRAINED_BEFORE, output)
    worker = DemoWorker(county, folder, order.seed)
    for number, monday in enumerate(mondays):
        output.progress("deal week by week", number, len(mondays))
        if number:
            week = [file for file in files if mondays[number - 1] <= week_of(file) < monday]
            _take(county, week, Silence())
            _answer(county, worker, monday)
        sweep(county, monday, Silence())
        release_held(county, monday)
        worker.see(monday)
    output.progress("deal week by week", len(mondays), len(mondays))
    _take(county, [file for file in files if week_of(file) >= mondays[-1]], output)
    _answer(county, worker, today)
    _train(county, today, output)
    _deal_today(county, mondays[-1], output)
    keep_logins(county.settings.data / LOGINS, make_people(county))
    _mark(county.settings, Marker(order, today.isoformat(), done=True))


def deal_days(today: date) -> list[date]:
    """Return the Mondays of the last half year, today left out.

    Examples
    --------
    >>> days = deal_days(date(2026, 11, 24))
    >>> len(days), days[0].isoformat(), days[-1].isoformat()
    (26, '2026-06-01', '2026-11-23')
    """
    newest = today - timedelta(days=today.weekday() or 7)
    return [newest - timedelta(weeks=n) for n in range(WEEKS - 1, -1, -1)]


def week_of(path: Path) -> date:
    """Return the Monday of a file of the simulator."""
    return date.fromisoformat(path.name.split(".")[0])


def simulated(settings: Settings, order: DemoOrder, today: date, output: Output) -> Path:
    """Return the folder of the files of a simulated county, made unless it is whole already."""
    name = f"demo-{order.households}-{order.months}-{order.seed}-{today.isoformat()}"
    folder = settings.simulated / name
    whole = folder / "whole"
    if not whole.exists():
        shutil.rmtree(folder, ignore_errors=True)
        run(Order(order.households, order.months, WORLD, order.seed, today, folder), output)
        whole.touch()
    return folder


def _take(county: County, files: Sequence[Path], output: Output) -> None:
    ingest_files(county, files, BACKFILL, output)


def _answer(county: County, worker: DemoWorker, before: date) -> None:
    """Send what the worker reported before a day through the door."""
    path = worker.write(before.isoformat(), datetime.combine(before, time(), SHANGHAI))
    if path is not None:
        ingest_files(county, [path], VISITS, Silence())


def release_held(county: County, day: date) -> None:
    """Let through what is held, as the demo's supervisor would.

    A county's first deal finds its stock of reds, which is a burst to the desk.
    """
    for burst in county.desk.held():
        county.desk.release(burst.id, by="xiangzhen", role="supervisor", at=moment_of(county, day))


def _train(county: County, as_of: date, output: Output) -> None:
    steps = 0

    def heard(_sentence: str) -> None:
        nonlocal steps
        steps += 1
        output.progress(f"train as of {as_of}", steps, None)

    pair = train(
        in_order(county.log.history()),
        as_of=as_of,
        policy=county.policy,
        seed=county.settings.seed,
        settings=QUICK,
        progress=heard,
    )
    take_cards(county, pair.cards, promote=True)


def _deal_today(county: County, last: date, output: Output) -> Swept | None:
    today = county.today()
    return sweep(county, today, output) if today > last else None


def _greet(county: County, output: Output) -> None:
    cards = county.desk.live_cards()
    by_village: dict[int, int] = {}
    for card in cards:
        by_village[card.region] = by_village.get(card.region, 0) + 1
    most = max(by_village.values(), default=0)
    output.message(
        f"{len(county.state.members):,} members, {county.log.count():,} events, "
        f"{len(cards)} open cards in {len(by_village)} villages, at most {most} in one"
    )
    show_logins(county.settings.data / LOGINS, output)


def keep_logins(path: Path, logins: Sequence[dict[str, str]]) -> None:
    """Write the accounts of a demo into a file that only its owner may read."""
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(logins), indent=1) + b"\n")


def show_logins(path: Path, output: Output) -> None:
    """Say who may enter and how."""
    output.message(f"logins are in {path}; the first login asks for a new password")
    for login in msgspec.json.decode(path.read_bytes(), type=list[dict[str, str]]):
        role, name, password = login["role"], login["username"], login["password"]
        output.message(f"  {role:<11} {name:<14} {password:<18} {login['scope']}")


def _marker(settings: Settings) -> Marker | None:
    try:
        return msgspec.json.decode((settings.data / MARKER).read_bytes(), type=Marker)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        raise UsageError(f"{settings.data / MARKER} does not read; remove the directory") from None


def _mark(settings: Settings, marker: Marker) -> None:
    path = private_directory(settings.data) / MARKER
    draft = path.with_name(MARKER + ".draft")
    draft.write_bytes(msgspec.json.encode(asdict(marker)))
    draft.replace(path)
