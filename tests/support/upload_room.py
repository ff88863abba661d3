"""Uploads on real databases with a small deliverer of the tests: it counts the lines of a CSV."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette

from streams.sheets.rules import Alias, ColumnRule, SheetMapping
from streams.vault.keys import Keys
from tests.support.pages import PASSWORD, MovableClock
from tests.support.small_county import SmallCounty
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.app.import_pages import Room
from yujing.app.import_pages import routes as import_routes
from yujing.app.import_samples import samples_of
from yujing.app.output import Output
from yujing.app.uploads.answer import Delivery, Order, Told
from yujing.app.uploads.store import Sender, Uploads
from yujing.app.uploads.worker import ImportWorker
from yujing.domain.codes import ReporterRole, Source
from yujing.domain.sources import SourceRegister
from yujing.web.application import application

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


class ImportCounty(SmallCounty):
    """The small county with accounts of departments and the import pages, nothing else new."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.uploads = Uploads(self.vault_engine, KEYS)
        self.counter = LineCounter()
        self.worker = ImportWorker(self.uploads, self.counter, self.clock)
        self.most_bytes = 3 * 2**20
        if self.access.accounts.get("liu") is None:
            for new in (
                NewAccount("liu", Role.DEPARTMENT, Scope("520526"), "刘会计", SOURCE),
                NewAccount("wei", Role.DEPARTMENT, Scope("520526"), "韦姐", Source.CIVIL_AFFAIRS),
                NewAccount("mei", Role.DEPARTMENT, Scope("520526"), "梅姐"),
            ):
                self.access.accounts.add(
                    new, at=self.clock.now(), by="test", password=PASSWORD, must_change=False
                )

    @property
    def app(self) -> Starlette:
        """The application with the import pages."""
        room = Room(
            self.uploads, self.worker.wake, self.most_bytes,
            SourceRegister.load().department, lambda source: samples_of([MAPPING], source),
            [("/quality", "数据质量：哪些行要改")],
        )  # fmt: skip
        return application(self.services, import_routes(self.services, room))


SOURCE = Source.EMPLOYMENT_PLATFORM
MAPPING = SheetMapping(
    "work_monthly", "已外出务工", SOURCE, ReporterRole.DEPARTMENT, "month", ("month", "village"),
    "", (),
    {
        rule.field: rule
        for rule in (
            ColumnRule("id_number", "id_number", (Alias("证件号码", "test"),), required=True),
            ColumnRule("started", "day", (Alias("开始时间", "test"),)),
            ColumnRule("worked", "answer", (Alias("是否已务工", "test"),), shown=("是", "否")),
            ColumnRule("kind", "code", (Alias("户类型", "test"),), shown=("脱贫户", "监测户")),
        )
    },
    (), "", "",
)  # fmt: skip
"""A mapping of the test's own."""
