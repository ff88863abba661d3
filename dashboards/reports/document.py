"""A frozen report as a Word document and as a spreadsheet; both say the same figures."""

from datetime import date

from dashboards.export import to_workbook
from dashboards.figures import figure
from dashboards.panel import About, Board, Column, Panel, Shape
from dashboards.reading import Answer, Row
from dashboards.reports import typography as page
from dashboards.reports.frozen import Body, Figures
from dashboards.reports.store import Report
from dashboards.reports.words import (
    SMALL_CELLS,
    change_lines,
    comparison,
    comparison_head,
    is_compared,
    is_number,
    moment_zh,
    numeral,
    opening,
    origins,
    signature,
    stated,
    version_line,
)

_CHANGES_SHOWN = 100  # of a version in the document; the spreadsheet has all


def to_document(report: Report, body: Body) -> bytes:
    """Return a report as DOCX.

    Parameters
    ----------
    report
        Its version, cut-off and signature.
    body
        Its frozen content.
    """
    document = page.new_document(body.title, report.made_at)
    page.title(document, body.title)
    page.centred(document, version_line(report))
    page.text(document, opening(report, body))
    number, tables = 0, 0
    for number, chapter in enumerate(body.chapters, 1):
        page.heading(document, f"{numeral(number)}、{chapter.title}")
        numbers = [one for one in chapter.figures if is_number(one)]
        if numbers:
            page.text(document, stated(body, numbers))
        for figures in chapter.figures:
            if is_number(figures):
                continue
            if not figures.rows:
                page.text(document, f"{figures.title}：{figures.empty}。")
                continue
            tables += 1
            head, rows = laid_out(figures)
            page.table(document, f"表{tables}　{figures.title}", head, rows)
            page.note(document, f"来源：{figures.about[2]}。")
    page.heading(document, f"{numeral(number + 1)}、与以前各期比较")
    page.text(document, origins(body))
    rows = [row for one in body.figures if is_compared(body, one) for row in comparison(body, one)]
    if rows:
        page.table(document, f"表{tables + 1}　主要数字的增减", comparison_head(body), rows)
    lines = change_lines(report)
    if lines:
        page.heading(document, f"{numeral(number + 2)}、与第 {report.version - 1} 版的不同")
        for line in lines[:_CHANGES_SHOWN]:
            page.text(document, line)
        if len(lines) > _CHANGES_SHOWN:
            page.text(document, f"共 {len(lines)} 处不同，其余见表格文件。")
    document.add_paragraph()
    page.text(document, signature(report))
    _explain(document, report, body)
    return page.content_of(document)


def to_book(report: Report, body: Body) -> bytes:
    """Return a report as XLSX: contents, a sheet a panel, the comparison, what changed."""
    answers = [one.answer for one in body.figures]
    texts = [row for one in body.figures for row in comparison(body, one)]
    answers.append(_listed("与以前各期比较", comparison_head(body), texts, origins(body)))
    if report.version > 1:
        rows = [
            [one.title, one.row, one.column, one.before, one.now] for one in report.changes
        ]  # fmt: skip
        answers.append(
            _listed("与上一版的不同", ["指标", "行", "列", "原报", "现为"], rows,
                    f"与第 {report.version - 1} 版不同的数字")
        )  # fmt: skip
    board = Board(report.kind.value, body.title, version_line(report), ())
    return to_workbook(
        board, answers, at=report.made_at, place=body.place_name,
        span=f"{body.asked.first} 至 {body.asked.last}；{signature(report)}；报告 {report.id}",
    )  # fmt: skip


def laid_out(figures: Figures) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of a panel's table; lines over months stand side by side."""
    columns = figures.answer.columns
    if figures.shape == Shape.SERIES.value and len(columns) == 3 and columns[1].unit is None:
        return _side_by_side(figures)
    head = [_head(column) for column in columns]
    rows = [
        [
            f"{row.values[place]}"[:7] if figures.columns[place].day else text
            for place, text in enumerate(texts)
        ]
        for row, texts in zip(figures.rows, figures.texts, strict=True)
    ]
    return head, rows


def _side_by_side(figures: Figures) -> tuple[list[str], list[list[str]]]:
    labels = list(dict.fromkeys(str(row.values[1]) for row in figures.rows))
    months: dict[str, list[str]] = {}
    zero = figure(0, figures.answer.columns[2])
    for row, texts in zip(figures.rows, figures.texts, strict=True):
        month = months.setdefault(str(row.values[0])[:7], [zero] * len(labels))
        month[labels.index(str(row.values[1]))] = texts[2]
    unit = figures.answer.columns[2].unit
    word = f"（{unit.zh}）" if unit is not None and unit.zh else ""
    head = [figures.columns[0].zh, *(f"{label}{word}" for label in labels)]
    return head, [[month, *texts] for month, texts in months.items()]


def _head(column: Column) -> str:
    unit = "" if column.unit is None else column.unit.zh
    return f"{column.zh}（{unit}）" if unit and unit not in ("%", column.zh) else column.zh


def _listed(title: str, head: list[str], rows: list[list[str]], about: str) -> Answer:
    """Return texts as a panel, for the spreadsheet."""
    columns = tuple(Column(f"c{place}", word) for place, word in enumerate(head))
    panel = Panel(
        title, title, Shape.TABLE, columns, "", About(about, "本报告", "冻结时"), suppress=None
    )
    return Answer(panel, [Row(tuple(row)) for row in rows])


def _explain(document: object, report: Report, body: Body) -> None:
    """Add what the figures mean and where they come from, in small letters."""
    page.note(document, "附：指标说明")
    page.note(document, SMALL_CELLS)
    for figures in body.figures:
        page.note(document, f"{figures.title}——{figures.answer.panel.about.text}")
    positions = "，".join(f"{lane}:{top}" for lane, top in report.cut_off.positions.items())
    page.note(
        document,
        f"报告编号 {report.id}；统计 {date.fromisoformat(body.asked.first)} 至 {body.asked.last}；"
        f"收录 {moment_zh(report.made_at)} 以前收到的数据（位置 {positions or '无'}）；"
        f"冻结内容校验码 SHA-256 {report.digest}。",
    )
