"""How the import pages say what became of a file."""

from dataclasses import dataclass
from datetime import date

from yujing.app.uploads.answer import Told
from yujing.app.uploads.store import ASKING, DONE, EXPIRED, REFUSED, RUNNING, WAITING, Upload
from yujing.domain.days import month_start, to_month

MONTHS_BACK = 24  # corrections of two years are still sent
OUTCOMES = (
    ("accepted", "已接收", "新的或有变化的行，已经记下"),
    ("duplicate", "重复", "以前报过，内容一样，不用管"),
    ("conflict", "冲突", "同一件事报了两种内容，以先登记的为准，请核对"),
    ("rejected", "已拒绝", "有错，没有记下；改好后再传"),
    ("unmatched", "未匹配", "证件号码没有登记过；登记后自动补上，也请核对号码"),
)
STATES = {
    WAITING: "排队中", RUNNING: "正在处理", ASKING: "等您回答", DONE: "处理完了",
    REFUSED: "没有接收", EXPIRED: "过期未答，已删除",
}  # fmt: skip


@dataclass(frozen=True)
class Count:
    """Rows of one outcome."""

    zh: str
    n: int
    meaning: str


def counts_of(told: Told) -> list[Count]:
    """Return the outcomes of rows, also those of which there are none."""
    return [Count(zh, told.counts.get(name, 0), means) for name, zh, means in OUTCOMES]


def sentence(upload: Upload) -> str:
    """Return one line that says what became of a file."""
    told = upload.told
    if upload.state in (REFUSED, ASKING):
        return told.zh
    if upload.state != DONE:
        return STATES[upload.state]
    rows = told.counts.get("rows", 0)
    parts = [f"{one.zh} {one.n:,}" for one in counts_of(told) if one.n]
    if told.retracted:
        parts.append(f"撤回 {told.retracted:,}")
    return f"共 {rows:,} 行：" + "、".join(parts) if parts else "表里没有数据行。"


def progress_line(upload: Upload, *, now_s: int) -> str:
    """Return how far a file is, in rows and rows a second.

    Examples
    --------
    >>> from yujing.app.uploads.store import Sender
    >>> one = Upload(1, Sender("a", "", ""), "a.xlsx", 9, "", 0, "running", None, False, 1,
    ...     100, 9000, 10_000, Told(), None, None)
    >>> progress_line(one, now_s=103)
    '9,000 / 10,000 行 · 每秒 3,000 行'
    """
    if upload.state == WAITING:
        return "排队中，前面的处理完就开始"
    if not upload.rows_done:
        return "正在读表"
    total = f" / {upload.rows_total:,}" if upload.rows_total else ""
    seconds = max(now_s - (upload.started_at or now_s), 1)
    return f"{upload.rows_done:,}{total} 行 · 每秒 {upload.rows_done // seconds:,} 行"


def size_zh(n_bytes: int) -> str:
    """Return a size.

    Examples
    --------
    >>> size_zh(900), size_zh(3_500_000)
    ('1 KB', '3.3 MB')
    """
    if n_bytes < 2**20:
        return f"{max(1, round(n_bytes / 1024))} KB"
    return f"{n_bytes / 2**20:.1f} MB"


def month_choices(today: date) -> list[tuple[str, str]]:
    """Return the months that a sheet may be about, the newest first: value and words.

    Examples
    --------
    >>> month_choices(date(2026, 1, 5))[:2]
    [('2026-01', '2026 年 1 月'), ('2025-12', '2025 年 12 月')]
    """
    last = to_month(today)
    days = [month_start(last - back) for back in range(MONTHS_BACK)]
    return [(f"{day:%Y-%m}", f"{day.year} 年 {day.month} 月") for day in days]


def month_of(text: str, today: date) -> int | None:
    """Return the month that was chosen, None for anything that is no choice."""
    if text not in dict(month_choices(today)):
        return None
    year, month = text.split("-")
    return int(year) * 12 + int(month) - 1
