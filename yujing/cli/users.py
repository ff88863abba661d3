"""`yujing users`."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

app = App(name="users", help="Accounts.")
Json = Annotated[bool, Parameter(negative=())]


@app.command(name="list")
def list_users(*, json: Json = False) -> int:
    """List accounts.

    Parameters
    ----------
    json
        Print one JSON object an account.
    """
    from yujing.cli.perform import call

    return call("users.list", json=json)


@app.command(name="import")
def import_users(file: Path, *, json: Json = False) -> int:
    """Make accounts from a CSV file (username, role, scope, name, source), all or none.

    Prints the first password of each, which the first login must change.

    Parameters
    ----------
    file
        The CSV file, UTF-8.
    json
        Print one JSON object an account.
    """
    from yujing.cli.perform import call

    return call("users.import", json=json, file=str(file.absolute()))


@app.command
def add(
    username: str,
    *,
    role: str,
    scope: str = "",
    name: str = "",
    source: str = "",
    json: Json = False,
) -> int:
    """Make an account and print its first password, which the first login must change.

    Parameters
    ----------
    username
        2 to 40 of a-z 0-9 . _ -.
    role
        worker, supervisor, leader, data_team, department or operator.
    scope
        First 2, 4, 6, 9 or 12 digits of a region code.
    name
        How the pages call them.
    source
        Of a department: the source system that it sends for.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call(
        "users.add",
        json=json,
        username=username,
        role=role,
        scope=scope,
        name=name,
        source=source,
    )


@app.command
def reset(username: str, *, json: Json = False) -> int:
    """Set a new first password and end all sessions of the account.

    Parameters
    ----------
    username
        The account.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("users.reset", json=json, username=username)


@app.command
def disable(username: str, *, enable: bool = False, json: Json = False) -> int:
    """Close an account and end all its sessions.

    Parameters
    ----------
    username
        The account.
    enable
        Open it again instead.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("users.disable", json=json, username=username, disabled=not enable)
