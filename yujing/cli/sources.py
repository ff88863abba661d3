"""`yujing sources`."""

from typing import Annotated

from cyclopts import App, Parameter

app = App(name="sources", help="What departments promised, what came, and what is paused.")
Flag = Annotated[bool, Parameter(negative=())]


@app.default
@app.command(name="list")
def list_sources(*sources: str, json: Flag = False) -> int:
    """List sources: promise, who may send, last deliveries, errors, lateness, completeness.

    Parameters
    ----------
    sources
        Only these; all when none is given.
    json
        Print one JSON object a source, with all that is known.
    """
    from yujing.cli.perform import call

    return call("sources.list", json=json, sources=list(sources))


@app.command
def check(*, json: Flag = False) -> int:
    """Remind of what is late and close months, as `serve` does once a day.

    Parameters
    ----------
    json
        Print JSON objects: how many reminders are new (sources, reports), then one a closed month.
    """
    from yujing.cli.perform import call

    return call("sources.check", json=json)


@app.command
def resume(source: str, *, poison: Flag = False, json: Flag = False) -> int:
    """Let a source go on: first what was set aside, in its order, then what comes.

    Parameters
    ----------
    source
        Its word in the list.
    poison
        Also try again what killed workers.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("sources.resume", json=json, source=source, poison=poison)


@app.command
def discard(source: str, *, json: Flag = False) -> int:
    """Erase what was set aside of a paused source for good, and let what comes go on.

    Parameters
    ----------
    source
        Its word in the list.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("sources.discard", json=json, source=source)
