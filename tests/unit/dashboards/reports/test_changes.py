from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec

from dashboards.macros import Filters
from dashboards.panel import About, Column, Panel, Shape, Unit
from dashboards.reading import Answer, Row
from dashboards.reports.changes import ABSENT, changes, compared
from dashboards.reports.frozen import (
    Asked,
    Body,
    Chapter,
    Earlier,
    Figures,
    decode,
    digest_of,
    encode,
    frozen,
    frozen_rows,
)

FILTERS = Filters(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
PANEL = Panel(
    "flows", "外出和返乡", Shape.SERIES,
    (Column("day", "月份"), Column("label", "类别"), Column("n", "次", Unit.TIMES)),
    "SELECT day, label, n FROM x WHERE $__dateFilter(day)", About("次数", "村报", "次月"),
)  # fmt: skip


def told(*rows: tuple[date, str, int | None]) -> Answer:
    return Answer(PANEL, [Row(row, hidden=row[2] is None, small=row[2] is None) for row in rows])


def of(answer: Answer, *earlier: Earlier) -> Figures:
    return frozen("returns/flows", answer, FILTERS, earlier)


def body(*figures: Figures) -> Body:
    return Body(
        "annual", "2026", 522632000000, "榕江县", "报告", "2026-11-24",
        Asked("2026-01-01", "2026-11-24", (522632000000,), ()), (Chapter("总体情况", figures),),
    )  # fmt: skip


OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def test_what_is_frozen_reads_back_the_same() -> None:
    whole = body(of(told((OCTOBER, "返乡", 12), (NOVEMBER, "返乡", None))))

    content = encode(whole)

    assert decode(content) == whole
    assert encode(decode(content)) == content
    assert digest_of(content) != digest_of(content + b" ")
    assert decode(content).figures[0].texts == [
        ["2026-10-01", "返乡", "12"], ["2026-11-01", "返乡", "<5"],
    ]  # fmt: skip
    assert "$" not in whole.figures[0].sql


def test_versions_differ_by_figure() -> None:
    old = body(of(told((OCTOBER, "返乡", 12), (OCTOBER, "外出", 8), (NOVEMBER, "返乡", None))))
    new = body(of(told((OCTOBER, "返乡", 14), (OCTOBER, "外出", 8), (NOVEMBER, "外出", 6))))

    assert [(one.row, one.before, one.now) for one in changes(old, new)] == [
        ("2026年10月，返乡", "12", "14"),
        ("2026年11月，外出", ABSENT, "6"),
        ("2026年11月，返乡", "<5", ABSENT),
    ]
    assert changes(new, new) == []
    assert changes(old, new)[0].sentence == ("外出和返乡（2026年10月，返乡，次）：原报 12，现为 14")


def test_a_panel_that_came_or_went_is_told() -> None:
    one = of(told((OCTOBER, "返乡", 12)))

    assert [c.before for c in changes(body(), body(one))] == [ABSENT]
    assert [c.now for c in changes(body(one), body())] == [ABSENT]


def test_what_is_hidden_in_both_is_the_same() -> None:
    hidden = body(of(told((OCTOBER, "返乡", None))))
    renamed = msgspec.structs.replace(hidden, title="别的题目")

    assert changes(hidden, renamed) == []


def test_years_are_compared_month_by_month() -> None:
    before = told((date(2025, 10, 1), "返乡", 20), (date(2025, 12, 1), "返乡", 9))
    figures = of(
        told((OCTOBER, "返乡", 12), (NOVEMBER, "返乡", None)),
        Earlier("上年", "2025", "A2025-522632-1", frozen_rows(before)),
    )

    assert [
        (c.row, c.now, c.before, c.difference) for c in compared(figures, 0, by_month=True)
    ] == [
        ("10月，返乡", "12", "20", "-8"),
        ("11月，返乡", "<5", "—", "—"),
        ("12月，返乡", "—", "9", "—"),
    ]


def test_months_are_compared_as_wholes_and_a_hidden_one_not_at_all() -> None:
    earlier = frozen_rows(told((OCTOBER, "返乡", 12), (OCTOBER, "外出", None)))
    figures = of(
        told((NOVEMBER, "返乡", 12), (NOVEMBER, "外出", 9)), Earlier("上月", "2026-10", "", earlier)
    )

    assert [(c.row, c.before, c.difference) for c in compared(figures, 0, by_month=False)] == [
        ("返乡", "12", "持平"), ("外出", "<5", "—"),
    ]  # fmt: skip


def test_shares_differ_in_points() -> None:
    panel = replace(
        PANEL, shape=Shape.STAT, columns=(Column("share", "占比", Unit.SHARE),), suppress=None
    )
    before = Answer(panel, [Row((0.25,))])
    figures = frozen(
        "a/b", Answer(panel, [Row((0.5,))]), FILTERS,
        (Earlier("上月", "2026-10", "", frozen_rows(before)),),
    )  # fmt: skip

    assert compared(figures, 0, by_month=False)[0].difference == "+25.0 个百分点"


def test_a_number_that_is_none_is_kept_as_unknown() -> None:
    panel = replace(PANEL, columns=(Column("share", "占比", Unit.SHARE),), suppress=None)

    assert frozen_rows(Answer(panel, [Row((float("nan"),))]))[0].values == (None,)
