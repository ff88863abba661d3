"""`yujing dashboards`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

if TYPE_CHECKING:
    from yujing.app.output import Output
    from yujing.settings import Settings

app = App(name="dashboards", help="The boards in Grafana, and who may read their numbers.")
Flag = Annotated[bool, Parameter(negative=())]


@app.command
def render(
    directory: Path, /, *, at: str | None = None, clickhouse: str = "boards@clickhouse:8123",
    password_file: str = "/run/secrets/boards_password",  # noqa: S107  a path
    prometheus: str = "http://prometheus:9090", json: Flag = False,
) -> int:  # fmt: skip
    """Write provisioning files: data sources, folders, boards, alert rules, contact point.

    Parameters
    ----------
    directory
        Gets `provisioning/` and `boards/`.
    at
        The directory as Grafana's server sees it; itself when not given.
    clickhouse
        User and server, user@host:port over HTTP; the user may only read (see `grants`).
    password_file
        File with that user's password, on Grafana's server.
    prometheus
        Address of Prometheus.
    json
        Print one JSON object a file.
    """
    from yujing.cli.perform import guarded

    def work(settings: "Settings", output: "Output") -> int:
        from yujing.app.grafana import render_files

        return render_files(
            settings, output, directory, seen_at=at, clickhouse=clickhouse,
            password_file=password_file, prometheus=prometheus,
        )  # fmt: skip

    return guarded(work, json=json)


@app.command
def plan(*, overwrite: Flag = False, json: Flag = False) -> int:
    """Show what differs in Grafana and what `push` would do; change nothing.

    Parameters
    ----------
    overwrite
        As for `push`.
    json
        Print one JSON object a difference.
    """
    from yujing.cli.perform import guarded

    def work(settings: "Settings", output: "Output") -> int:
        from yujing.app.grafana import show_plan

        return show_plan(settings, output, overwrite=overwrite)

    return guarded(work, json=json)


@app.command
def push(*, overwrite: Flag = False, json: Flag = False) -> int:
    """Change what differs in Grafana, and nothing else.

    Parameters
    ----------
    overwrite
        Set boards back that were edited by hand; else they are named and kept.
    json
        Print one JSON object a change.
    """
    from yujing.cli.perform import guarded

    def work(settings: "Settings", output: "Output") -> int:
        from yujing.app.grafana import push_boards

        return push_boards(settings, output, overwrite=overwrite)

    return guarded(work, json=json)


@app.command
def check(*, json: Flag = False) -> int:
    """Look at the server, its plugin, data sources and boards; change nothing.

    Parameters
    ----------
    json
        Print one JSON object a finding.
    """
    from yujing.cli.perform import guarded

    def work(settings: "Settings", output: "Output") -> int:
        from yujing.app.grafana import check_server

        return check_server(settings, output)

    return guarded(work, json=json)


@app.command
def grants(*counties: str, json: Flag = False) -> int:
    """Print who may read the numbers in ClickHouse, as SQL to be run by its administrator.

    Parameters
    ----------
    counties
        6 or 12 digits: a user for each, who sees that county alone; none: one who sees all.
    json
        Print one JSON object a statement.
    """
    from yujing.cli.perform import guarded

    def work(_: "Settings", output: "Output") -> int:
        from yujing.app.grafana import print_grants

        return print_grants(output, counties)

    return guarded(work, json=json)
