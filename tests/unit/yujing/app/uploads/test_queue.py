"""Who takes an upload, what a worker that died leaves, and what is erased when."""

import pytest

from tests.support.upload_room import CLERK, sent
from yujing.app.uploads.answer import Told
from yujing.app.uploads.queue import (
    ASKING_S,
    FETCHED_S,
    LEASE_S,
    MOST_CRASHES,
    RECEIVING_S,
    ROWS_S,
    UNFETCHED_S,
    Queue,
)
from yujing.app.uploads.store import CONTENT, RESULT, Sender, Upload, Uploads

OTHER = Sender("wei", "civil_affairs", "520526")


@pytest.fixture
def queue(uploads: Uploads) -> Queue:
    return Queue(uploads)


def claimed(queue: Queue, at: int = 0) -> Upload:
    upload = queue.claim(at=at)
    assert upload is not None
    return upload


def ended(queue: Queue, uploads: Uploads, at: int = 0) -> int:
    sent(uploads)
    upload = claimed(queue, at)
    assert queue.finish(upload, "done", Told(result_name="r.csv"), [b"x"], at=at)
    return upload.id


def state(uploads: Uploads, number: int) -> str:
    upload = uploads.get(number)
    assert upload is not None
    return upload.state


def test_uploads_of_a_source_go_one_after_the_other(uploads: Uploads, queue: Queue) -> None:
    first, second = sent(uploads), sent(uploads, sender=Sender("chen", CLERK.source, ""))
    other = sent(uploads, sender=OTHER)

    one = claimed(queue)
    assert one.id == first
    assert claimed(queue).id == other  # another source does not wait
    assert queue.claim(at=0) is None
    queue.finish(one, "done", Told(), at=0)
    assert claimed(queue).id == second


def test_an_upload_that_waits_for_its_sender_holds_nobody_up(
    uploads: Uploads, queue: Queue
) -> None:
    first, second = sent(uploads), sent(uploads)
    queue.finish(claimed(queue), "asking", Told(zh="?", question="month"), at=0)

    assert claimed(queue).id == second
    assert state(uploads, first) == "asking"
    assert uploads.content(first)


def test_the_sender_s_answer_puts_it_into_the_queue_again(uploads: Uploads, queue: Queue) -> None:
    number = sent(uploads)
    queue.finish(claimed(queue), "asking", Told(zh="?", question="month"), at=0)

    assert not uploads.answer(number, "other", month=5)
    assert uploads.answer(number, "liu", month=2026 * 12 + 9)
    assert not uploads.answer(number, "liu", month=3)  # nothing is asked any more
    again = claimed(queue)
    assert (again.month, again.confirmed) == (2026 * 12 + 9, False)
    queue.finish(again, "asking", Told(zh="?", question="retractions"), at=0)
    uploads.answer(number, "liu", confirmed=True)
    again = claimed(queue)
    assert (again.month, again.confirmed) == (2026 * 12 + 9, True)


def test_a_worker_that_died_is_followed_by_another(uploads: Uploads, queue: Queue) -> None:
    number = sent(uploads)
    dead = claimed(queue, 0)
    assert queue.claim(at=LEASE_S - 1) is None
    queue.renew(dead, at=LEASE_S - 1)
    assert queue.claim(at=LEASE_S + 1) is None

    next_one = claimed(queue, 3 * LEASE_S)
    assert next_one.id == number
    assert not queue.renew(dead, at=0, rows=(1, 2))  # it was only frozen: too late
    assert not queue.finish(dead, "done", Told(), [b"old"], at=0)
    assert queue.finish(next_one, "done", Told(result_name="r"), [b"new"], at=0)
    assert b"".join(uploads.pieces(number, RESULT)) == b"new"


def test_after_a_kill_the_next_process_need_not_wait(uploads: Uploads, queue: Queue) -> None:
    sent(uploads)
    claimed(queue, 0)

    assert queue.take_back() == 1
    assert claimed(queue, 1).attempt == 2


def test_a_file_that_kills_every_time_is_refused_and_the_next_goes_on(
    uploads: Uploads, queue: Queue
) -> None:
    deadly, next_one = sent(uploads), sent(uploads)
    for _ in range(MOST_CRASHES):
        assert claimed(queue).id == deadly
        queue.take_back()

    assert claimed(queue).id == next_one
    assert state(uploads, deadly) == "refused"
    upload = uploads.get(deadly)
    assert upload is not None
    assert "联系管理员" in upload.told.zh


def test_a_refusing_store_is_tried_later_in_the_same_order(uploads: Uploads, queue: Queue) -> None:
    first, _ = sent(uploads), sent(uploads)
    queue.put_back(claimed(queue), until=30)

    assert queue.claim(at=29) is None
    assert claimed(queue, 30).id == first


def test_what_was_sent_is_erased_when_it_is_in(uploads: Uploads, queue: Queue) -> None:
    number = ended(queue, uploads)

    assert list(uploads.pieces(number, CONTENT)) == []
    assert list(uploads.pieces(number, RESULT)) == [b"x"]


def test_a_result_goes_a_week_after_it_was_fetched(uploads: Uploads, queue: Queue) -> None:
    fetched, unfetched = ended(queue, uploads), ended(queue, uploads)
    uploads.fetched(fetched, at=100)
    uploads.fetched(fetched, at=9_000)  # again: the first time counts

    queue.purge(at=100 + FETCHED_S)
    assert list(uploads.pieces(fetched, RESULT)) == [b"x"]
    assert queue.purge(at=101 + FETCHED_S) == 1
    assert list(uploads.pieces(fetched, RESULT)) == []
    assert list(uploads.pieces(unfetched, RESULT)) == [b"x"]
    assert queue.purge(at=101 + FETCHED_S) == 0
    assert queue.purge(at=UNFETCHED_S + 1) == 1
    assert queue.purge(at=ROWS_S + 1) == 2
    assert uploads.of_account("liu") == []


def test_what_was_broken_off_or_never_answered_goes(uploads: Uploads, queue: Queue) -> None:
    asked = sent(uploads)
    queue.finish(claimed(queue), "asking", Told(zh="?", question="month"), at=0)
    broken = uploads.begin(CLERK, "a.csv", at=0)
    broken.add(b"abc")

    queue.purge(at=RECEIVING_S + 1)
    assert uploads.get(broken.id) is None
    assert state(uploads, asked) == "asking"
    queue.purge(at=ASKING_S + 1)
    assert state(uploads, asked) == "expired"
    assert list(uploads.pieces(asked, CONTENT)) == []
    assert not uploads.answer(asked, "liu", month=1)


def test_a_file_that_may_have_entered_in_part_is_not_taken_back(
    uploads: Uploads, queue: Queue
) -> None:
    number = sent(uploads)
    running = claimed(queue)
    assert not uploads.withdraw(number, "liu")
    queue.take_back()
    queue.put_back(claimed(queue), until=0)

    assert not uploads.withdraw(number, "liu")
    assert running.id == number
