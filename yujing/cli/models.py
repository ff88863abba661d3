"""`yujing models`."""

from typing import Annotated

from cyclopts import App, Parameter

app = App(name="models", help="The registry of models.")
Json = Annotated[bool, Parameter(negative=())]


@app.command(name="list")
def list_models(*, json: Json = False) -> int:
    """List models, newest first, the active ones marked.

    Parameters
    ----------
    json
        Print one JSON object a model.
    """
    from yujing.cli.perform import call

    return call("models.list", json=json)


@app.command
def show(model: str, *, json: Json = False) -> int:
    """Print a model as its table of points.

    Parameters
    ----------
    model
        Its id.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("models.show", json=json, model=model)


@app.command
def diff(old: str, new: str, *, json: Json = False) -> int:
    """Print where the points of two models differ.

    Parameters
    ----------
    old
        Id of the one.
    new
        Id of the other.
    json
        Print one JSON object a difference.
    """
    from yujing.cli.perform import call

    return call("models.diff", json=json, old=old, new=new)


@app.command
def promote(model: str, *, json: Json = False) -> int:
    """Make a model the active one of its kind.

    Parameters
    ----------
    model
        Its id.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("models.promote", json=json, model=model)


@app.command
def rollback(kind: str, *, json: Json = False) -> int:
    """Make the model that was active before the active one again.

    Parameters
    ----------
    kind
        u90 or p12.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("models.rollback", json=json, kind=kind)
