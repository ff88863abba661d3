"""Small cells hidden by the engine: nothing that is hidden follows from the sums that are shown."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.suppress import hidden
from dashboards.suppression import Suppress, suppressed
from tests.support.engines import engine

pytestmark = pytest.mark.integration
SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LIST, TABLE = Suppress(also=("share",)), Suppress(lines=(("a",), ("b",)))
counts = st.one_of(st.integers(0, 6), st.integers(0, 40))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with engine(tmp_path_factory.mktemp("engine")) as client:
        yield client


def values(rows: list[tuple[int, int, int]]) -> str:
    texts = ", ".join(f"({a}, {b}, {n}, {n / 100})" for a, b, n in rows)
    return f"SELECT * FROM VALUES('a Int64, b Int64, n Int64, share Float64', {texts})"


@settings(SHARED, max_examples=40)
@given(st.lists(counts, min_size=1, max_size=12))
def test_a_list_hides_what_the_plain_function_hides(client: Any, numbers: list[int]) -> None:
    rows = [(place, 0, n) for place, n in enumerate(numbers)]
    sql = suppressed(values(rows), LIST, ["a", "b"])

    answer = client.query(f"SELECT a, n, share, hidden, small FROM ({sql}) ORDER BY a").result_rows

    wanted = hidden(numbers)
    if sum(wanted) == 1 and sum(n > 0 for n in numbers) == 1:
        wanted = [0 < n < 5 for n in numbers]  # the sum is as small, and hidden where it stands
    assert [bool(row[3]) for row in answer] == wanted
    assert [row[1] for row in answer] == [
        None if hide else n for hide, n in zip(wanted, numbers, strict=True)
    ]
    assert all((row[2] is None) == bool(row[3]) for row in answer)
    assert [bool(row[4]) for row in answer] == [0 < n < 5 for n in numbers]


@settings(SHARED, max_examples=60)
@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_no_sum_of_a_row_or_column_gives_a_cell_away(
    client: Any, n_rows: int, n_columns: int, data: st.DataObject
) -> None:
    rows = [(a, b, data.draw(counts)) for a in range(n_rows) for b in range(n_columns)]
    sql = suppressed(values(rows), TABLE, ["a", "b"])

    answer = client.query(f"SELECT a, b, hidden, small FROM ({sql})").result_rows

    true = {(a, b): n for a, b, n in rows}
    hides = {(a, b): bool(hide) for a, b, hide, _ in answer}
    assert hides.keys() == true.keys()
    assert all(hides[cell] for cell, n in true.items() if 0 < n < 5)
    assert not any(hides[cell] for cell, n in true.items() if n == 0)
    assert any(0 < n < 5 for n in true.values()) or not any(hides.values())
    for place in range(2):
        for line in {cell[place] for cell in true}:
            cells = [cell for cell in true if cell[place] == line]
            alone = sum(true[cell] > 0 for cell in cells) == 1
            assert alone or sum(hides[cell] for cell in cells) != 1


@settings(SHARED, max_examples=40)
@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=10))
def test_a_row_with_any_small_count_is_hidden_whole(
    client: Any, pairs: list[tuple[int, int]]
) -> None:
    rows = [(at, second, first) for at, (first, second) in enumerate(pairs)]
    sql = suppressed(values(rows), Suppress(others=("b",), also=("share",)), ["a"])

    answer = client.query(f"SELECT a, n, b, share, hidden FROM ({sql}) ORDER BY a").result_rows

    hides = [bool(row[4]) for row in answer]
    for (first, second), (_, n, b, share, hide) in zip(pairs, answer, strict=True):
        if 0 < first < 5 or 0 < second < 5:
            assert hide
        assert (n, b) == ((None, None) if hide else (first, second))
        assert (share is None) == bool(hide)
    some = sum(first > 0 or second > 0 for first, second in pairs)
    assert sum(hides) != 1 or some == 1
