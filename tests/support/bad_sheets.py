"""Files that departments send by mistake, by accident or worse; each maker gives the bytes of one.

All are made from the same right sheet of a few people, so that what remains readable can be
compared with it.
"""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from streams.simulator.sheets.page import Cell, Page, delimited, workbook

HEADER: tuple[str, ...] = (
    "县", "乡", "行政村", "户编号", "人编号", "姓名", "证件号码", "是否已务工", "务工月收入",
)  # fmt: skip
MONTH = "2026年05月"
PEOPLE = (  # of the examples of the standard and made up: right check digits, nobody real
    "11010519491231002X", "522632199105110010", "522632197910110014", "522632197612190001",
    "522632199501100009",
)  # fmt: skip
SHEET = "xl/worksheets/sheet1.xml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HUGE_BYTES = 600 * 2**20
_MILLION = 1_048_576   # rows of a sheet
_WIDEST = 16_384


def rows() -> list[list[Cell]]:
    """Return the right sheet: a header and five people."""
    place: tuple[Cell, ...] = ("榕江县", "车民街道", "富民社区居民委员会")
    table: list[list[Cell]] = [list(HEADER)]
    for at, number in enumerate(PEOPLE):
        own = (f"522632001000000{at}", f"52263200100000{at}01", f"某{at}")
        table.append([*place, *own, number, "是", 3000 + at])
    return table


def registered() -> list[bytes]:
    """Return events that make the five people known."""
    lines = []
    for at, number in enumerate(PEOPLE):
        shared = {
            "source_system": "national_monitoring", "source_version": 1, "op": "upsert",
            "household_no": f"522632001000000{at}", "region_code": "522632001001",
            "occurred_from": "2025-01-01", "reported_at": "2025-01-02T09:00:00+08:00",
        }  # fmt: skip
        birth = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        sex = "male" if int(number[16]) % 2 else "female"
        lines += [
            json.dumps({"event_type": "household.upsert", "source_record_id": f"H{at}"} | shared),
            json.dumps(
                {"event_type": "member.upsert", "source_record_id": f"M{at}", "id_number": number}
                | {"sex": sex, "birth": birth, "relation": "head"} | shared),
        ]
    return [line.encode() for line in lines]


def right(tab: str = MONTH) -> bytes:
    """Return the right sheet as XLSX."""
    return workbook([Page(tab, rows())])


def csv(encoding: str = "gb18030") -> bytes:
    """Return the right sheet as CSV."""
    return delimited(Page("", rows()), encoding=encoding)


def rewritten(
    content: bytes, parts: Mapping[str, Callable[[bytes], bytes]], more: Mapping[str, bytes]
) -> bytes:
    """Return an XLSX with some parts changed and others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(
        out, "w", zipfile.ZIP_DEFLATED
    ) as new:
        for info in old.infolist():
            change = parts.get(info.filename, lambda same: same)
            new.writestr(info, change(old.read(info)), zipfile.ZIP_DEFLATED)
        for name, data in more.items():
            new.writestr(name, data)
    return out.getvalue()


def _edited(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    def change(data: bytes) -> bytes:
        assert old in data, (part, old)
        return data.replace(old, new, 1)

    return rewritten(content, {part: change}, {})


def formula_errors() -> bytes:
    """Return a sheet of whose five wages two are the errors of formulas, one is a good formula."""
    content = right()
    for cell, value, shown in (
        ("I2", b"3000", b'<c r="I2" t="e"><f>VLOOKUP(A1,B:C,2,0)</f><v>#N/A</v></c>'),
        ("I3", b"3001", b'<c r="I3" t="e"><f>#REF!+1</f><v>#REF!</v></c>'),
        ("I4", b"3002", b'<c r="I4"><f>3000+2</f><v>3002</v></c>'),
    ):
        old = b'<c r="%s"><v>%s</v></c>' % (cell.encode(), value)
        content = _edited(content, SHEET, old, shown)
    return content


def macros() -> bytes:
    """Return a workbook with macros (.xlsm) whatever it is called."""
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    with_macros = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    content = _edited(right(), "[Content_Types].xml", plain, with_macros)
    return rewritten(content, {}, {"xl/vbaProject.bin": _OLE + bytes(2048)})


def external_links() -> bytes:
    """Return a workbook with a wage taken from another file on somebody's computer."""
    old = b'<c r="I2"><v>3000</v></c>'
    new = b'<c r="I2"><f>[1]Sheet1!$A$1</f><v>3000</v></c>'
    link = (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<externalBook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships" r:id="rId1"/></externalLink>'
    )
    target = (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns='
        b'"http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'externalLinkPath" Target="file:///C:/other.xlsx" TargetMode="External"/></Relationships>'
    )
    more = {
        "xl/externalLinks/externalLink1.xml": link,
        "xl/externalLinks/_rels/externalLink1.xml.rels": target,
    }
    return rewritten(_edited(right(), SHEET, old, new), {}, more)


