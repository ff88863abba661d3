"""`yujing topics`."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

if TYPE_CHECKING:
    from yujing.app.output import Output
    from yujing.settings import Settings

app = App(name="topics", help="The topics of Kafka beside those that are needed.")
Json = Annotated[bool, Parameter(negative=())]


@app.command
def plan(*, json: Json = False) -> int:
    """Show what differs and what `apply` would do; change nothing.

    Parameters
    ----------
    json
        Print one JSON object a topic.
    """
    return _run(json=json, change=False)


@app.command
def apply(*, json: Json = False) -> int:
    """Make missing topics and configure the others; refuse to change a partition count.

    Parameters
    ----------
    json
        Print one JSON object a topic.
    """
    return _run(json=json, change=True)


def _run(*, json: bool, change: bool) -> int:
    from yujing.cli.perform import guarded

    def work(settings: "Settings", output: "Output") -> int:
        from streams.kafka import admin
        from yujing.app.output import DONE, FAILED, PARTLY

        plans = admin.apply(settings) if change else admin.plan(settings)
        refused = admin.refused(plans)
        for one in plans:
            output.result(one.fields(), one.words())
        for text in admin.advice(plans):
            output.message(text)
        if refused and change:
            output.message("nothing was changed")
            return FAILED
        return PARTLY if refused else DONE

    return guarded(work, json=json)
