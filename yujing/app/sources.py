"""Paused sources and what is set aside, for an operator: `yujing sources`."""

from collections import Counter
from datetime import UTC, datetime

import structlog

from yujing.app.county import County
from yujing.app.output import DONE, Output
from yujing.app.paused import PausedSource, PausedSources
from yujing.app.people import source_of
from yujing.app.requests import Arguments
from yujing.app.set_aside import POISON, SetAside
from yujing.domain.codes import Source
from yujing.errors import UsageError


def list_sources(county: County, _arguments: Arguments, output: Output) -> int:
    """Show sources that are paused or have messages set aside."""
    paused = {one.source: one for one in PausedSources(county.engine).list()}
    waiting, poison = _set_aside(county)
    for source in sorted(paused.keys() | waiting.keys() | poison.keys()):
        one = paused.get(source)
        fields = {
            "source": source, "paused": one is not None, **(_why(one) if one else {}),
            "waiting": waiting[source], "poison": poison[source],
        }  # fmt: skip
        output.result(fields, _line(source, one, waiting[source], poison[source]))
    return DONE


def resume(county: County, arguments: Arguments, output: Output) -> int:
    """Let a source go on; its workers take what was set aside, then what comes."""
    source = _known(arguments["source"])
    waiting, _ = _set_aside(county)
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


def _known(word: str) -> str:
    return word if word == Source.UNKNOWN.value else source_of(word).value


def _set_aside(county: County) -> tuple[Counter[str], Counter[str]]:
    """Return how many messages wait for their source, and how many killed workers, by source."""
    waiting, poison = Counter[str](), Counter[str]()
    for one in SetAside(county.engine, county.keys).counts():
        (poison if one.why == POISON else waiting)[one.source] += one.n
    return waiting, poison


def _why(one: PausedSource) -> dict[str, object]:
    return {
        "since": datetime.fromtimestamp(one.since, UTC).isoformat(), "n_read": one.n_read,
        "n_refused": one.n_refused, "why": one.why,
    }  # fmt: skip


def _line(source: str, one: PausedSource | None, waiting: int, poison: int) -> str:
    said = one.sentence if one else f"source {source} goes on"
    return f"{said}; {waiting} messages wait, {poison} killed workers"
