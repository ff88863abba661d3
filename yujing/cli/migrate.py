"""`yujing migrate`."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from yujing.app.output import Output
    from yujing.settings import Settings

Flag = Annotated[bool, Parameter(negative=())]


def migrate(*, dry_run: Flag = False, json: Flag = False) -> int:
    """Bring the tables of every store up to date; nothing that is there is lost.

    Parameters
    ----------
    dry_run
        Print the SQL and run nothing.
    json
        Print JSON objects.
    """
    from yujing.cli.perform import guarded

    def work(settings: "Settings", output: "Output") -> int:
        from yujing.app.migrate import migrate_all

        return migrate_all(settings, output, dry=dry_run)

    return guarded(work, json=json)
