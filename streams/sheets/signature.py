"""What a file is by its first bytes, whatever its name says, and how to mend the wrong kinds."""

from streams.sheets.archive import SAVE_AS, password
from yujing.errors import UnreadableFileError

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<meta", b"<table", b"<style", b"<body", b"<?xml")
_OTHERS = (  # (start, what it is, in Chinese)
    (b"%PDF", "a PDF", "PDF 文件"),
    (b"Rar!", "a RAR archive", "RAR 压缩包"),
    (b"7z\xbc\xaf", "a 7z archive", "7z 压缩包"),
    (b"\x1f\x8b", "a gzip archive", "gzip 压缩包"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "zstd 压缩包"),
    (b"\x89PNG", "a picture", "图片"),
    (b"\xff\xd8\xff", "a picture", "图片"),
    (b"{\\rtf", "an RTF text", "RTF 文档"),
)


def is_archive(content: bytes) -> bool:
    """Say whether content is a ZIP archive, as an XLSX is."""
    return content.startswith(_ZIP)


def refuse_other_kinds(content: bytes) -> None:
    """Refuse content that is neither an archive nor text with separators.

    Parameters
    ----------
    content
        The whole file.

    Raises
    ------
    UnreadableFileError
        Naming the kind, and how to save it as XLSX.
    """
    if content.startswith(_OLE):
        raise _ole(content)
    for start, what, zh in _OTHERS:
        if content.startswith(start):
            raise UnreadableFileError(
                f"it is {what}, not an Excel or CSV file, whatever its name says",
                f"这是{zh}，不是 Excel 或 CSV 表格（与文件名无关）；请发送 xlsx 或 CSV 原表。",
            )
    start_text = content[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start_text.startswith(_MARKUP):
        raise UnreadableFileError(
            "it is a web page (HTML or XML), not an Excel or CSV file, whatever its name says",
            f"这是网页格式（HTML/XML）的文件，不是真正的 Excel 表格；{SAVE_AS}",
        )


def _ole(content: bytes) -> UnreadableFileError:
    if _PASSWORD in content:
        return password()
    return UnreadableFileError(
        "it is an old .xls (or other Office) file; save it as .xlsx and send that",
        f"这是旧版 Excel (.xls) 或其他 Office 文件；{SAVE_AS}",
    )
