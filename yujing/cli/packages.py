"""`yujing packages`."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

app = App(name="packages", help="Sealed files for systems without a network path.")
Flag = Annotated[bool, Parameter(negative=())]


@app.command
def address(*, json: Flag = False) -> int:
    """Show the address of this installation: give it to who makes packages for it; no secret.

    Parameters
    ----------
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("packages.address", json=json)


@app.command
def trust(
    address: str, *, source: str, region: list[str], label: str = "", json: Flag = False
) -> int:
    """Take packages of an address from now on, for the purposes of one source.

    Parameters
    ----------
    address
        Of who makes the packages, as `yujing packages address` shows it there; compare it by phone.
    source
        Source system whose events they may hold.
    region
        Beginning of the region codes they may speak of, for example 520526; may be repeated.
    label
        Who it is.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call(
        "packages.trust", json=json, address=address, source=source, regions=region, label=label
    )


@app.command
def distrust(number: int, *, json: Flag = False) -> int:
    """Take no more packages of a sender.

    Parameters
    ----------
    number
        Its number in the list.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call("packages.distrust", json=json, number=number)


@app.command
def senders(*, json: Flag = False) -> int:
    """List whose packages are taken.

    Parameters
    ----------
    json
        Print one JSON object a sender.
    """
    from yujing.cli.perform import call

    return call("packages.senders", json=json)


@app.command
def make(*files: Path, to: str, out: Path, part_mb: float | None = None, json: Flag = False) -> int:
    """Make a package of event files and sheets; again, it writes what is missing or damaged.

    Parameters
    ----------
    files
        What goes in.
    to
        Address of who takes it.
    out
        Directory, for example on a USB stick.
    part_mb
        Size of a part in MiB; 16 when not given.
    json
        Print one JSON object.
    """
    from yujing.cli.perform import call

    return call(
        "packages.make",
        json=json,
        files=[str(file.absolute()) for file in files],
        to=to,
        directory=str(out.absolute()),
        part_mb=part_mb,
    )


@app.command
def inspect(directory: Path, *, json: Flag = False) -> int:
    """Show which packages lie in a directory, what is missing, whose they are; nothing is taken.

    Parameters
    ----------
    directory
        For example of a USB stick.
    json
        Print one JSON object a package.
    """
    from yujing.cli.perform import call

    return call("packages.inspect", json=json, directory=str(directory.absolute()))


@app.command
def take(
    directory: Path,
    *,
    month: str = "",
    results: Path | None = None,
    confirm_retractions: Flag = False,
    json: Flag = False,
) -> int:
    """Take in the packages in a directory; parts that are good are kept until the rest comes.

    Parameters
    ----------
    directory
        For example of a USB stick.
    month
        Month of sheets that do not say theirs, as 2023-03.
    results
        Directory for result files, which hold what was sent; none are written without it.
    confirm_retractions
        Withdraw what a sheet lacks though it is much.
    json
        Print one JSON object a file, then one a package.
    """
    from yujing.cli.perform import call

    return call(
        "packages.take",
        json=json,
        directory=str(directory.absolute()),
        month=month,
        results=None if results is None else str(results.absolute()),
        confirm_retractions=confirm_retractions,
    )
