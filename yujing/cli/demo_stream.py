"""`yujing demo-stream`."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

if TYPE_CHECKING:
    from yujing.settings import Settings

_LATER = "later:1"  # the demo starts Kafka and PostgreSQL itself


def demo_stream(
    *,
    households: Annotated[int, Parameter(validator=validators.Number(gte=20, lte=200_000))] = 1_500,
    months: Annotated[int, Parameter(validator=validators.Number(gte=24, lte=59))] = 36,
    seed: int = 1,
    weeks: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=50))] = 4,
    rate: Annotated[float, Parameter(validator=validators.Number(gt=0))] = 100,
    port: int | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Show a simulated county behind Kafka: broker, PostgreSQL, serve and two workers, all here.

    ClickHouse is the server that YUJING_CLICKHOUSE names; `make demo-stream` brings a stand-in.
    Every start begins anew, in `stream-demo` beside the data directory.

    Parameters
    ----------
    households
        Size of the county.
    months
        Length of its history, up to today.
    seed
        Seed of the simulation.
    weeks
        The newest weeks, which come event by event; what is older is loaded first.
    rate
        Events a second.
    port
        Port of the pages, 0 for a free one; YUJING_PORT when not given.
    json
        Print what passes as JSON objects.
    """
    from yujing.app.output import Output
    from yujing.cli.perform import guarded

    def work(settings: "Settings", output: Output) -> int:
        import logging

        from yujing.app.demo import DemoOrder
        from yujing.app.demo_stream import StreamOrder
        from yujing.app.demo_stream import demo_stream as run

        logging.getLogger("kafka").setLevel(logging.ERROR)  # what passes is on the screen already
        if port is not None:
            settings = settings.model_copy(update={"port": port})
        return run(settings, StreamOrder(DemoOrder(households, months, seed), weeks, rate), output)

    return guarded(work, json=json, load=_load)


def _load() -> "Settings":
    from yujing.errors import SettingsError
    from yujing.settings import load_settings

    try:
        return load_settings(
            kafka=_LATER, postgres=f"postgresql://{_LATER}", log_level="warning"
        )
    except SettingsError as error:
        if any("without clickhouse" in problem for problem in error.problems):
            advice = "set YUJING_CLICKHOUSE; `make demo-stream` brings a stand-in of its own"
            raise SettingsError([f"the demo needs a ClickHouse server: {advice}"]) from None
        raise
