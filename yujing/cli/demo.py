"""`yujing demo`."""

from typing import Annotated

from cyclopts import Parameter, validators


def demo(
    *,
    households: Annotated[int, Parameter(validator=validators.Number(gte=20, lte=200_000))] = 8_000,
    months: Annotated[int, Parameter(validator=validators.Number(gte=24, lte=59))] = 36,
    seed: int = 1,
    port: int | None = None,
    serve: bool = True,
) -> int:
    """Show a simulated county, from its first event to today's cards, and serve it.

    Parameters
    ----------
    households
        Size of the county.
    months
        Length of its history, up to today.
    seed
        Seed of the simulation.
    port
        Port to listen on; YUJING_PORT when not given.
    serve
        Whether to serve the pages at the end.
    """
    from typing import TYPE_CHECKING

    from yujing.app.output import Output
    from yujing.cli.perform import guarded

    if TYPE_CHECKING:
        from yujing.settings import Settings

    def work(settings: "Settings", output: Output) -> int:
        from yujing.app.demo import DemoOrder
        from yujing.app.demo import demo as run

        if port is not None:
            settings = settings.model_copy(update={"port": port})
        return run(settings, DemoOrder(households, months, seed), output, serving=serve)

    return guarded(work)
