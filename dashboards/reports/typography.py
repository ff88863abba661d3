"""The look of an official document (GB/T 9704-2012), as a Word document.

A4, margins 37, 35, 28 and 26 mm; title in 小标宋 of size 二号, text in 仿宋 of size 三号 on lines
of 28 points, first lines indented by two characters; headings in 黑体; page numbers "— 1 —" in
size 四号, on the outer side. Where a font is not there, the one named beside it is taken.
"""

import io
import zipfile
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

TITLE_FONT, TEXT_FONT, HEAD_FONT, SUB_FONT = (
    "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312",
)  # fmt: skip
INSTEAD = {
    TITLE_FONT: "宋体", TEXT_FONT: "仿宋", HEAD_FONT: "SimHei", SUB_FONT: "楷体", "宋体": "SimSun",
}  # fmt: skip
LATIN = "Times New Roman"
ERHAO, SANHAO, SIHAO, XIAOSI = Pt(22), Pt(16), Pt(14), Pt(12)
LINE = Pt(28)
_TEXT_WIDTH_MM = 156
_FIRST_COLUMN = 1.6  # times as wide as the others: it has the words
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same content makes the same file


def new_document(title: str, at: datetime) -> Any:
    """Return an empty document with page, fonts and page numbers.

    Parameters
    ----------
    title
        What the file says of itself.
    at
        When it was made.
    """
    document: Any = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    style = document.styles["Normal"]
    _font(style.element.get_or_add_rPr(), TEXT_FONT)
    style.font.size = SANHAO
    lines = style.paragraph_format
    lines.space_before = lines.space_after = Pt(0)
    lines.line_spacing_rule, lines.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    lines.widow_control = False
    document.settings.odd_and_even_pages_header_footer = True
    _number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    _name_fonts(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "", ""
    properties.created = properties.modified = at.replace(tzinfo=None, microsecond=0)
    return document


def title(document: Any, text: str) -> None:
    """Add the title."""
    _paragraph(document, text, TITLE_FONT, ERHAO, WD_ALIGN_PARAGRAPH.CENTER, line=Pt(35))


def centred(document: Any, text: str) -> None:
    """Add a line below the title, and an empty one."""
    _paragraph(document, text, SUB_FONT, SIHAO, WD_ALIGN_PARAGRAPH.CENTER)
    document.add_paragraph()


def heading(document: Any, text: str) -> None:
    """Add the heading of a chapter; programs list it."""
    made = _paragraph(document, text, HEAD_FONT, SANHAO, indent=True, keep=True)
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "0")
    made._p.get_or_add_pPr().append(level)


def text(document: Any, words: str) -> None:
    """Add a paragraph of text."""
    _paragraph(document, words, TEXT_FONT, SANHAO, WD_ALIGN_PARAGRAPH.JUSTIFY, indent=True)


def note(document: Any, words: str) -> None:
    """Add small text."""
    _paragraph(document, words, TEXT_FONT, XIAOSI, WD_ALIGN_PARAGRAPH.JUSTIFY, line=Pt(18))


def table(document: Any, caption: str, head: list[str], rows: list[list[str]]) -> None:
    """Add a table with its caption above; its head is repeated on every page."""
    _paragraph(
        document, caption, HEAD_FONT, SIHAO, WD_ALIGN_PARAGRAPH.CENTER, line=Pt(24), keep=True
    )
    made = document.add_table(rows=0, cols=len(head))
    made.style = "Table Grid"
    made.alignment, made.autofit = 1, False  # centred
    shares = [_FIRST_COLUMN, *([1.0] * (len(head) - 1))]
    widths = [Mm(_TEXT_WIDTH_MM * share / sum(shares)) for share in shares]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    for number, texts in enumerate((head, *rows)):
        row = made.add_row()
        marks = row._tr.get_or_add_trPr()
        marks.append(OxmlElement("w:cantSplit"))
        if number == 0:
            marks.append(OxmlElement("w:tblHeader"))
        for place, words in enumerate(texts):
            row.cells[place].width = widths[place]
            paragraph = row.cells[place].paragraphs[0]
            _set(
                paragraph, words, HEAD_FONT if number == 0 else TEXT_FONT, XIAOSI, line=Pt(18),
                align=WD_ALIGN_PARAGRAPH.RIGHT if number and place else WD_ALIGN_PARAGRAPH.CENTER
                if number == 0 else WD_ALIGN_PARAGRAPH.LEFT,
            )  # fmt: skip


def content_of(document: Any) -> bytes:
    """Return the document as a file; the same document is always the same bytes."""
    made, out = io.BytesIO(), io.BytesIO()
    document.save(made)
    with (
        zipfile.ZipFile(made) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _ZIP_TIME), source.read(name), 8)
    return out.getvalue()


def _paragraph(
    document: Any, words: str, font: str, size: Any, align: Any = None, *,
    indent: bool = False, line: Any = None, keep: bool = False,
) -> Any:  # fmt: skip
    paragraph = document.add_paragraph()
    _set(paragraph, words, font, size, align=align, line=line)
    paragraph.paragraph_format.keep_with_next = keep or None
    if indent:
        made = OxmlElement("w:ind")
        made.set(qn("w:firstLineChars"), "200")  # two characters, whatever their size
        made.set(qn("w:firstLine"), str(2 * int(size.pt) * 20))
        paragraph._p.get_or_add_pPr()._insert_ind(made)
    return paragraph


def _set(
    paragraph: Any, words: str, font: str, size: Any, *, align: Any = None, line: Any = None
) -> None:
    run = paragraph.add_run(words)
    run.font.size = size
    _font(run._r.get_or_add_rPr(), font)
    paragraph.alignment = align
    if line is not None:
        paragraph.paragraph_format.line_spacing = line


def _font(properties: Any, name: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for script, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", name)):
        fonts.set(qn(f"w:{script}"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def _number(footer: Any, align: Any) -> None:
    """Put the page number between dashes, one character from the edge."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = align
    indent = paragraph.paragraph_format
    indent.left_indent = indent.right_indent = SIHAO
    paragraph.add_run("— ")
    paragraph.add_run()._r.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="begin"/>'))
    paragraph.add_run()._r.append(
        parse_xml(f'<w:instrText {nsdecls("w")} xml:space="preserve"> PAGE </w:instrText>')
    )
    paragraph.add_run()._r.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="end"/>'))
    paragraph.add_run(" —")
    for run in paragraph.runs:
        run.font.size = SIHAO
        _font(run._r.get_or_add_rPr(), "宋体")


def _name_fonts(document: Any) -> None:
    """Say in the table of fonts which one to take where another is not there."""
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
        for name, other in INSTEAD.items()
    )
    part._blob = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>'
        f"{entries}</w:fonts>"
    ).encode()
