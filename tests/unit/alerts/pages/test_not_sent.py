"""What did not fit into the latest deal stays visible."""

import zlib

import msgspec

from tests.support.pages import Browser
from tests.support.small_county import UPPER, SmallCounty
from yujing.storage.sql import writing


def keep_deal(county: SmallCounty, day: str, lines: list[list[object]]) -> None:
    """Keep a deal of the upper village."""
    with writing(county.engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO deals VALUES (?, ?, 1790000000, 1, 0, '[]', 12, 10, 0, 1, 0, 1, 5, ?)",
            (day, UPPER, zlib.compress(msgspec.json.encode(lines))),
        )


def line(home: int, reason: str, verdict: str, fen: int) -> list[object]:
    return [f"{home:016x}", f"{0:016x}", 1, 2, reason, 4, 0.1, 0.2, fen, 0.5, verdict]


def test_who_did_not_fit_is_listed_with_why_and_loss(county: SmallCounty, browser: Browser) -> None:
    keep_deal(county, "2026-11-23", [line(20, "job_ended", "NO_CAPACITY", 100)])
    keep_deal(county, "2026-11-24", [
        line(20, "job_ended", "DEALT", 900_000),
        line(10, "wage_drop", "NO_CAPACITY", 123_400),
        line(30, "u90 m wage", "COOLED", 100),
    ])  # fmt: skip

    html = browser.get("/not-sent").text
    assert "今天暂不派发 2 户" in html
    assert "工资下降" in html
    assert "名额已满 · 预计损失约 1,230 元" in html
    assert "预计损失合计约 1,240 元" in html
    assert "李*" not in html
    assert "暂不派发 2 户" in browser.get("/queue").text


def test_when_all_fitted_it_says_so(browser: Browser) -> None:
    assert "今天该派的都派了" in browser.get("/not-sent").text
