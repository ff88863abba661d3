"""What a clerk is told of a delivery, in words for somebody who has no command line."""

from yujing.app.output import Silence
from yujing.app.sheets.order import Delivered, ScopeLoss
from yujing.app.uploads.answer import Order
from yujing.app.uploads.sheets import NOT_A_SHEET, SheetDeliverer, notes_of, result_name, sentence


def refused(zh: str, **more: object) -> Delivered:
    return Delivered("0" * 64, error="refused", error_zh=zh, **more)  # type: ignore[arg-type] # a test's own words


def test_the_option_of_a_command_is_in_no_sentence() -> None:
    asked = refused("看不出是哪个月的；请写明月份，或指定月份（--month 2023-03）", question="month")
    assert sentence(asked) == "看不出是哪个月的。请选月份。"
    other = refused("看不出是哪一年的，请指定（--month 2023-12）")
    assert sentence(other) == "看不出是哪一年的，请指定。"
    assert sentence(Delivered("0" * 64)) == ""


def test_what_would_be_taken_back_is_told_place_by_place_the_worst_first() -> None:
    losses = [
        ScopeLoss("work_monthly", f"2026-10|威宁县/龙街镇/{n}村", n, 40) for n in range(6, 20)
    ]
    delivered = refused("少了", question="retractions", losses=losses)

    assert sentence(delivered).startswith("这张表比上一张少了 175 条，先没有接收。")
    notes = notes_of(delivered)
    assert notes[0] == "2026-10 威宁县 龙街镇 19村：上次 40 条，这次少了 19 条。"
    assert len(notes) == 13
    assert notes[-1] == "还有 2 处也少了。"


def test_events_of_a_system_are_no_sheet() -> None:
    deliver = SheetDeliverer(None)  # type: ignore[arg-type] # a county is not asked
    order = Order("a.ndjson", b'{"event_type": "x"}\n', "employment_platform", "52", "liu")

    told = deliver(order, Silence()).told
    assert told.zh == NOT_A_SHEET


def test_the_file_that_goes_back_is_called_after_the_one_that_came() -> None:
    assert result_name("10月.xlsx", "xlsx") == "10月.结果.xlsx"
    assert result_name("10月.结果.xlsx", "xlsx") == "10月.结果2.xlsx"
