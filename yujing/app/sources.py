"""Sources for an operator, `yujing sources`: promises, who is paused, what is set aside."""

from collections import Counter
from datetime import UTC, datetime

import structlog
from sqlalchemy import Engine

from streams.vault.keys import Keys
from yujing.app.county import County
from yujing.app.month_close import close_months
from yujing.app.output import DONE, Output
from yujing.app.paused import PausedSource, PausedSources
from yujing.app.people import source_of
from yujing.app.promises import Standing
from yujing.app.reminders import remind
from yujing.app.report_reminders import remind_of_reports
from yujing.app.requests import Arguments
from yujing.app.set_aside import POISON, SetAside
from yujing.app.source_register import SourceReport, reports
from yujing.domain.codes import Source
from yujing.domain.days import month_start
from yujing.errors import UsageError

Row = dict[str, object]


def list_sources(county: County, arguments: Arguments, output: Output) -> int:
    """Show every source: what it promised, who may send, what came, what is wrong."""
    wanted = [source_of(word) for word in arguments.get("sources") or ()]
    stopped = stopped_sources(county.engine, county.keys)
    for report in reports(county, wanted or None):
        row = stopped.pop(report.source.value, None) or _flowing(report.source.value)
        output.result({**row, **fields_of(report)}, _sentence(report, row))
    for source, row in sorted(stopped.items()):  # without a promise, such as unknown
        if not wanted:
            output.result(row, f"{source}: {_stopped_sentence(row)}")
    return DONE


def check(county: County, _arguments: Arguments, output: Output) -> int:
    """Do what `serve` does once a day: remind of what is late or due, close months."""
    output.result({"reminded": remind(county), "reports": remind_of_reports(county)})
    for one in close_months(county):
        output.result(
            {"month": f"{month_start(one.month):%Y-%m}", "labourers": one.labourers,
             "gaps": one.gaps, "opened": one.opened, "withdrawn": one.withdrawn}
        )  # fmt: skip
    return DONE


def stopped_sources(engine: Engine, keys: Keys) -> dict[str, Row]:
    """Return the sources that are paused or have messages set aside."""
    paused = {one.source: one for one in PausedSources(engine).list()}
    waiting, poison = _set_aside(engine, keys)
    found = {}
    for source in sorted(paused.keys() | waiting.keys() | poison.keys()):
        one = paused.get(source)
        found[source] = {
            "source": source, "paused": one is not None, **(_why(one) if one else {}),
            "waiting": waiting[source], "poison": poison[source],
        }  # fmt: skip
    return found


def resume(county: County, arguments: Arguments, output: Output) -> int:
    """Let a source go on; its workers take what was set aside, then what comes."""
    source = _known(arguments["source"])
    waiting, _ = _set_aside(county.engine, county.keys)
    ledger = SetAside(county.engine, county.keys)
    again = ledger.release_poison(source) if arguments["poison"] else 0
    if not PausedSources(county.engine).resume(source) and not again:
        raise UsageError(f"source {source} is not paused")
    n = waiting[source] + again
    structlog.get_logger().warning("source_resumed", source=source, waiting=n)
    output.result(
        {"source": source, "resumed": True, "waiting": n},
        f"{source} goes on; the workers take {n} messages that were set aside",
    )
    return DONE


def discard(county: County, arguments: Arguments, output: Output) -> int:
    """Erase what waits of a paused source, then let it go on."""
    source = _known(arguments["source"])
    sources = PausedSources(county.engine)
    if source not in {one.source for one in sources.list()}:
        raise UsageError(f"source {source} is not paused")
    n = SetAside(county.engine, county.keys).discard(source)
    sources.resume(source)
    structlog.get_logger().warning("source_discarded", source=source, discarded=n)
    output.result(
        {"source": source, "resumed": True, "discarded": n},
        f"{n} messages of {source} are erased; what comes now goes on",
    )
    return DONE


