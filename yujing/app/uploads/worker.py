"""The thread of `serve` that delivers uploads, one after the other, and begins again after a kill.

An upload that was under way when the process died is delivered again from its start: the same file
again changes nothing, so it ends as if nothing had happened.
"""

from threading import Event, Thread
from time import monotonic

import structlog

from yujing.app.output import Fields
from yujing.app.uploads.answer import Deliverer, Order, Told
from yujing.app.uploads.queue import LEASE_S, Queue
from yujing.app.uploads.store import ASKING, DONE, REFUSED, Upload, Uploads
from yujing.errors import DependencyError, YujingError
from yujing.ports import Clock

_LOOK_EVERY_S = 2.0  # another process may have received one
_PURGE_EVERY_S = 3_600.0
_TELL_EVERY_S = 0.5
_RENEW_EVERY_S = LEASE_S / 4
AGAIN_AFTER_S = 30  # a full disk is not emptied sooner


class ImportWorker:
    """Delivers uploads as they come.

    Parameters
    ----------
    uploads
        The uploaded files.
    deliver
        Takes a file in.
    clock
        The only source of time.
    alone
        Whether no other process takes from this queue, so that what a dead one had is taken at
        once.
    """

    def __init__(
        self, uploads: Uploads, deliver: Deliverer, clock: Clock, *, alone: bool = True
    ) -> None:
        self.uploads = uploads
        self._queue = Queue(uploads)
        self._deliver = deliver
        self._clock = clock
        self._alone = alone
        self._stopped, self._news = Event(), Event()
        self._purge_at = 0.0
        self._thread = Thread(target=self._run, name="imports", daemon=True)

    def start(self) -> None:
        """Begin; what was under way when the process before ended comes first."""
        if self._alone:
            self._queue.take_back()
        self._thread.start()

    def wake(self) -> None:
        """Look at once: something was put into the queue."""
        self._news.set()

    def alive(self) -> bool:
        """Return whether the queue is looked at."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Stop looking; a delivery under way ends first."""
        self._stopped.set()
        self._news.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if self.look():
                    continue
            except Exception:
                # the service goes on: the next look tries again, the log tells of it
                structlog.get_logger().exception("imports_failed")
            self._news.wait(_LOOK_EVERY_S)
            self._news.clear()

    def look(self) -> bool:
        """Deliver the next upload; return whether there was one."""
        if monotonic() >= self._purge_at:
            self._queue.purge(at=self._now())
            self._purge_at = monotonic() + _PURGE_EVERY_S
        upload = self._queue.claim(at=self._now())
        if upload is None:
            return False
        self._take(upload)
        return True

    def _take(self, upload: Upload) -> None:
        log = structlog.get_logger().bind(upload=upload.id, source=upload.sender.source)
        try:
            self._deliver_and_finish(upload)
        except DependencyError as error:
            if error.permanent:
                log.error("upload_failed", error=str(error))
                self._refuse(upload, "系统存不下这个文件，没有接收完。请联系管理员。")
                return
            log.warning("upload_waits", error=str(error))
            self._queue.put_back(upload, until=self._now() + AGAIN_AFTER_S)
        except YujingError as error:
            log.warning("upload_refused", error=str(error))
            self._refuse(upload, getattr(error, "zh", "") or "这个文件没有接收。请联系管理员。")
        except Exception:
            log.exception("upload_failed")
            self._refuse(upload, "处理这个文件时出了没料到的问题，已经记录。请联系管理员。")

    def _deliver_and_finish(self, upload: Upload) -> None:
        with _Lease(self._queue, upload, self._clock) as output:
            delivery = self._deliver(self._order(upload), output)
            told = delivery.told
            state = ASKING if told.question else REFUSED if told.zh else DONE
            kept = self._queue.finish(upload, state, told, delivery.result, at=self._now())
        rows = told.counts.get("rows", 0)
        structlog.get_logger().info(
            "upload_ended", upload=upload.id, state=state, kept=kept, rows=rows
        )

    def _refuse(self, upload: Upload, line: str) -> None:
        self._queue.finish(upload, REFUSED, Told(zh=line), at=self._now())

    def _order(self, upload: Upload) -> Order:
        sender = upload.sender
        return Order(
            upload.name, self.uploads.content(upload.id), sender.source, sender.region,
            sender.username, upload.month, upload.confirmed,
        )  # fmt: skip

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


class _Lease:
    """Keeps an upload while it is delivered, and writes down how far it is."""

    def __init__(self, queue: Queue, upload: Upload, clock: Clock) -> None:
        self._queue, self._upload, self._clock = queue, upload, clock
        self._tell_at = 0.0
        self._over = Event()
        self._thread = Thread(target=self._renew, name="import lease", daemon=True)

    def __enter__(self) -> "_Lease":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def result(self, fields: Fields, text: str | None = None) -> None:
        """Say nothing: the delivery holds it."""

    def message(self, text: str) -> None:
        """Say nothing."""

    def progress(self, task: str, done: int, total: int | None) -> None:
        """Write down how many rows are done, twice a second at most."""
        if monotonic() >= self._tell_at or done == total:
            self._tell_at = monotonic() + _TELL_EVERY_S
            self._queue.renew(self._upload, at=self._now(), rows=(done, total))

    def _renew(self) -> None:
        while not self._over.wait(_RENEW_EVERY_S):
            try:
                self._queue.renew(self._upload, at=self._now())
            except DependencyError as error:
                structlog.get_logger().warning("lease_not_renewed", error=str(error))

    def _now(self) -> int:
        return int(self._clock.now().timestamp())
