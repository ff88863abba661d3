"""`/import`: departments upload their sheets, watch them being taken, and fetch what came of them.

An upload is sealed while it comes and delivered by a thread of `serve`; the browser may be closed
meanwhile. Everybody sees their own uploads only.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from yujing.access.accounts import Account
from yujing.access.roles import Right, Role
from yujing.app.import_samples import Sample
from yujing.app.import_words import (
    STATES,
    counts_of,
    month_choices,
    month_of,
    progress_line,
    sentence,
    size_zh,
)
from yujing.app.uploads.receiving import (
    MEBIBYTE,
    FileTooLargeError,
    LingeringResponse,
    NotOursError,
    Receiver,
)
from yujing.app.uploads.store import ASKING, RESULT, Sender, Upload, Uploads
from yujing.domain.codes import Source
from yujing.errors import AccessDeniedError, UsageError
from yujing.web.page import Ask, Pages, redirect
from yujing.web.render import environment
from yujing.web.services import Services

NO_SOURCE = "这个账号还没有登记属于哪个部门，不能上传。请联系数据组登记部门后再来。"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Room:
    """What the import pages need beside the services of all pages.

    Parameters
    ----------
    uploads
        The uploaded files.
    wake
        Called when something was put into the queue.
    most_bytes
        Largest file.
    department
        Gives who answers for a source.
    samples
        Gives the empty sheets of a source, of all when it is None.
    elsewhere
        Addresses and words of other pages for those who upload.
    """

    uploads: Uploads
    wake: Callable[[], None]
    most_bytes: int
    department: Callable[[Source], str]
    samples: Callable[[Source | None], Sequence[Sample]]
    elsewhere: Sequence[tuple[str, str]] = ()


def routes(services: Services[Any], room: Room) -> list[Route]:
    """Return /import and what lies below it."""
    pages = Pages(services, environment(app="yujing.app"))
    own = ImportPages(pages, room)

    def get(path: str, handler: Callable[[Ask], Response]) -> Route:
        return pages.route(path, handler, right=Right.IMPORT)

    def post(path: str, handler: Callable[[Ask], Response]) -> Route:
        return pages.route(path, handler, right=Right.IMPORT, methods=("POST",))

    return [
        get("/import", own.home),
        pages.body_route("/import", own.receive, right=Right.IMPORT),
        get("/import/list", own.lists),
        get("/import/samples/{name}", own.sample),
        get("/import/{number:int}", own.one),
        get("/import/{number:int}/part", own.part),
        get("/import/{number:int}/result", own.result),
        post("/import/{number:int}/answer", own.answer),
        post("/import/{number:int}/withdraw", own.withdraw),
    ]


def sender_of(account: Account) -> Sender | None:
    """Return for which source an account sends; None when it may not send yet.

    The data team sends for any department; a department for its own source alone.
    """
    if account.source is None and account.role is not Role.DATA_TEAM:
        return None
    source = account.source.value if account.source else ""
    return Sender(account.username, source, account.scope.prefix)


class ImportPages:
    """The pages.

    Parameters
    ----------
    pages
        Makes answers.
    room
        Uploads and what belongs to them.
    """

    def __init__(self, pages: Pages, room: Room) -> None:
        self._pages, self._room = pages, room

    # --- seeing

    def home(self, ask: Ask) -> Response:
        """Show the form, what waits and what came of the last uploads."""
        account = ask.visitor.account
        sender = sender_of(account)
        return self._pages.render(
            ask, "app/import.html", **self._lists_of(ask),
            whose=self._whose(account), line="" if sender else NO_SOURCE, may_send=bool(sender),
            most_mb=self._room.most_bytes // MEBIBYTE, most_bytes=self._room.most_bytes,
            samples=self._room.samples(account.source) if sender else (),
            elsewhere=self._room.elsewhere,
        )  # fmt: skip

    def lists(self, ask: Ask) -> Response:
        """Show the lists alone: what a page asks for while something is under way."""
        return self._pages.render(ask, "app/import_list.html", **self._lists_of(ask))

    def one(self, ask: Ask) -> Response:
        """Show what became of one upload."""
        return self._show(ask, "app/import_one.html", self._mine(ask))

    def part(self, ask: Ask) -> Response:
        """Show the changing part of that page alone."""
        return self._show(ask, "app/import_part.html", self._mine(ask))

    def result(self, ask: Ask) -> Response:
        """Hand out the file that goes back."""
        upload = self._mine(ask)
        name = upload.told.result_name
        if not upload.has_result:
            raise UsageError("这份结果已经删除。请把原来的表再传一次，就能重新得到结果。")
        self._pages.services.access.audit.note(
            ask.visitor.account, what="sheet", subject=upload.id, reason="下载报送结果",
            address=ask.visitor.address, at=ask.now,
        )  # fmt: skip
        self._room.uploads.fetched(upload.id, at=_seconds(ask))
        return _file(self._room.uploads.pieces(upload.id, RESULT), name)

    def sample(self, ask: Ask) -> Response:
        """Hand out an empty sheet with the columns that are wanted."""
        sender = sender_of(ask.visitor.account)
        for sample in self._room.samples(ask.visitor.account.source) if sender else ():
            if sample.name == ask.path["name"]:
                return _file(iter([sample.content()]), f"{sample.title}.xlsx")
        raise AccessDeniedError("没有这张表")

    # --- doing

    async def receive(self, ask: Ask) -> Response:
        """Keep the files of a form; a script gets JSON, a form without script goes on."""
        sender = sender_of(ask.visitor.account)
        if sender is None:
            return LingeringResponse(self._refused(ask, UsageError(NO_SOURCE)))
        receiver = Receiver(
            self._room.uploads, sender, lambda sent: self._pages.own_form(ask, sent),
            self._room.most_bytes, at=_seconds(ask),
        )  # fmt: skip
        try:
            received = await receiver.receive(ask.request)
            if received.empty:
                raise UsageError(f"“{received.empty[0]}”是空文件，没有收下。")
        except ClientDisconnect:
            return Response(status_code=400)
        except UsageError as error:
            refused = self._refused(ask, error)
            return refused if receiver.ended else LingeringResponse(refused)
        finally:
            self._room.wake()
        if _by_script(ask):
            return JSONResponse({"line": "已收到", "uploads": received.uploads})
        return redirect("/import")

    def _refused(self, ask: Ask, error: UsageError) -> Response:
        status = {NotOursError: 403, FileTooLargeError: 413}.get(type(error), 400)
        if _by_script(ask):
            return JSONResponse({"line": str(error)}, status)
        return self._pages.problem(ask.request, status, str(error), visitor=ask.visitor)

    def answer(self, ask: Ask) -> Response:
        """Take what the sender was asked for: the month, or that rows are really gone."""
        upload = self._mine(ask)
        month = month_of(ask.form.get("month", ""), ask.today)
        confirmed = ask.form.get("confirmed") == "1"
        if upload.told.question == "month" and month is None:
            raise UsageError("请先选这张表是哪个月的。")
        taken = self._room.uploads.answer(
            upload.id, upload.sender.username, month=month, confirmed=confirmed
        )
        if taken:
            self._room.wake()
        return redirect(f"/import/{upload.id}")

    def withdraw(self, ask: Ask) -> Response:
        """Erase an upload that was not taken yet."""
        upload = self._mine(ask)
        if not self._room.uploads.withdraw(upload.id, upload.sender.username):
            raise UsageError("这个文件已经开始处理，不能撤回了。改好后再传一次，新的会代替旧的。")
        return redirect("/import")

    # --- parts

    def _mine(self, ask: Ask) -> Upload:
        upload = self._room.uploads.get(int(ask.path["number"]))
        if upload is None or upload.sender.username != ask.visitor.account.username:
            raise AccessDeniedError("没有这个文件")
        return upload

    def _show(self, ask: Ask, template: str, upload: Upload) -> Response:
        return self._pages.render(
            ask, template, upload=upload, line=sentence(upload), counts=counts_of(upload.told),
            state_zh=STATES.get(upload.state, ""),
            progress=progress_line(upload, now_s=_seconds(ask)),
            months=month_choices(ask.today), size=size_zh(upload.size),
            received_at=_moment(upload.received_at),
        )  # fmt: skip

    def _lists_of(self, ask: Ask) -> dict[str, Any]:
        mine = self._room.uploads.of_account(ask.visitor.account.username)
        now_s = _seconds(ask)
        return {
            "asking": [_row(one, now_s) for one in mine if one.state == ASKING],
            "active": [_row(one, now_s) for one in reversed(mine) if one.active],
            "ended": [_row(one, now_s) for one in mine if one.state != ASKING and not one.active],
        }

    def _whose(self, account: Account) -> str:
        if account.source is not None:
            return self._room.department(account.source)
        return "数据组（代各部门报送）" if account.role is Role.DATA_TEAM else account.name


@dataclass(frozen=True)
class _Row:
    """A line of the list."""

    upload: Upload
    line: str
    progress: str
    received_at: Any


def _row(upload: Upload, now_s: int) -> _Row:
    return _Row(
        upload, sentence(upload), progress_line(upload, now_s=now_s), _moment(upload.received_at)
    )


def _file(pieces: Iterator[bytes], name: str) -> Response:
    kind = _CSV if name.endswith(".csv") else _XLSX
    told = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return StreamingResponse(pieces, media_type=kind, headers={"content-disposition": told})


def _by_script(ask: Ask) -> bool:
    return "application/json" in ask.request.headers.get("accept", "")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _seconds(ask: Ask) -> int:
    return int(ask.now.timestamp())