def fields_of(report: SourceReport) -> Row:
    """Return what `--json` prints of a source beside whether it is paused."""
    return {
        "department": report.department,
        "connected": report.connected.isoformat() if report.connected else None,
        "last_at": report.last_at.isoformat() if report.last_at else None,
        "events": list(report.events),
        "feeds": [_feed(one) for one in report.feeds],
        "tokens": [
            {"number": one.id, "kinds": list(one.grant.kinds), "regions": list(one.grant.regions),
             "beyond_purpose": one.grant.beyond_purpose,
             "valid_until": one.valid_until.isoformat() if one.valid_until else None,
             "revoked": one.revoked_at is not None}
            for one in report.tokens
        ],
        "accounts": [
            {"username": one.username, "scope": one.scope.prefix, "disabled": one.disabled}
            for one in report.accounts
        ],
        "rows_30_days": {
            "read": report.read, "refused": report.refused, "unmatched": report.unmatched,
        },
        "findings_30_days": dict(report.findings),
        "deliveries": [
            {"at": one.at.isoformat(), "mapping": one.mapping, "file": one.file,
             "months": list(one.months), "state": one.state, "counts": dict(one.counts)}
            for one in report.deliveries
        ],
        "completeness": [
            {"feed": one.feed.name, "period": f"{month_start(one.period):%Y-%m}",
             "told": one.told, "of": one.of}
            for one in report.shares
        ],
        "precision": None if report.precision is None
        else {"share": report.precision[0], "answers": report.precision[1]},
    }  # fmt: skip


def _feed(one: Standing) -> Row:
    feed = one.feed
    return {
        "feed": feed.name, "rhythm": feed.rhythm.value, "due_day": feed.due_day,
        "grace_days": feed.grace_days, "events": list(feed.events), "purpose": feed.purpose,
        "legal_base": feed.legal_base,
        "last_came": one.last_came.isoformat() if one.last_came else None,
        "newest": None if one.newest is None else f"{month_start(one.newest):%Y-%m}",
        "missing": [f"{month_start(period):%Y-%m}" for period in one.missing],
        "late": [f"{month_start(period):%Y-%m}" for period in one.late],
        "days_late": one.days_late, "usual_days_late": one.usual_lateness,
        "rows": one.rows, "usual_rows": one.usual,
    }  # fmt: skip


def _sentence(report: SourceReport, row: Row) -> str:
    """Write a source in one line, as a person reads it."""
    valid = [one for one in report.tokens if one.revoked_at is None]
    parts = [f"{report.source.value} ({report.department})"]
    if report.connected is None:
        parts.append("not connected: no token, account or row yet")
    late = [
        f"{one.feed.name} {month_start(one.late[0]):%Y-%m} is {one.days_late} days late"
        for one in report.feeds if one.late
    ]  # fmt: skip
    parts += late
    if report.last_at is not None:
        parts.append(f"last rows {report.last_at:%Y-%m-%d}")
    parts.append(f"{len(valid)} tokens, {len(report.accounts)} accounts")
    if report.read or report.refused:
        parts.append(f"30 days: {report.read} rows read, {report.refused} refused")
    if row["paused"] or row["waiting"] or row["poison"]:
        parts.append(_stopped_sentence(row))
    return "; ".join(parts)


def _stopped_sentence(row: Row) -> str:
    said = "goes on"
    if row["paused"]:
        said = f"paused since {row['since']}, {row['n_refused']} of {row['n_read']} refused"
        said += f" ({row['why']})"
    return f"{said}; {row['waiting']} messages wait, {row['poison']} killed workers"


def _flowing(source: str) -> Row:
    return {"source": source, "paused": False, "waiting": 0, "poison": 0}


def _known(word: str) -> str:
    return word if word == Source.UNKNOWN.value else source_of(word).value


def _set_aside(engine: Engine, keys: Keys) -> tuple[Counter[str], Counter[str]]:
    """Return how many messages wait for their source, and how many killed workers, by source."""
    waiting, poison = Counter[str](), Counter[str]()
    for one in SetAside(engine, keys).counts():
        (poison if one.why == POISON else waiting)[one.source] += one.n
    return waiting, poison


def _why(one: PausedSource) -> Row:
    return {
        "since": datetime.fromtimestamp(one.since, UTC).isoformat(), "n_read": one.n_read,
        "n_refused": one.n_refused, "why": one.why,
    }  # fmt: skip
