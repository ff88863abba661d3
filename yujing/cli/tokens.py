"""`yujing tokens`."""

from typing import Annotated

from cyclopts import App, Parameter

app = App(name="tokens", help="Tokens of the sources at the HTTP door.")
Json = Annotated[bool, Parameter(negative=())]


@app.command(name="list")
def list_tokens(*, json: Json = False) -> int:
    """List tokens, never the secret itself.

    Parameters
    ----------
    json
        Print one JSON object a token.
    """
    from yujing.cli.perform import call

    return call("tokens.list", json=json)


@app.command
def create(
    source: str,
    *,
    region: list[str],
    kind: list[str] | None = None,
    label: str = "",
    backfill: bool = False,
    beyond_purpose: Json = False,
    json: Json = False,
) -> int:
    """Make a token and print it, this once.

    Parameters
    ----------
    source
        Source system whose events it may send.
    region
        Beginning of the region codes it may speak of, for example 520526; may be repeated.
    kind
        Event type it may send; may be repeated; all of its source's purposes when not given.
    label
        What it is for.
    backfill
        Whether the moment a row was known may come from its `reported_at`.
    beyond_purpose
        Whether it may send event types beyond the purposes of its source; this is recorded.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call(
        "tokens.create",
        json=json,
        source=source,
        regions=region,
        kinds=kind or [],
        label=label,
        backfill=backfill,
        beyond_purpose=beyond_purpose,
    )


@app.command
def rotate(number: int, *, overlap: int = 14, json: Json = False) -> int:
    """Make a token that allows the same as another and print it, this once; then change the source.

    Parameters
    ----------
    number
        Number of the old one in the list; it holds until the overlap is over.
    overlap
        Days in which both hold, 1 to 90.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("tokens.rotate", json=json, number=number, overlap=overlap)


@app.command
def revoke(number: int, *, json: Json = False) -> int:
    """Close a token.

    Parameters
    ----------
    number
        Its number in the list.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("tokens.revoke", json=json, number=number)
