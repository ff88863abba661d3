import pytest

from dashboards.reports.definition import chapters, title_of
from dashboards.reports.period import Kind, Period


@pytest.mark.parametrize("kind", list(Kind))
def test_every_panel_of_a_report_is_on_a_board_and_stands_once(kind: Kind) -> None:
    codes = [code for _, panels in chapters(kind) for code, _ in panels]

    assert len(codes) > 20
    assert len(codes) == len(set(codes))


def test_a_title_says_place_and_period() -> None:
    assert title_of(Period(Kind.ANNUAL, 2026 * 12, 2026 * 12 + 11), "榕江县") == (
        "榕江县2026年人力资源社会保障帮扶工作情况报告"
    )
    assert title_of(Period(Kind.MONTHLY, 2026 * 12 + 9, 2026 * 12 + 9), "榕江县").startswith(
        "榕江县2026年10月"
    )
