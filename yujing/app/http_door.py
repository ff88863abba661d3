"""The HTTP door: `POST /api/v1/events`, its document, and what watches the process.

A request is one batch. Embedded, it is taken whole under the lock of the county, so that every
acknowledged row is in the log; distributed, it is sent, and every acknowledged row is in Kafka. The
answer is one JSON line a row, in order, with no content of the rows. The trace of a
request is taken from it or made; the answer names it, and so does every log line of the request.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from threading import Lock
from time import monotonic
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from streams.door.grant import Grant
from streams.door.schema import openapi
from streams.pipeline import Outcome
from streams.wire.catalogue import BY_NAME
from yujing.access.tokens import TokenGrant
from yujing.app import health
from yujing.app.answers import Answers
from yujing.app.county import County
from yujing.app.intake import Taken
from yujing.app.purposes import kinds_of
from yujing.app.takers import Taker, taker_of
from yujing.app.waiting import Allowance
from yujing.domain.sources import SourceRegister
from yujing.errors import StorageError
from yujing.telemetry.trace import HEADER, new_trace, trace_of, traced

NDJSON = "application/x-ndjson"
_LONGEST_KEY = 200


class BodyError(Exception):
    """A request that gets no result lines.

    Parameters
    ----------
    status
        HTTP status.
    text
        What to do next.
    retry_after_s
        When to come again; None for never with the same request.
    """

    def __init__(self, status: int, text: str, retry_after_s: int | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.retry_after_s = retry_after_s

    def response(self) -> Response:
        """Return it as a response."""
        headers = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse({"error": str(self)}, self.status, headers)


def routes(county: County, taker: Taker | None = None) -> list[BaseRoute]:
    """Return the routes of the door, of health and of metrics.

    Parameters
    ----------
    taker
        Where rows go; by the shape of the installation when not given.
    """
    door = EventDoor(county, taker or taker_of(county))
    document = msgspec.json.encode(openapi())

    async def document_of_the_door(_request: Request) -> Response:
        return Response(document, media_type="application/json")

    return [
        Route("/api/v1/events", door.post, methods=["POST"]),
        Route("/api/v1/openapi.json", document_of_the_door),
        *health.routes(county.metrics, county.readiness, lambda: health.measure(county)),
    ]


@dataclass(frozen=True)
class _Post:
    """A request that passed the outer checks."""

    token: str
    grant: Grant
    body: bytes
    lines: list[bytes]
    key: str | None


class EventDoor:
    """Takes events over HTTP.

    Parameters
    ----------
    county
        The open data.
    taker
        Where rows go.
    """

    def __init__(self, county: County, taker: Taker) -> None:
        self._county = county
        self._taker = taker
        self._answers = Answers(county.engine)
        self._allowance = Allowance(county.settings.rows_per_minute)
        self._asking = Lock()

    async def post(self, request: Request) -> Response:
        """Answer one request."""
        trace, began = trace_of(request.headers) or new_trace(), monotonic()
        with traced(trace):
            response = await self._respond(request)
        response.headers[HEADER] = trace
        self._county.metrics.count("yujing_requests_total", status=str(response.status_code))
        self._county.metrics.observe("yujing_request_seconds", monotonic() - began)
        return response

    async def _respond(self, request: Request) -> Response:
        try:
            posted = await self._read(request)
            status, answer = await run_in_threadpool(self._take, posted)
            return Response(answer, status, media_type=NDJSON)
        except BodyError as error:
            return error.response()
        except StorageError as error:
            said = f"nothing was acknowledged, send the same again: {error}"
            return BodyError(503, said, 30).response()

    async def _read(self, request: Request) -> _Post:
        token = _bearer(request)
        grant = await run_in_threadpool(self._grant, token)
        key = request.headers.get("idempotency-key")
        if key is not None and not 0 < len(key) <= _LONGEST_KEY:
            raise BodyError(400, f"Idempotency-Key has 1 to {_LONGEST_KEY} characters")
        if request.headers.get("content-encoding", "identity") != "identity":
            raise BodyError(415, "send the body without Content-Encoding")
        body = await _body(request, self._county.settings.body_bytes)
        lines = rows_of(body)
        return _Post(token, grant, body, lines, key)

    def _grant(self, token: str) -> Grant:
        found = self._county.access.tokens.find(token, at=self._county.now())
        if found is None:
            raise BodyError(401, "this token is unknown or was revoked")
        return grant_of(found, self._county.source_register)

    def _take(self, posted: _Post) -> tuple[int, bytes]:
        """Take the rows in, or give the answer that the same request got before."""
        county = self._county
        body_hash = hashlib.sha256(posted.body).hexdigest()
        with self._taker.turn():
            if posted.key is not None:
                before = self._answers.find(posted.token, posted.key)
                if before is not None and before.body_hash != body_hash:
                    raise BodyError(422, "this Idempotency-Key was used with another body")
                if before is not None:
                    return before.status, before.answer
            with self._asking:
                n_rows = len(posted.lines)
                wait_s = self._allowance.ask(posted.token, n_rows, at=county.now_s())
            if wait_s:
                raise BodyError(429, f"too many rows a minute; wait {ceil(wait_s)} s", ceil(wait_s))
            status, answer = self._answer(posted)
            if posted.key is not None:
                self._answers.keep(
                    posted.token, posted.key, body_hash, status, answer, at=county.now_s()
                )
        return status, answer

    def _answer(self, posted: _Post) -> tuple[int, bytes]:
        taken = self._taker.take(posted.lines, posted.grant)
        lines = [msgspec.json.encode(line) + b"\n" for line in taken.lines(0)]
        return (400 if nothing_was_read(taken, posted.lines) else 200), b"".join(lines)


def nothing_was_read(taken: Taken, lines: Sequence[bytes]) -> bool:
    """Return whether not one row was a JSON object."""
    if not (taken.outcomes == Outcome.REJECTED).all():
        return False
    return not any(_is_object(line) for line in lines)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(line), dict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def rows_of(body: bytes) -> list[bytes]:
    """Return the rows of a body: the elements of a JSON array, or the lines that are not blank.

    Raises
    ------
    BodyError
        If there is no row, or the array is broken.
    """
    if body.lstrip()[:1] == b"[":
        try:
            rows = [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise BodyError(400, "the body is no JSON array; nothing was taken") from None
    else:
        rows = [line for line in body.split(b"\n") if line.strip()]
    if not rows:
        raise BodyError(400, "the body has no rows")
    return rows


def grant_of(found: TokenGrant, register: SourceRegister) -> Grant:
    """Return what a token allows, as the door wants it.

    It never allows more than the purposes of its source, unless the operator said so.
    """
    kinds = frozenset(BY_NAME[name].kind for name in found.kinds) if found.kinds else None
    if not found.beyond_purpose:
        purposes = kinds_of(register, found.source)
        kinds = purposes if kinds is None else kinds & purposes
    return Grant(found.source, kinds, found.regions, found.backfill)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise BodyError(401, "send the token as Authorization: Bearer ...")
    return token.strip()


async def _body(request: Request, limit: int) -> bytes:
    too_large = BodyError(413, f"the body has more than {limit} bytes; send it in parts")
    declared: Any = request.headers.get("content-length")
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise too_large
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            raise too_large
        pieces.append(piece)
    return b"".join(pieces)
