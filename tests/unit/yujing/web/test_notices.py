from pathlib import Path

import pytest

from yujing.domain.calendar import Calendar
from yujing.domain.policy import Policy
from yujing.web.notices import notices


def test_a_year_with_all_its_data_has_no_notice() -> None:
    assert notices(Policy.load(), Calendar(), "522632", 2026) == []


@pytest.mark.parametrize("county", ["522632", ""])
def test_a_missing_income_line_is_said_with_its_year(county: str) -> None:
    said = notices(Policy.load(), Calendar(), county, 2031)

    assert any("2031 年收入监测线未录入" in line for line in said)
    assert any("2031 年放假安排未录入" in line for line in said)


def test_every_page_takes_its_notices_from_one_place() -> None:
    base = Path(__file__).parents[4] / "yujing/web/templates/base.html"

    assert "{% for line in notices %}" in base.read_text(encoding="utf8")
