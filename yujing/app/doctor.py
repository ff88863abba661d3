"""What is wrong with an installation, and the mend: `yujing doctor`.

The checks of the outer shell need no data; the others are asked of the process that holds it.
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

from yujing.app.check import BAD, OK, WARNING, Check
from yujing.app.county import County
from yujing.app.doctor_servers import of_machine, of_servers
from yujing.app.output import DONE, PARTLY, Collected, Output
from yujing.app.paused import PausedSources
from yujing.app.policy import missing
from yujing.app.proxy import ask, connect
from yujing.app.rebuild import first_difference
from yujing.app.requests import Arguments, Request
from yujing.app.set_aside import POISON, SetAside
from yujing.errors import DataHeldError, YujingError
from yujing.settings import Settings

_LEAST_FREE_BYTES = 2 * 2**30  # judgement: a month of a county's events, twice
_LEAST_PYTHON = (3, 11)


def examine(settings: Settings, output: Output) -> int:
    """Look at everything and show a line a check; status 3 when something is bad."""
    checks = [_python(), _disk(settings), _key(settings), _browser(), *of_machine(settings)]
    servers = of_servers(settings)
    checks += servers
    for check in checks:
        _show(check, output)
    if not any(check.state == BAD for check in servers):  # without them nothing can be opened
        checks += _of_data(settings, output)
    return PARTLY if any(check.state == BAD for check in checks) else DONE


def answer(county: County, _arguments: Arguments, output: Output) -> int:
    """Look at the open data."""
    looks: list[Callable[[County], Check]] = [
        _log, _memory, _unmatched, _dead_letters, _sources, _models, _policy, _sweep, _accounts,
    ]  # fmt: skip
    with county.busy:
        for look in looks:
            try:
                check = look(county)
            except YujingError as error:
                check = Check(look.__name__.strip("_"), BAD, str(error), "see docs/runbook.md")
            output.result(asdict(check), _line(check))
    return DONE


def _of_data(settings: Settings, output: Output) -> list[Check]:
    if not settings.data.exists():
        check = Check("data", WARNING, f"{settings.data} is not there yet", "yujing ingest FILE")
        _show(check, output)
        return [check]
    heard = Collected()
    try:
        connection = connect(settings.socket)
        if connection is None:
            with County.open(settings) as county:
                answer(county, {}, heard)
        else:
            with connection:
                ask(connection, Request("doctor", {}), heard)
    except DataHeldError as error:
        check = Check("data", WARNING, str(error), "wait until it ends, or serve")
        _show(check, output)
        return [check]
    except YujingError as error:
        check = Check("data", BAD, str(error), "see docs/runbook.md")
        _show(check, output)
        return [check]
    checks = [
        Check(**{name: str(value) for name, value in found.items()}) for found in heard.results
    ]
    for check in checks:
        _show(check, output)
    return checks


def _show(check: Check, output: Output) -> None:
    output.result(asdict(check), _line(check))


def _line(check: Check) -> str:
    mend = f"  -> {check.mend}" if check.mend else ""
    return f"{check.state:<8}{check.check:<14}{check.text}{mend}"


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info[:2] >= _LEAST_PYTHON
    return Check("python", OK if good else BAD, version, "" if good else "use Python 3.11 or newer")


def _disk(settings: Settings) -> Check:
    place = next(path for path in (settings.data, *settings.data.parents) if path.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / 2**30:.1f} GiB free at {place}"
    if free < _LEAST_FREE_BYTES:
        return Check("disk", WARNING, text, "free some space before the next month's files")
    return Check("disk", OK, text)


def _key(settings: Settings) -> Check:
    path = settings.key_path
    if not path.exists():
        return Check(
            "key", WARNING, f"{path} is made at the first start", "then keep a copy elsewhere"
        )
    if path.stat().st_mode & 0o077:
        return Check("key", BAD, f"others may read {path}", f"chmod 600 {path}")
    return Check("key", OK, str(path))


def _browser() -> Check:
    if shutil.which("chromium") or shutil.which("chromium-browser"):
        return Check("chromium", OK, "found; only the browser tests need it")
    return Check("chromium", OK, "missing; only the browser tests need it")


def _log(county: County) -> Check:
    n, position = county.log.count(), county.log.last_position()
    ahead = county.log.last_known_at() - county.now_s()
    if ahead > 0:
        text = f"the newest fact was known {timedelta(seconds=ahead)} after now"
        return Check("clock", WARNING, text, "set the clock of this machine")
    return Check("log", OK, f"{n:,} rows, last position {position:,}")


def _memory(county: County) -> Check:
    difference = first_difference(county.state, county.rebuilt())
    if difference is not None:
        return Check("memory", BAD, f"differs from the log: {difference}", "yujing rebuild")
    return Check("memory", OK, f"{len(county.state.members):,} members, equal to the log")


def _unmatched(county: County) -> Check:
    n = county.unmatched.count()
    if n:
        text = f"{n:,} events wait for people who are not registered"
        return Check("unmatched", WARNING, text, "send member.upsert for them")
    return Check("unmatched", OK, "none waits")


def _dead_letters(county: County) -> Check:
    n = len(county.deadletters.list())
    if n:
        return Check("dead letters", WARNING, f"{n:,} rows were refused", "yujing deadletters list")
    return Check("dead letters", OK, "none")


def _sources(county: County) -> Check:
    if not county.settings.distributed:
        return Check("sources", OK, "a refused row stops nobody: there are no workers here")
    paused = PausedSources(county.engine).list()
    aside = SetAside(county.engine, county.keys).counts()
    n_waiting, n_poison = (sum(o.n for o in aside if (o.why == POISON) is p) for p in (False, True))
    text = "; ".join([*(one.sentence for one in paused), f"{n_waiting:,} messages set aside"])
    if n_poison:
        text += f", {n_poison:,} that killed workers"
    if paused or n_poison:
        return Check("sources", BAD if paused else WARNING, text, "yujing sources list")
    return Check("sources", OK, f"none is paused, {text}")


def _models(county: County) -> Check:
    active = {kind: county.registry.active_id(kind) for kind in ("u90", "p12")}
    expert = [kind for kind, card in active.items() if card is None]
    if expert:
        return Check(
            "models", WARNING, f"expert card in force for {', '.join(expert)}", "yujing train"
        )
    return Check("models", OK, ", ".join(str(card) for card in active.values()))


def _policy(county: County) -> Check:
    findings = missing(county)
    if findings:
        return Check("policy", WARNING, "; ".join(findings), "yujing policy check")
    return Check("policy", OK, f"{len(county.policy.unverified())} values are 未核实")


def _sweep(county: County) -> Check:
    last = county.desk.last_deal_day()
    if last is None:
        return Check("sweep", WARNING, "nothing was dealt yet", "yujing sweep")
    if (county.today() - last).days > 1:
        return Check(
            "sweep", WARNING, f"the last deal was on {last}", "yujing serve, or yujing sweep"
        )
    return Check("sweep", OK, f"the last deal was on {last}")


def _accounts(county: County) -> Check:
    accounts = county.access.accounts.list()
    if not accounts:
        return Check("accounts", WARNING, "nobody can log in", "yujing users import FILE")
    waiting = sum(account.must_change for account in accounts)
    return Check("accounts", OK, f"{len(accounts)}, {waiting} have not logged in yet")


__all__ = ["Check", "answer", "examine"]
