"""`yujing worker`."""


def worker(*, name: str | None = None, port: int | None = None) -> int:
    """Take events from Kafka, score, raise alerts; sweep and deal the own partitions.

    Parameters
    ----------
    name
        Name of this worker; YUJING_WORKER_NAME when not given.
    port
        Port of its health and metrics, 0 for a free one; YUJING_WORKER_PORT when not given.
    """
    from typing import TYPE_CHECKING

    from yujing.app.output import Output
    from yujing.cli.perform import guarded

    if TYPE_CHECKING:
        from yujing.settings import Settings

    def work(settings: "Settings", output: Output) -> int:
        from yujing.app.worker import work as run

        given = {"worker_name": name, "worker_port": port}
        changed = {key: value for key, value in given.items() if value is not None}
        return run(settings.model_copy(update=changed), output)

    return guarded(work)
