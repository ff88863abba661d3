"""`yujing doubles`."""

from typing import Annotated

from cyclopts import App, Parameter

app = App(name="doubles", help="People who may be registered twice, and what was decided.")
Flag = Annotated[bool, Parameter(negative=())]


@app.command
def find(*, json: Flag = False) -> int:
    """Look for likely doubles now; the day's sweep does the same.

    Parameters
    ----------
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("doubles.find", json=json)


@app.command(name="list")
def list_doubles(*, all: Flag = False, json: Flag = False) -> int:
    """List what nobody has decided yet, masked.

    Parameters
    ----------
    all
        Also what was decided, by whom and when.
    json
        Print one JSON object a line.
    """
    from yujing.cli.perform import call

    return call("doubles.list", json=json, all=all)


@app.command
def same(one: str, other: str, *, json: Flag = False) -> int:
    """Say that two are the same person: their keys are linked, which can be undone.

    Parameters
    ----------
    one, other
        Keys as the list shows them.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("doubles.same", json=json, one=one, other=other)


@app.command
def different(one: str, other: str, *, json: Flag = False) -> int:
    """Say that two are not the same person; nobody is asked again.

    Parameters
    ----------
    one, other
        Keys as the list shows them.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("doubles.different", json=json, one=one, other=other)


@app.command
def undo(one: str, other: str, *, json: Flag = False) -> int:
    """Take a decision back; a link is withdrawn.

    Parameters
    ----------
    one, other
        Keys as the list shows them.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("doubles.undo", json=json, one=one, other=other)
