"""The thread that delivers: in order, told how far, failures named, stopped without loss."""

import time
from collections.abc import Callable

import pytest

from tests.support.pages import MovableClock
from tests.support.upload_room import LineCounter, sent, worker_of
from yujing.app.uploads.answer import Order
from yujing.app.uploads.store import RESULT, Upload, Uploads
from yujing.app.uploads.worker import AGAIN_AFTER_S, ImportWorker
from yujing.errors import StorageError, UnreadableFileError


def upload_of(uploads: Uploads, number: int) -> Upload:
    upload = uploads.get(number)
    assert upload is not None
    return upload


def test_a_file_is_delivered_and_its_result_kept(uploads: Uploads, clock: MovableClock) -> None:
    number = sent(uploads, content="头\n好\n坏\n".encode())
    worker = worker_of(uploads, LineCounter(), clock)

    assert worker.look()
    assert not worker.look()
    upload = upload_of(uploads, number)
    assert upload.state == "done"
    assert upload.told.counts == {"rows": 2, "accepted": 1, "rejected": 1}
    assert (upload.rows_done, upload.rows_total) == (2, 2)
    assert b"".join(uploads.pieces(number, RESULT)).decode() == "好,已接收\n坏,已接收\n"


def test_the_deliverer_hears_who_sends_what(uploads: Uploads, clock: MovableClock) -> None:
    counter = LineCounter()
    sent(uploads)
    worker_of(uploads, counter, clock).look()

    assert counter.orders == [
        Order("10月.csv", b"a\n1\n2\n", "employment_platform", "520526", "liu", None, False)
    ]


def test_a_question_waits_and_its_answer_goes_on(uploads: Uploads, clock: MovableClock) -> None:
    number = sent(uploads, "监测.csv")
    counter = LineCounter()
    worker = worker_of(uploads, counter, clock)

    worker.look()
    assert upload_of(uploads, number).told.question == "month"
    assert not worker.look()
    uploads.answer(number, "liu", month=24_321)
    worker.look()
    assert upload_of(uploads, number).state == "done"
    assert counter.orders[-1].month == 24_321


def fails(error: Exception, times: int = 1) -> Callable[[Order], None]:
    left = [error] * times

    def raising(_order: Order) -> None:
        if left:
            raise left.pop()

    return raising


def test_a_full_disk_is_waited_for(uploads: Uploads, clock: MovableClock) -> None:
    number = sent(uploads)
    worker = worker_of(uploads, LineCounter(fails(StorageError("full"))), clock)
    worker.look()
    assert upload_of(uploads, number).state == "waiting"
    assert not worker.look()

    clock.at = clock.at.replace(second=AGAIN_AFTER_S)
    assert worker.look()
    assert upload_of(uploads, number).state == "done"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StorageError("gone", permanent=True), "系统存不下"),
        (UnreadableFileError("no", "读不出来，请另存一次。"), "读不出来，请另存一次。"),
        (ZeroDivisionError("x"), "没料到的问题"),
    ],
)
def test_a_failure_ends_the_file_with_a_sentence_and_the_next_goes_on(
    uploads: Uploads, clock: MovableClock, error: Exception, said: str
) -> None:
    bad, good = sent(uploads), sent(uploads)
    worker = worker_of(uploads, LineCounter(fails(error)), clock)
    worker.look()
    worker.look()

    assert upload_of(uploads, bad).state == "refused"
    assert said in upload_of(uploads, bad).told.zh
    assert upload_of(uploads, good).state == "done"


def until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_the_thread_ends_what_it_has_in_hand_and_wakes_for_news(
    uploads: Uploads, clock: MovableClock
) -> None:
    worker = ImportWorker(uploads, LineCounter(lambda order: time.sleep(0.2)), clock)
    worker.start()
    number = sent(uploads, at=int(clock.at.timestamp()))  # one of 1970 would be swept away
    worker.wake()
    until(lambda: upload_of(uploads, number).state == "running")
    assert worker.alive()
    worker.stop()

    assert upload_of(uploads, number).state == "done"
    assert not worker.alive()


def test_a_new_process_begins_with_what_the_dead_one_had(
    uploads: Uploads, clock: MovableClock
) -> None:
    from yujing.app.uploads.queue import Queue

    first, second = sent(uploads), sent(uploads)
    assert Queue(uploads).claim(at=int(clock.at.timestamp()))
    counter = LineCounter()
    worker = ImportWorker(uploads, counter, clock)
    worker.start()
    until(lambda: upload_of(uploads, second).state == "done")
    worker.stop()

    assert upload_of(uploads, first).state == "done"
    assert len(counter.orders) == 2
