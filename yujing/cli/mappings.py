"""`yujing mappings`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

if TYPE_CHECKING:
    from yujing.app.output import Output
    from yujing.settings import Settings

app = App(name="mappings", help="How the sheets of departments become events.")
Flag = Annotated[bool, Parameter(negative=())]


@app.command(name="list")
def list_mappings(*, json: Flag = False) -> int:
    """List the mappings, those that come with Yujing and the county's own.

    Parameters
    ----------
    json
        Print one JSON object a mapping.
    """
    from yujing.cli.perform import guarded

    def work(settings: "Settings", output: "Output") -> int:
        from yujing.app import mappings

        return mappings.list_mappings(settings, output)

    return guarded(work, json=json)


@app.command
def show(name: str, *, json: Flag = False) -> int:
    """Show the columns of a mapping: headers, spelling, words.

    Parameters
    ----------
    name
        As in the list.
    json
        Print one JSON object a column.
    """
    from yujing.cli.perform import guarded

    def work(settings: "Settings", output: "Output") -> int:
        from yujing.app import mappings

        return mappings.show(settings, name, output)

    return guarded(work, json=json)


@app.command(name="try")
def try_file(file: Path, *, month: str = "", json: Flag = False) -> int:
    """Show what a sheet would become, column by column; nothing is taken.

    For a sheet that no mapping knows, print a mapping to start from.

    Parameters
    ----------
    file
        An XLSX or CSV.
    month
        The month that it is about, YYYY-MM, where the file does not say it.
    json
        Print one JSON object a sheet and one a column.
    """
    from yujing.cli.perform import guarded

    def work(settings: "Settings", output: "Output") -> int:
        from yujing.app import mappings

        return mappings.try_file(settings, file, mappings.month_number(month), output)

    return guarded(work, json=json)
