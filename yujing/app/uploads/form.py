"""Reading a form with files as it comes: fields as text, files piece by piece, nothing on disk.

What is read of a body is told in steps: a field, the beginning of a file, a piece of it, its end.
A file larger than the limit is given up at the piece that goes beyond.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from yujing.app.uploads.store import PIECE_BYTES
from yujing.errors import UsageError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_LONGEST_FIELD = 1_000
_BROKEN = "文件没有传完整。请检查网络后再传一次。"


@dataclass(frozen=True)
class Field:
    """A field that is no file."""

    name: str
    value: str


@dataclass(frozen=True)
class FileBegin:
    """A file begins."""

    name: str


@dataclass(frozen=True)
class FilePiece:
    """The next bytes of the file."""

    content: bytes


@dataclass(frozen=True)
class FileEnd:
    """The file is whole."""


Step = Field | FileBegin | FilePiece | FileEnd


async def steps_of(request: Request) -> AsyncGenerator[Step, None]:
    """Yield what a form with files holds, in the order in which it comes.

    Raises
    ------
    UsageError
        If it is no such form or ends too early; a Chinese line.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise UsageError(_BROKEN)
    parts = _Parts()
    try:
        parser = MultipartParser(options[b"boundary"], parts.callbacks())
        async for chunk in request.stream():
            parser.write(chunk)
            for step in parts.told():
                yield step
        if not parts.ended:
            raise UsageError(_BROKEN)
    except FormParserError:
        raise UsageError(_BROKEN) from None


class _Parts:
    """Gathers what the parser calls out."""

    def __init__(self) -> None:
        self.ended = False
        self._steps: list[Step] = []
        self._header, self._value = bytearray(), bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._is_file = self._skipped = False
        self._name = ""
        self._held = bytearray()

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda b, start, end: self._header.extend(b[start:end]),
            "on_header_value": lambda b, start, end: self._value.extend(b[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._whole,
        }

    def told(self) -> list[Step]:
        """Return the steps since the last call."""
        steps, self._steps = self._steps, []
        return steps

    def _begin(self) -> None:
        self._headers = {}
        self._held.clear()

    def _header_end(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        _, options = parse_options_header(
            self._headers.get(b"content-disposition", b"").decode("latin-1")
        )
        self._name = _text(options.get(b"name", b""))
        self._is_file = b"filename" in options
        name = _text(options.get(b"filename", b""))
        self._skipped = self._is_file and not name  # a field of files in which none was chosen
        if self._is_file and not self._skipped:
            self._steps.append(FileBegin(name))

    def _data(self, content: bytes, start: int, end: int) -> None:
        self._held += content[start:end]
        if not self._is_file and len(self._held) > _LONGEST_FIELD:
            raise UsageError("填写的内容太长，没有保存。请缩短后再试。")
        if self._skipped:
            self._held.clear()
        while self._is_file and len(self._held) >= PIECE_BYTES:
            self._steps.append(FilePiece(bytes(self._held[:PIECE_BYTES])))
            del self._held[:PIECE_BYTES]

    def _end(self) -> None:
        if not self._is_file:
            self._steps.append(Field(self._name, self._held.decode("utf8", "replace")))
        elif not self._skipped:
            if self._held:
                self._steps.append(FilePiece(bytes(self._held)))
            self._steps.append(FileEnd())
        self._held.clear()

    def _whole(self) -> None:
        self.ended = True


def _text(raw: bytes) -> str:
    return raw.decode("utf8", "replace").replace("%22", '"')
