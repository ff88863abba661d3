"""Results on standard output and nothing else; words on standard error."""

import json

import pytest

from yujing.cli.printing import Terminal, in_words


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Terminal(as_json=True) as terminal:
        terminal.message("hello")
        terminal.result({"名": 1, "b": None})
        terminal.result({"c": [1]}, "words")
    out, err = capsys.readouterr()

    assert [json.loads(line) for line in out.splitlines()] == [{"名": 1, "b": None}, {"c": [1]}]
    assert err == "hello\n"


def test_a_person_reads_words(capsys: pytest.CaptureFixture[str]) -> None:
    with Terminal(as_json=False) as terminal:
        terminal.result({"rows": 1200, "error": None})
        terminal.result({"c": 1}, "words")

    assert capsys.readouterr().out == "rows 1,200\nwords\n"


def test_a_short_task_shows_nothing_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with Terminal(as_json=False) as terminal:
        terminal.progress("task", 1, 2)

    assert capsys.readouterr() == ("", "")


def test_a_long_task_says_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([0.0, 2.5, 3.0, 8.0])
    monkeypatch.setattr("yujing.cli.printing.monotonic", lambda: next(moments))
    with Terminal(as_json=False) as terminal:
        for done in (0, 1000, 2000, 3000):
            terminal.progress("task", done, 3000)

    assert capsys.readouterr().err == "task: 1,000 of 3,000, 400/s\ntask: 3,000 of 3,000, 375/s\n"


def test_a_terminal_gets_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with Terminal(as_json=False) as terminal:
        terminal.progress("task", 1, 2)
        terminal.progress("task", 2, 2)
        terminal.result({"a": 1})

    assert capsys.readouterr().out == "a 1\n"


def test_values_in_words() -> None:
    fields = {"a": True, "b": False, "c": 0.123456, "d": {"x": 1}, "e": [1, 2], "f": [], "g": "z"}

    assert in_words(fields) == "a yes  b no  c 0.1235  d (x 1)  e 1, 2  f -  g z"
