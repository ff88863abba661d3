import os
import signal

import pytest

from yujing.app.demo_stream_stop import Stop
from yujing.app.output import Silence


class Heard(Silence):
    def __init__(self) -> None:
        self.words: list[str] = []

    def message(self, text: str) -> None:
        self.words.append(text)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_ends_the_block_and_more_are_not_heeded(how: signal.Signals) -> None:
    heard, cleaned, before = Heard(), False, signal.getsignal(how)

    with Stop(heard):
        try:
            os.kill(os.getpid(), how)
            raise AssertionError("it went on")
        finally:
            os.kill(os.getpid(), how)
            cleaned = True

    assert cleaned
    assert [word.split(":")[0].split(";")[0] for word in heard.words] == ["stopping", "stopped"]
    assert signal.getsignal(how) is before


def test_a_signal_that_a_finalizer_swallowed_ends_the_block_at_the_next_word_of_progress() -> None:
    went_on = False

    with Stop(Silence()) as stop:
        stop.progress("load", 1, 2)
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:
            went_on = True  # as Python does where a finalizer raises
        stop.progress("load", 2, 2)
        raise AssertionError("it went on")

    assert went_on


def test_what_fails_by_itself_is_not_taken_for_a_stop() -> None:
    with pytest.raises(KeyboardInterrupt), Stop(Silence()):
        raise KeyboardInterrupt
    with pytest.raises(ZeroDivisionError), Stop(Silence()):
        _ = 1 / 0
