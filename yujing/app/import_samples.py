"""An empty sheet for each mapping: the columns that are wanted, and how each is to be filled in.

Its columns are formatted as text, so that Excel neither rounds a certificate number nor rewrites a
date.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass

import xlsxwriter

from streams.sheets.rules import ColumnRule, SheetMapping
from yujing.domain.codes import Source

_HOW = {
    "id_number": ("18 位身份证号，或 20、22 位残疾人证号", "52052619850501001X"),
    "name": ("户口簿上的姓名", "赵建军"),
    "phone": ("11 位手机号，或带区号的固定电话", "13800000101"),
    "month": ("年和月", "2026-10"),
    "day": ("年、月、日", "2026-10-08"),
    "day_or_month": ("年、月、日；不知道哪天只写年和月", "2026-10-08"),
    "year": ("年份", "2026"),
    "yuan": ("单位是元，只写数字", "3500"),
    "count": ("只写数字", "3"),
    "answer": ("是 或 否", "是"),
    "employer": ("企业全称或统一社会信用代码", "贵州某某服饰有限公司"),
    "county": ("县名", "威宁彝族回族苗族自治县"),
    "township": ("乡镇（街道）全名", "龙街镇"),
    "village": ("行政村全名", "大院村"),
    "place": ("省、市、县写全", "浙江省金华市义乌市"),
    "work_region": ("省、市、县写全", "浙江省金华市义乌市"),
    "region_code": ("6、9 或 12 位区划代码", "520526111202"),
    "number_text": ("按原样填，不要丢掉前面的 0", "0520526011101"),
}
_TEXT = ("按实际情况填写", "")
_MOST_WORDS = 12
_WIDTHS = (18, 8, 52, 26)


@dataclass(frozen=True)
class Sample:
    """The empty sheet of one mapping."""

    mapping: SheetMapping

    @property
    def name(self) -> str:
        """Its name in an address."""
        return self.mapping.name

    @property
    def title(self) -> str:
        """What the department calls the sheet."""
        return self.mapping.title

    def content(self) -> bytes:
        """Return an XLSX: the header row, and a page that says how to fill it in."""
        columns = list(self.mapping.columns.values())
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            text = book.add_format({"num_format": "@"})
            bold = book.add_format({"bold": True, "num_format": "@", "bottom": 1})
            sheet = book.add_worksheet(_sheet_name(self.title))
            for number, column in enumerate(columns):
                header = column.aliases[0].header
                sheet.set_column(number, number, max(12, 2 * len(header) + 2), text)
                sheet.write_string(0, number, header, bold)
            sheet.freeze_panes(1, 0)
            self._explain(book, bold, columns)
        return content.getvalue()

    def _explain(
        self, book: xlsxwriter.Workbook, bold: object, columns: Iterable[ColumnRule]
    ) -> None:
        page = book.add_worksheet("填写说明")
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for number, width in enumerate(_WIDTHS):
            page.set_column(number, number, width, wrapped)
        lines = [
            "从第一张工作表的第二行开始填，一行一条。列的先后可以变，不要的列可以删，必填的除外。"
        ]
        if self.mapping.period == "month":
            lines.append(f"文件名里写上月份，例如：{self.title}2026-10.xlsx。")
        for number, line in enumerate(lines):
            page.write_string(number, 0, line)
        head = len(lines) + 1
        for number, word in enumerate(("列名", "必填", "怎么填", "例子")):
            page.write_string(head, number, word, bold)
        for row, column in enumerate(columns, head + 1):
            how, example = how_to_fill(column)
            for number, word in enumerate(
                (column.aliases[0].header, "必填" if column.required else "", how, example)
            ):
                if word:
                    page.write_string(row, number, word)


def samples_of(mappings: Iterable[SheetMapping], source: Source | None) -> list[Sample]:
    """Return the sheets that a source sends; of all sources when it is None."""
    return [Sample(one) for one in mappings if source is None or one.source == source]


def how_to_fill(column: ColumnRule) -> tuple[str, str]:
    """Return in words how a column is filled in, and an example."""
    if column.shown and column.spelling != "answer":
        words = list(column.shown[:_MOST_WORDS])
        more = "等" if len(column.shown) > _MOST_WORDS else ""
        return "填其中一个：" + "、".join(words) + more, words[0]
    return _HOW.get(column.spelling, _TEXT)


def _sheet_name(title: str) -> str:
    return "".join("_" if c in "[]:*?/\\" else c for c in title)[:31]
