"""`yujing doctor`."""

from typing import Annotated

from cyclopts import Parameter


def doctor(*, json: Annotated[bool, Parameter(negative=())] = False) -> int:
    """Say what is wrong with this installation, and the mend.

    Parameters
    ----------
    json
        Print one JSON object a check.
    """
    from typing import TYPE_CHECKING

    from yujing.app.output import Output
    from yujing.cli.perform import guarded

    if TYPE_CHECKING:
        from yujing.settings import Settings

    def work(settings: "Settings", output: Output) -> int:
        from yujing.app.doctor import examine

        return examine(settings, output)

    return guarded(work, json=json)
