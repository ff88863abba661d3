"""`yujing train` and `yujing backtest`: the heavy work is done here, in the caller's process."""

from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

Json = Annotated[bool, Parameter(negative=())]


def train(
    *,
    as_of: date | None = None,
    promote: Annotated[bool, Parameter(negative="--no-promote")] = True,
    json: Json = False,
) -> int:
    """Train the model of job loss (u90) and of falling back into poverty (p12).

    Parameters
    ----------
    as_of
        Learn only from what was known before this day; today when not given.
    promote
        Make them the active ones.
    json
        Print one JSON object a model.
    """
    from typing import TYPE_CHECKING

    from yujing.app.output import Output
    from yujing.cli.perform import guarded

    if TYPE_CHECKING:
        from yujing.settings import Settings

    def work(settings: "Settings", output: Output) -> int:
        from yujing.app.learning import school
        from yujing.app.training import train as run

        with school(settings, output) as opened:
            return run(opened, settings, output, as_of=as_of, promote=promote)

    return guarded(work, json=json)


def backtest(*, html: Path | None = None, truth: Path | None = None, json: Json = False) -> int:
    """Try the models on the past with the knowledge of the time, beside honest baselines.

    Parameters
    ----------
    html
        File to write the report to.
    truth
        Folder of a simulated county: its hidden truth ranks beside the models, to judge them.
    json
        Print one JSON object a contestant.
    """
    from typing import TYPE_CHECKING

    from yujing.app.output import Output
    from yujing.cli.perform import guarded

    if TYPE_CHECKING:
        from yujing.settings import Settings

    def work(settings: "Settings", output: Output) -> int:
        from yujing.app.backtest import backtest as run
        from yujing.app.learning import school

        with school(settings, output) as opened:
            return run(
                opened,
                settings,
                output,
                html=html.absolute() if html else None,
                truth=truth.absolute() if truth else None,
            )

    return guarded(work, json=json)
