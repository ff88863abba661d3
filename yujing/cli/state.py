"""`yujing digest` and `yujing rebuild`."""

from typing import Annotated

from cyclopts import Parameter

Json = Annotated[bool, Parameter(negative=())]


def digest(*, json: Json = False) -> int:
    """Print SHA-256 of the canonical content: events, facts, state, scores, deals.

    Parameters
    ----------
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("digest", json=json)


def rebuild(*, verify: bool = False, json: Json = False) -> int:
    """Make the state again from the log.

    Parameters
    ----------
    verify
        Compare with the state in memory and name the first difference.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("rebuild", json=json, verify=verify)
