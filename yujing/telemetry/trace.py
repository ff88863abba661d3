"""The trace of a request: 16 hex digits that follow its events from the door to the card.

A trace is bound to the context of the thread or task, so that every log line of it carries it.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog

HEADER = "x-trace-id"
_OWN = re.compile(r"[0-9a-f]{16}")
_W3C = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
_NAME = "trace"


def new_trace() -> str:
    """Return a random trace."""
    return secrets.token_hex(8)


def trace_of(headers: Mapping[str, str]) -> str | None:
    """Return the trace that a caller sent, None when it sent none or none that reads.

    Parameters
    ----------
    headers
        By name in small letters: `x-trace-id` with 16 or 32 hex digits, else `traceparent` as W3C
        writes it; of 32 digits the last 16 count, as elsewhere.

    Examples
    --------
    >>> trace_of({"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})
    'a3ce929d0e0e4736'
    """
    own = headers.get(HEADER, "").strip().lower()
    w3c = _W3C.fullmatch(headers.get("traceparent", "").strip().lower())
    for found in (own, w3c[1] if w3c else ""):
        if len(found) in (16, 32) and _OWN.fullmatch(found[-16:]) and int(found[-16:], 16):
            return found[-16:]
    return None


@contextmanager
def traced(trace: str) -> Iterator[None]:
    """Put a trace into every log line of the block."""
    with structlog.contextvars.bound_contextvars(**{_NAME: trace}):
        yield


def current_trace() -> str:
    """Return the trace of the context, empty without one."""
    return str(structlog.contextvars.get_contextvars().get(_NAME, ""))
