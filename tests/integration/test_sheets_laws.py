"""Laws of sheets that replace a scope, on a real county; each example is a month of its own."""

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.sheet_office import Row, csv_of, id_number, office, send
from yujing.app.county import County
from yujing.app.sheets.order import Delivered

pytestmark = pytest.mark.integration

STATUS = 9
Content = dict[int, int]  # person -> wage

CONTENTS = st.dictionaries(st.integers(0, 5), st.sampled_from([1000, 2000]), min_size=1)
FEW = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_MONTHS = count(2010 * 12)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with office(tmp_path_factory.mktemp("laws") / "data", registered=8) as opened:
        yield opened


def deliver(county: County, month: int, day: int | None, content: Content) -> Delivered:
    """Send the sheet of a month, with a date of its own or without."""
    dated = f" 填报日期：2026年11月{day}日" if day else ""
    title = f"{month // 12}年{month % 12 + 1}月测试务工月监测{dated}"
    rows = [Row(person, wage=str(wage)) for person, wage in sorted(content.items())]
    delivered = send(county, csv_of(rows, title=title), confirm_retractions=True)
    assert delivered.error is None
    assert delivered.months == [month]
    return delivered


def standing(county: County, month: int) -> Content:
    facts = county.log.facts()
    mine = facts.compress((facts["kind"] == STATUS) & (facts["month"] == month))
    keys = county.keys.person_keys([id_number(n) for n in range(8)]).tolist()
    return {keys.index(int(f["subject"])): int(f["wage_fen"]) // 100 for f in mine}


@FEW
@given(sheets=st.lists(CONTENTS, min_size=1, max_size=4))
def test_what_stands_is_what_the_last_sheet_said_and_sending_it_again_changes_nothing(
    county: County, sheets: list[Content]
) -> None:
    month, before = next(_MONTHS), {}
    for content in sheets:
        delivered = deliver(county, month, None, content)

        assert standing(county, month) == content
        assert delivered.retracted == len(before.keys() - content.keys())
        same = [p for p in content if before.get(p) == content[p]]
        assert (delivered.counts.duplicate, delivered.counts.accepted) == (
            len(same), len(content) - len(same),
        )  # fmt: skip
        n_rows = county.log.count()
        again = deliver(county, month, None, content)
        assert (again.counts.duplicate, again.retracted) == (len(content), 0)
        assert county.log.count() == n_rows
        before = content


@FEW
@given(data=st.data(), sheets=st.lists(CONTENTS, min_size=2, max_size=4))
def test_sheets_with_dates_may_come_in_any_order(
    county: County, data: st.DataObject, sheets: list[Content]
) -> None:
    month = next(_MONTHS)

    for number in data.draw(st.permutations(range(len(sheets)))):
        deliver(county, month, 1 + number, sheets[number])

    assert standing(county, month) == sheets[-1]


def test_memory_holds_what_the_log_holds(county: County) -> None:
    county.state.settle(county.log)

    assert county.state.compare(county.log.sums()).tolist() == []