def truncated() -> bytes:
    """Return the first two thirds of an upload that broke off."""
    content = right()
    return content[: len(content) * 2 // 3]


def one_byte_wrong() -> bytes:
    """Return a workbook of which one packed byte was damaged on its way."""
    content = bytearray(right())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo(SHEET)
    content[info.header_offset + 30 + len(SHEET) + info.compress_size // 2] ^= 0xFF
    return bytes(content)


def password() -> bytes:
    """Return a workbook locked with a password: a compound file with an encrypted package."""
    return _compound("EncryptionInfo", "EncryptedPackage")


def old_xls() -> bytes:
    """Return a file of Excel 97."""
    return _compound("Workbook")


def _compound(*names: str) -> bytes:
    """Return a compound file whose directory has streams of these names."""
    entries = b"".join(
        (name.encode("utf-16-le") + bytes(2)).ljust(64, b"\0") + bytes(64)
        for name in ("Root Entry", *names)
    )
    return _OLE.ljust(512, b"\0") + entries.ljust(512, b"\0") + bytes(8192)


def zip_bomb() -> bytes:
    """Return a sheet of blanks that unpacks to 600 MB, and says so."""
    return _with_long_sheet(b" " * 2**20, _HUGE_BYTES // 2**20)


def lying_zip_bomb() -> bytes:
    """Return the same, but the directory says that the sheet has 1,000 bytes."""
    content = bytearray(_with_long_sheet(b" " * 2**20, 64))
    size = (64 * 2**20).to_bytes(4, "little")
    at = content.rfind(b"PK\x01\x02")
    at = content.find(size, at)
    assert at > 0
    content[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(content)


def million_empty_rows() -> bytes:
    """Return a right sheet below which somebody painted a million rows."""
    painted = b"".join(
        b'<row r="%d" s="1" customFormat="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>'
        % (row, row, row) for row in range(len(PEOPLE) + 2, _MILLION + 1)
    )
    return _edited(right(), SHEET, b"</sheetData>", painted + b"</sheetData>")


def painted_columns() -> bytes:
    """Return a right sheet whose header row somebody painted to the last column, XFD."""
    painted = b"".join(
        b'<c r="%s1" s="1"/>' % letters(at).encode() for at in range(len(HEADER), _WIDEST)
    )
    return _edited(right(), SHEET, b'</row><row r="2"', painted + b'</row><row r="2"')


def many_columns() -> bytes:
    """Return a sheet with text in 16,000 columns."""
    return workbook([Page(MONTH, [[f"列{at}" for at in range(16_000)] for _ in range(3)])])


def letters(column: int) -> str:
    """Return the letters of a column, from 0."""
    name = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        name = chr(65 + place) + name
    return name


def _with_long_sheet(piece: bytes, times: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(right())) as old, zipfile.ZipFile(
        out, "w", zipfile.ZIP_DEFLATED, compresslevel=1
    ) as new:
        for info in old.infolist():
            if info.filename != SHEET:
                new.writestr(info, old.read(info))
        with new.open(SHEET, "w") as part:
            for _ in range(times):
                part.write(piece)
    return out.getvalue()


def quote_never_closed() -> bytes:
    """Return a CSV in whose third line a quotation mark opens that none closes."""
    lines = csv("utf-8-sig").split(b"\r\n")
    lines[2] = lines[2].replace("某1".encode(), '"某1'.encode())
    return b"\r\n".join(lines)


def mixed_encodings() -> bytes:
    """Return a CSV that begins in UTF-8 and goes on in GBK, as two files pasted together."""
    first, second = csv("utf-8").split(b"\r\n", 3), csv("gbk").split(b"\r\n", 3)
    return b"\r\n".join([*first[:3], second[3]])


def nul_bytes() -> bytes:
    """Return a CSV with NUL bytes inside, as a broken disk leaves them."""
    content = csv("utf-8")
    return content[:200] + bytes(16) + content[200:]


def pdf() -> bytes:
    """Return a PDF."""
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<<>>\n%%EOF\n"


def html() -> bytes:
    """Return what many web systems call .xls: a table in HTML."""
    body = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows())
    head = "<html><head><meta charset=utf-8></head>"
    return f"{head}<body><table>{body}</table></body></html>".encode()


def word_document() -> bytes:
    """Return a document of Word: a ZIP too, without any sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


def two_hundred_megabytes() -> bytes:
    """Return a CSV of 200 MB."""
    header, line = csv("gb18030").split(b"\r\n")[:2]
    line += b"\r\n"
    return header + b"\r\n" + line * (200 * 2**20 // len(line))


def entities() -> bytes:
    """Return a workbook whose texts grow tenfold with each of nine levels of XML entities."""
    levels = "".join(
        f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, 9))
    bomb = f'<!DOCTYPE sst [<!ENTITY e0 "文字文字文字">{levels}]>'.encode()

    def change(data: bytes) -> bytes:
        head, _, body = data.partition(b"?>\n")
        return head + b"?>\n" + bomb + body.replace("榕江县".encode(), b"&e8;", 1)

    return rewritten(right(), {"xl/sharedStrings.xml": change}, {})


@dataclass(frozen=True)
class Bad:
    """One bad file.

    Attributes
    ----------
    name
        As its sender calls it.
    make
        Gives its bytes.
    says
        What the sentence of a refusal must hold, "" when the file is answered row by row.
    """

    name: str
    make: Callable[[], bytes]
    says: str = ""


REFUSED = (
    Bad("断了.xlsx", truncated, "不完整"),
    Bad("坏了.xlsx", one_byte_wrong, "损坏"),
    Bad("有密码.xlsx", password, "密码"),
    Bad("旧版.xls", old_xls, "另存为"),
    Bad("炸弹.xlsx", zip_bomb, "过大"),
    Bad("说谎的炸弹.xlsx", lying_zip_bomb, "损坏"),
    Bad("很多列.xlsx", many_columns, "列"),
    Bad("引号.csv", quote_never_closed, "引号"),
    Bad("两种编码.csv", mixed_encodings, "编码"),
    Bad("空字节.csv", nul_bytes, "NUL"),
    Bad("其实是.xlsx", pdf, "PDF"),
    Bad("网页.xlsx", html, "网页"),
    Bad("文档.xlsx", word_document, "不是 xlsx"),
    Bad("二百兆.csv", two_hundred_megabytes, "MB"),
    Bad("实体.xlsx", entities, "内部格式"),
)
ANSWERED = (
    Bad("公式错误.xlsx", formula_errors),
    Bad("有宏.xlsx", macros),
    Bad("外部链接.xlsx", external_links),
    Bad("一百万空行.xlsx", million_empty_rows),
    Bad("涂色的列.xlsx", painted_columns),
)
