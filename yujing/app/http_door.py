"""The HTTP door: `POST /api/v1/events`, its document, health and metrics.

A request is one batch, taken whole under the lock of the county, so that every acknowledged row is
in the log. The answer is one JSON line a row, in order, with no content of the rows.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
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
from yujing.app.answers import Answers
from yujing.app.county import County
from yujing.app.intake import Intake, Taken, finish
from yujing.app.reds import deal_reds
from yujing.app.waiting import Allowance
from yujing.errors import StorageError

NDJSON = "application/x-ndjson"
_LONGEST_KEY = 200
_PATIENCE_S = 0.5  # a scrape does not wait for a sweep; it gets the gauges of before


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


def routes(county: County) -> list[BaseRoute]:
    """Return the routes of the door, of health and of metrics."""
    door = EventDoor(county)
    document = msgspec.json.encode(openapi())

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        return JSONResponse({"status": "ready"})

    async def metrics(_request: Request) -> Response:
        return Response(
            await run_in_threadpool(door.metrics), media_type="text/plain; version=0.0.4"
        )

    async def document_of_the_door(_request: Request) -> Response:
        return Response(document, media_type="application/json")

    return [
        Route("/api/v1/events", door.post, methods=["POST"]),
        Route("/api/v1/openapi.json", document_of_the_door),
        Route("/health", health),
        Route("/ready", ready),
        Route("/metrics", metrics),
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
    """

    def __init__(self, county: County) -> None:
        self._county = county
        self._answers = Answers(county.engine)
        self._allowance = Allowance(county.settings.rows_per_minute)

    async def post(self, request: Request) -> Response:
        """Answer one request."""
        try:
            posted = await self._read(request)
            status, answer = await run_in_threadpool(self._take, posted)
            response: Response = Response(answer, status, media_type=NDJSON)
        except BodyError as error:
            response = error.response()
        except StorageError as error:
            response = BodyError(503, f"nothing was taken: {error}", 30).response()
        self._county.metrics.count("yujing_requests_total", status=str(response.status_code))
        return response

    def metrics(self) -> bytes:
        """Return the metrics as text."""
        if self._county.busy.acquire(timeout=_PATIENCE_S):
            try:
                self._county.measure()
            finally:
                self._county.busy.release()
        return self._county.metrics.text()

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
        return grant_of(found)

    def _take(self, posted: _Post) -> tuple[int, bytes]:
        """Take the rows in, or give the answer that the same request got before."""
        county = self._county
        body_hash = hashlib.sha256(posted.body).hexdigest()
        with county.busy:
            if posted.key is not None:
                before = self._answers.find(posted.token, posted.key)
                if before is not None and before.body_hash != body_hash:
                    raise BodyError(422, "this Idempotency-Key was used with another body")
                if before is not None:
                    return before.status, before.answer
            wait_s = self._allowance.ask(posted.token, len(posted.lines), at=county.now_s())
            if wait_s:
                raise BodyError(429, f"too many rows a minute; wait {ceil(wait_s)} s", ceil(wait_s))
            status, answer = self._answer(posted)
            if posted.key is not None:
                self._answers.keep(
                    posted.token, posted.key, body_hash, status, answer, at=county.now_s()
                )
        return status, answer

    def _answer(self, posted: _Post) -> tuple[int, bytes]:
        intake = Intake(self._county, posted.grant, "http")
        taken = intake.take(posted.lines)
        touched = finish(self._county, [intake])
        if not posted.grant.backfill:
            deal_reds(self._county, touched)
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


def grant_of(found: TokenGrant) -> Grant:
    """Return what a token allows, as the door wants it."""
    kinds = frozenset(BY_NAME[name].kind for name in found.kinds) if found.kinds else None
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
