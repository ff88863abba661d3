"""Every request to a page: rights, forms, errors as one line."""

import pytest

from tests.support.pages import Browser, log_in, token_in
from yujing.web.page import own_path


def test_what_a_role_may_not_do_looks_like_nothing_there(browser: Browser) -> None:
    log_in(browser, "chen")

    answer = browser.get("/cards")
    assert answer.status_code == 404
    assert "没有找到" in answer.text


def test_a_form_without_our_token_saves_nothing_and_keeps_what_was_typed(
    browser: Browser,
) -> None:
    log_in(browser)

    answer = browser.post("/cards", data={"note": "下周去广东", "form_token": "0" * 64})
    assert answer.status_code == 403
    assert "下周去广东" in answer.text


def test_our_own_form_passes_and_of_a_doubled_field_the_last_counts(browser: Browser) -> None:
    log_in(browser)
    token = token_in(browser.get("/sessions").text)

    answer = browser.post(
        "/cards", content=f"note=a&note=b&form_token={token}",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert ">b<" in answer.text


@pytest.mark.parametrize("body", ["note=" + "x" * 70_000, "&".join(["a=1"] * 200)])
def test_a_form_that_is_too_large_is_refused(browser: Browser, body: str) -> None:
    log_in(browser)
    assert browser.post("/cards", content=body).status_code == 413
    assert browser.post("/login", content=body).status_code == 413


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/moved", 409, "已经办结"),
        ("/full", 503, "一分钟"),
        ("/broken", 503, "管理员"),
        ("/crash", 500, "没料到"),
        ("/nowhere", 404, "没有找到"),
        ("/logout", 405, "不能这样打开"),
    ],
)
def test_every_failure_is_one_line(browser: Browser, path: str, status: int, word: str) -> None:
    log_in(browser)

    answer = browser.get(path)
    assert answer.status_code == status
    assert word in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", [None, "", "queue", "//x.example", "/\\x", "/a\nb", "/a\\b"])
def test_only_paths_of_our_own_are_followed(path: str | None) -> None:
    assert own_path(path) is None


def test_a_moved_card_keeps_the_note(browser: Browser) -> None:
    log_in(browser)
    token = token_in(browser.get("/sessions").text)

    answer = browser.post("/moved", data={"note": "已联系", "form_token": token})
    assert answer.status_code == 409
    assert "已联系" in answer.text
