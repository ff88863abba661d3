
import pytest
from sqlalchemy import Engine, select

from streams.vault.kept_columns import KeptColumn, KeptColumns
from streams.vault.keys import Keys
from streams.vault.tables import KEPT_COLUMNS
from yujing.storage.sql import reading


@pytest.fixture
def kept(sql_engine: Engine) -> KeptColumns:
    return KeptColumns(sql_engine, Keys(b"k" * 32))


COLUMNS = [KeptColumn("一月", "备注", ["家有老人", ""]), KeptColumn("", "电话二", ["13800138000"])]


def test_columns_come_back_as_they_were(kept: KeptColumns) -> None:
    kept.keep(7, COLUMNS, at=5)

    assert kept.of(7) == COLUMNS
    assert kept.of(8) == []


def test_the_same_columns_again_are_kept_once_and_others_beside_them(kept: KeptColumns) -> None:
    kept.keep(7, COLUMNS, at=5)
    kept.keep(7, COLUMNS, at=6)
    kept.keep(7, COLUMNS[:1], at=7)

    assert kept.of(7) == [*COLUMNS, COLUMNS[0]]


def test_nothing_of_them_can_be_read_in_the_database(kept: KeptColumns, sql_engine: Engine) -> None:
    kept.keep(7, COLUMNS, at=5)

    with reading(sql_engine) as connection:
        (content,) = connection.execute(select(KEPT_COLUMNS.c.content)).scalars()
    for text in ("家有老人", "备注", "13800138000"):
        assert text.encode() not in content


def test_they_are_erased_with_age(kept: KeptColumns) -> None:
    kept.keep(7, COLUMNS, at=5)
    kept.keep(8, COLUMNS, at=15)

    assert kept.purge(10) == 1
    assert (kept.of(7), kept.of(8)) == ([], COLUMNS)
