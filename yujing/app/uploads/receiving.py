"""Files on their way in: each is sealed piece by piece and put into the queue when it is whole."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from yujing.app.uploads.form import Field, FileBegin, FileEnd, FilePiece, Step, steps_of
from yujing.app.uploads.store import Incoming, Sender, Uploads
from yujing.errors import UsageError

MEBIBYTE = 2**20
_REST_OF_FORM = MEBIBYTE  # what a form holds beside its files
_LINGER_BYTES = 64 * MEBIBYTE  # so much of a refused file is still read, and dropped
MOST_FILES = 20


class NotOursError(UsageError):
    """The form was not made by us for this browser, or is too old."""


class FileTooLargeError(UsageError):
    """A file is larger than we read."""


@dataclass
class Received:
    """What came of a form: numbers of uploads, and names of files that held nothing."""

    uploads: list[int] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)


class Receiver:
    """Receives the files of one form; `ended` says whether its whole body was read.

    Parameters
    ----------
    uploads
        Where they are kept.
    sender
        Who sends them.
    is_own
        Tells whether the token of a form is ours; asked before anything is kept.
    most_bytes
        Largest file.
    at
        Now, seconds since 1970.
    """

    def __init__(
        self, uploads: Uploads, sender: Sender, is_own: Callable[[str], bool], most_bytes: int,
        *, at: int,
    ) -> None:  # fmt: skip
        self._uploads, self._sender, self._is_own = uploads, sender, is_own
        self._most_bytes = most_bytes
        self._at = at
        self._owned = False
        self._incoming: Incoming | None = None
        self._name = ""
        self.received = Received()
        self.ended = False

    async def receive(self, request: Request) -> Received:
        """Read a form and keep its files.

        Raises
        ------
        UsageError
            If the form is not ours, broken off, or a file too large; a Chinese line. Files that
            were whole before stay in the queue.
        StorageError
            If the database refuses.
        """
        request = Request(request.scope, self._receive_of(request))
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._most_bytes + _REST_OF_FORM:
            raise self._too_large(int(declared))
        try:
            async with aclosing(steps_of(request)) as steps:
                async for step in steps:
                    await run_in_threadpool(self._take, step)
        except BaseException:
            if self._incoming is not None:
                await run_in_threadpool(self._incoming.abandon)
            raise
        if not (self.received.uploads or self.received.empty):
            raise UsageError("还没有选文件。请先选一个表格，再点“上传”。")
        return self.received

    def _receive_of(self, request: Request) -> Receive:
        async def receive() -> Message:
            message = await request.receive()
            self.ended = not message.get("more_body", False)
            return message

        return receive

    def _take(self, step: Step) -> None:
        if isinstance(step, Field):
            if step.name == "form_token":
                self._owned = self._is_own(step.value)
        elif not self._owned:
            raise NotOursError("页面放得太久，文件没有收下。请刷新页面后再传。")
        elif isinstance(step, FileBegin):
            if len(self.received.uploads) >= MOST_FILES:
                raise UsageError(f"一次最多传 {MOST_FILES} 个文件，其余的请再传一次。")
            self._incoming = self._uploads.begin(self._sender, step.name, at=self._at)
            self._name = step.name
        elif isinstance(step, FilePiece):
            self._add(step.content)
        elif isinstance(step, FileEnd):
            self._end()

    def _add(self, piece: bytes) -> None:
        incoming = self._incoming
        assert incoming is not None  # noqa: S101  a piece comes after its file's beginning
        if incoming.size + len(piece) > self._most_bytes:
            raise self._too_large(None)
        incoming.add(piece)

    def _end(self) -> None:
        incoming = self._incoming
        assert incoming is not None  # noqa: S101  a file ends after its beginning
        if incoming.size:
            incoming.complete()
            self.received.uploads.append(incoming.id)
        else:
            incoming.abandon()
            self.received.empty.append(self._name)
        self._incoming = None

    def _too_large(self, size: int | None) -> FileTooLargeError:
        most = self._most_bytes // MEBIBYTE
        said = "" if size is None else f"（{size // MEBIBYTE} MB）"
        return FileTooLargeError(
            f"文件太大{said}，一次最多 {most} MB，没有收下。"
            "请删掉用不着的工作表，或按乡镇分成几个文件再传。"
        )


class LingeringResponse(Response):
    """An answer to a body that is not read to its end.

    A browser reads no answer before it has sent its form, and takes a closed connection for a
    broken one. So the answer is sent, and what still comes is read for a while and dropped.

    Parameters
    ----------
    answer
        What to say.
    """

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.body, answer.status_code, media_type=answer.media_type)
        for name, value in answer.headers.items():
            self.headers[name] = value
        self.headers["connection"] = "close"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer and drop what still comes."""
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        await send({"type": "http.response.body", "body": bytes(self.body), "more_body": True})
        dropped = 0
        while dropped < _LINGER_BYTES:
            message = await receive()
            if message["type"] != "http.request" or not message.get("more_body", False):
                break
            dropped += len(message.get("body", b""))
        await send({"type": "http.response.body", "body": b"", "more_body": False})
