"""`yujing serve`."""


def serve(*, host: str | None = None, port: int | None = None) -> int:
    """Serve the pages and the HTTP door; sweep and deal every day at the set time.

    Parameters
    ----------
    host
        Address to listen on; YUJING_HOST when not given.
    port
        Port to listen on, 0 for a free one; YUJING_PORT when not given.
    """
    from typing import TYPE_CHECKING

    from yujing.app.output import Output
    from yujing.cli.perform import guarded

    if TYPE_CHECKING:
        from yujing.settings import Settings

    def work(settings: "Settings", output: Output) -> int:
        from yujing.app.serve import serve as run

        given = {"host": host, "port": port}
        changed = {name: value for name, value in given.items() if value is not None}
        return run(settings.model_copy(update=changed), output)

    return guarded(work)
