"""Logs: structlog events with fields, never about a person.

Every field passes a redaction that masks ID numbers and phone numbers, because an error text of
some library may quote its input. What is bound to the context, such as the trace of a request, is
in every line of it.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

# 18 or 15 characters of an ID number; 11 digits of a mobile number with or without +86. Digits on
# either side mean a longer number (a record id, a region code and more), which is left alone.
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{9}[\dXx](?![0-9A-Za-z])")
_OLD_ID_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{7}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}(?![0-9A-Za-z])"
)
_PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d{9}(?![0-9A-Za-z])")


def redact(text: str) -> str:
    """Return the text with ID numbers and phone numbers masked.

    Examples
    --------
    >>> redact("row 3: 520202199001011232 called 13800138000")
    'row 3: [id number] called [phone]'
    """
    return _PHONE.sub(
        "[phone]", _OLD_ID_NUMBER.sub("[id number]", _ID_NUMBER.sub("[id number]", text))
    )


def redact_fields(
    _logger: object, _method: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Mask every text inside a log event; the structlog processor."""
    return {name: _redacted(value) for name, value in fields.items()}


def _redacted(value: object) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, bytes):
        return redact(value.decode("utf8", "replace"))
    if isinstance(value, dict):
        return {_redacted(key): _redacted(held) for key, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(held) for held in value]
    if value is None or isinstance(value, bool | float):
        return value
    text = str(value)
    return value if isinstance(value, int) and redact(text) == text else redact(text)


class _Redaction(logging.Filter):
    """Masks what libraries log through the standard library."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def configure_logging(level: str, form: str, stream: TextIO | None = None) -> None:
    """Send logs to `stream`, redacted.

    Parameters
    ----------
    level
        debug, info, warning or error.
    form
        console or json.
    stream
        Standard error when not given.
    """
    stream = stream or sys.stderr
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact_fields,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.addFilter(_Redaction())
    logging.basicConfig(
        handlers=[handler],
        level=logging.WARNING,
        force=True,
        format="%(levelname)s %(name)s %(message)s",
    )
