"""Uploads into the log: one file, delivered as a sheet of its sender's own source."""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from streams.door.grant import Grant
from streams.sheets.workbook import is_sheet
from yujing.app.county import County
from yujing.app.output import Output
from yujing.app.purposes import grant_for
from yujing.app.sheets.order import Delivered, ScopeLoss, SheetOrder, month_text
from yujing.app.sheets.results import result_path
from yujing.app.uploads.answer import Delivery, Order, Told
from yujing.app.uploads.store import PIECE_BYTES
from yujing.domain.codes import Source

_HEAD_BYTES = 512
_OPTION = re.compile(r"（--[^）]*）")  # of the command that says the same
_MOST_LOSSES = 12
NOT_A_SHEET = "这不是表格。这里只收 Excel（.xlsx）和 CSV；系统之间传事件请用接口，不用这个页面。"


class SheetDeliverer:
    """Delivers uploads of one county.

    Parameters
    ----------
    county
        The open data.
    """

    def __init__(self, county: County) -> None:
        self._county = county

    def __call__(self, order: Order, output: Output) -> Delivery:
        """Deliver a file; see `yujing.app.sheets.delivery`."""
        from yujing.app.sheets.delivery import deliver  # takes long to load: at the first sheet

        if not is_sheet(order.content[:_HEAD_BYTES], order.name):
            return Delivery(Told(zh=NOT_A_SHEET))
        sheet = SheetOrder(
            order.name, order.content, self._grant(order), order.by, "web", order.month,
            order.confirmed,
        )  # fmt: skip
        delivered = deliver(self._county, sheet, output)
        told = self._told(order, delivered)
        return Delivery(told, _written(delivered) if told.result_name else ())

    def _grant(self, order: Order) -> Grant:
        if not order.source:
            return Grant(None, None, (order.region,))
        return grant_for(self._county.source_register, Source(order.source), (order.region,))

    def _told(self, order: Order, delivered: Delivered) -> Told:
        from yujing.app.sheets.plan import mappings_of  # loaded with the first sheet, as above

        titles = {one.name: one.title for one in mappings_of(self._county)}
        name = ""
        if delivered.write_answer is not None and not delivered.error:
            name = result_name(order.name, delivered.kind)
        counts = delivered.counts
        return Told(
            zh=sentence(delivered),
            question=delivered.question,
            sheets=tuple(titles.get(name, name) for name in delivered.mappings),
            months=tuple(month_text(month) for month in delivered.months),
            counts={field: getattr(counts, field) for field in type(counts).__slots__}
            if not delivered.error
            else {},
            retracted=delivered.retracted,
            held_back=delivered.held_back,
            notes=notes_of(delivered),
            result_name=name,
        )


def result_name(name: str, kind: str) -> str:
    """Return what the file that goes back is called."""
    return result_path(Path(name), None, f".{kind}").name


def sentence(delivered: Delivered) -> str:
    """Return why a file was not taken, in words for somebody who has no command line."""
    if not delivered.error:
        return ""
    said = delivered.error_zh or "这个文件没有接收，请联系管理员"
    if delivered.question == "retractions":
        missing = sum(loss.missing for loss in delivered.losses)
        return (
            f"这张表比上一张少了 {missing:,} 条，先没有接收。是真的少了，还是没有传全？"
            "照这张表办，少了的记录就撤回，不再算数。"
        )
    if delivered.question == "month":
        said = said.partition("；")[0] + "。请选月份"
    return _OPTION.sub("", said).rstrip("。") + "。"


def notes_of(delivered: Delivered) -> tuple[str, ...]:
    """Return what else the sender should know, a sentence each."""
    return (*_notes(delivered), *_losses(delivered.losses))


def _notes(delivered: Delivered) -> Iterator[str]:
    for sheet in delivered.left:
        where = f"工作表“{sheet.name}”" if sheet.name else "有一张表"
        yield f"{where}没有处理：{sheet.why_zh.rstrip('。')}。"
    yield from delivered.notes_zh


def _losses(losses: Iterable[ScopeLoss]) -> Iterator[str]:
    """Say what each scope would lose, those that lose most first."""
    ordered = sorted(losses, key=lambda loss: (-loss.missing, loss.scope))
    for loss in ordered[:_MOST_LOSSES]:
        place = loss.scope.replace("|", " ").replace("/", " ")
        yield f"{place}：上次 {loss.held:,} 条，这次少了 {loss.missing:,} 条。"
    if len(ordered) > _MOST_LOSSES:
        yield f"还有 {len(ordered) - _MOST_LOSSES} 处也少了。"


def _written(delivered: Delivered) -> Iterator[bytes]:
    """Write the answer in memory, never to a file, and yield it piece by piece."""
    assert delivered.write_answer is not None  # noqa: S101  asked before
    content = io.BytesIO()
    delivered.write_answer(content)
    content.seek(0)
    while piece := content.read(PIECE_BYTES):
        yield piece
