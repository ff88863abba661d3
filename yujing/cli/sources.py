"""`yujing sources`."""

from typing import Annotated

from cyclopts import App, Parameter

app = App(name="sources", help="Sources that are paused, and messages that are set aside.")
Flag = Annotated[bool, Parameter(negative=())]


@app.command(name="list")
def list_sources(*, json: Flag = False) -> int:
    """List sources that are paused or have messages set aside.

    Parameters
    ----------
    json
        Print one JSON object a source.
    """
    from yujing.cli.perform import call

    return call("sources.list", json=json)


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
