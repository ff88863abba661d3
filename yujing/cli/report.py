"""`yujing report`."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

app = App(name="report", help="The monthly and the annual report: frozen, compared, signed.")
Json = Annotated[bool, Parameter(negative=())]


@app.command
def monthly(*, month: str, place: str = "", to: Path = Path(), json: Json = False) -> int:
    """Make the report of a month as it is known now (调度).

    Made again, it is a new version only if a figure changed, and says which.

    Parameters
    ----------
    month
        YYYY-MM.
    place
        Code of a county or township; the own county without one.
    to
        Directory for the DOCX, the XLSX and the frozen figures.
    json
        Print one JSON object.
    """
    return _make("monthly", month, place, to, json=json)


@app.command
def annual(*, year: str, place: str = "", to: Path = Path(), json: Json = False) -> int:
    """Make the report of a year, due to the province by 10 December.

    Parameters
    ----------
    year
        YYYY.
    place
        Code of a county or township; the own county without one.
    to
        Directory for the DOCX, the XLSX and the frozen figures.
    json
        Print one JSON object.
    """
    return _make("annual", year, place, to, json=json)


@app.command(name="list")
def list_reports(*, json: Json = False) -> int:
    """List all reports, the newest first.

    Parameters
    ----------
    json
        Print one JSON object a report.
    """
    from yujing.cli.perform import call

    return call("report.list", json=json)


@app.command
def show(report: str, *, figure: str = "", to: Path | None = None, json: Json = False) -> int:
    """Show a report as it was frozen.

    Parameters
    ----------
    report
        Its id, such as M202610-522632-1.
    figure
        Only this panel, such as labour/flows, with the query and the filters behind it.
    to
        Directory to write its files to once more.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    folder = "" if to is None else str(to.resolve())
    return call("report.show", json=json, id=report, figure=figure, to=folder)


@app.command
def sign(report: str, *, by: str, json: Json = False) -> int:
    """Sign a report by name; only its newest version, and once.

    Parameters
    ----------
    report
        Its id.
    by
        Name of who answers for it.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("report.sign", json=json, id=report, by=by)


def _make(kind: str, period: str, place: str, to: Path, *, json: bool) -> int:
    from yujing.cli.perform import call

    return call(
        "report.make", json=json, kind=kind, period=period, place=place, to=str(to.resolve())
    )
