"""The recovery sheet: the vault's key on paper, in groups with a check for each row.

A row is four groups of four hex digits and two digits that check the row and its place, so that
whoever types it is told which row is wrong.
"""

import hashlib
from html import escape
from pathlib import Path

from streams.vault.keys import KEY_BYTES, load
from yujing.errors import SettingsError
from yujing.storage.private import write_private

_GROUPS, _DIGITS = 4, 4
_ROW = _GROUPS * _DIGITS
ROWS = KEY_BYTES * 2 // _ROW


def rows_of(key: str) -> list[str]:
    """Return the rows of a key of 64 hex digits.

    Examples
    --------
    >>> rows_of("0" * 64)[0]
    '0000 0000 0000 0000  cd'
    """
    parts = [key[start : start + _ROW] for start in range(0, len(key), _ROW)]
    return [
        " ".join(part[start : start + _DIGITS] for start in range(0, _ROW, _DIGITS))
        + "  "
        + _check(place, part)
        for place, part in enumerate(parts)
    ]


def key_of(rows: list[str]) -> str:
    """Return the key of rows as somebody typed them; blanks, dashes and capitals do not matter.

    Raises
    ------
    SettingsError
        Naming every row that is wrong.
    """
    if len(rows) != ROWS:
        raise SettingsError([f"the key has {ROWS} rows, not {len(rows)}"])
    problems, key = [], ""
    for place, row in enumerate(rows):
        typed = "".join(row.replace("-", " ").split()).lower()
        part, check = typed[:_ROW], typed[_ROW:]
        if len(typed) != _ROW + 2 or check != _check(place, part):
            problems.append(f"row {place + 1} of the key does not check; look at it again")
        key += part
    if problems:
        raise SettingsError(problems)
    return key


def write_sheet(path: Path, key_path: Path, backup: Path, made_at: str) -> None:
    """Write the sheet, with mode 0600; HTML where the name ends so, else text.

    Raises
    ------
    SettingsError
        If the key does not read.
    FileExistsError
        If the file is there already.
    """
    load(key_path)
    rows = rows_of(key_path.read_text(encoding="ascii").strip())
    lines = _words(rows, backup, made_at)
    html = path.suffix.lower() in (".html", ".htm")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, (_page(lines) if html else "\n".join(lines) + "\n").encode())


def _words(rows: list[str], backup: Path, made_at: str) -> list[str]:
    return [
        "预警系统 恢复单（机密）",
        "",
        f"备份：{backup}",
        f"时间：{made_at}",
        "",
        "密钥（每行四组，最后两位是校验）：",
        *(f"  {place}.  {row}" for place, row in enumerate(rows, 1)),
        "",
        "没有这把密钥，备份里的姓名、身份证号、电话和备注谁也打不开，新来的数据也认不出人。",
        "谁同时拿到备份和密钥，谁就能看到所有人的信息。所以两样要分开存放。",
        "",
        "怎么保管",
        "  1. 打印两份，分别锁在两个地方，不要和备份放在一起。",
        "  2. 打印之后删除这个文件，不要发邮件、不要拍照、不要放进网盘。",
        "  3. 换了保管人，在单子背面写上日期和姓名。",
        "",
        "怎么恢复",
        "  1. 在新机器上装好同一版本或更新的 yujing，设好 YUJING_DATA 和 YUJING_KEY_FILE。",
        "  2. 运行：yujing restore 备份目录 --type-key",
        "     照着上面逐行输入密钥，空格和大小写不限；哪一行抄错会指出来。",
        "  3. 看到 digest 一致，再运行：yujing serve",
    ]


def _page(lines: list[str]) -> str:
    title, *rest = lines
    body = escape("\n".join(rest))
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        "<style>body{font:16px/1.7 sans-serif;margin:2cm}"
        "pre{font:16px/1.7 monospace;white-space:pre-wrap}</style>"
        f"<h1>{escape(title)}</h1><pre>{body}</pre></html>\n"
    )


def _check(place: int, part: str) -> str:
    return hashlib.sha256(f"{place}:{part}".encode()).hexdigest()[:2]
