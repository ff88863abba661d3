"""Uploads on real databases with a small deliverer of the tests: it counts the lines of a CSV."""

from collections.abc import Callable
from dataclasses import dataclass, field

from streams.vault.keys import Keys
from tests.support.pages import MovableClock
from yujing.app.output import Output
from yujing.app.uploads.answer import Delivery, Order, Told
from yujing.app.uploads.store import Sender, Uploads
from yujing.app.uploads.worker import ImportWorker

CLERK = Sender("liu", "employment_platform", "520526")
KEYS = Keys(b"k" * 32)


@dataclass
class LineCounter:
    """Takes every line but the first; asks for the month where the name says none."""

    before: Callable[[Order], None] = lambda order: None
    orders: list[Order] = field(default_factory=list)

    def __call__(self, order: Order, output: Output) -> Delivery:
        self.before(order)
        self.orders.append(order)
        rows = order.content.decode().splitlines()[1:]
        for n in range(len(rows)):
            output.progress("take", n + 1, len(rows))
        if order.content.startswith(b"%PDF"):
            return Delivery(Told(zh="这是 PDF，不是表格。请用 Excel 另存为 .xlsx 再传。"))
        if order.month is None and "月" not in order.name:
            return Delivery(Told(zh="看不出这张表是哪个月的。", question="month"))
        if not order.confirmed and len(rows) == 1:
            line = "这张表比上一张少了很多。"
            notes = ("龙街镇 大院村：上次 10 条，这次少了 9 条。",)
            return Delivery(Told(zh=line, question="retractions", notes=notes))
        rejected = sum("坏" in row for row in rows)
        counts = {"rows": len(rows), "accepted": len(rows) - rejected, "rejected": rejected}
        told = Told(sheets=("务工月监测",), months=("2026-10",), counts=counts,
                    result_name=f"{order.name}.结果.csv")  # fmt: skip
        return Delivery(told, [f"{row},已接收\n".encode() for row in rows])


def sent(uploads: Uploads, name: str = "10月.csv", content: bytes = b"a\n1\n2\n", at: int = 0,
         sender: Sender = CLERK) -> int:  # fmt: skip
    """Upload a file and return its number."""
    incoming = uploads.begin(sender, name, at=at)
    for start in range(0, len(content), 4):
        incoming.add(content[start : start + 4])
    incoming.complete()
    return incoming.id


def worker_of(uploads: Uploads, deliver: LineCounter, clock: MovableClock) -> ImportWorker:
    return ImportWorker(uploads, deliver, clock)
