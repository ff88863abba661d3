"""Logs and metrics: what the process says about itself, never about a person.

Logs are structlog events with fields; every field passes a redaction that masks ID numbers and
phone numbers, because an error text of some library may quote its input. Metric names are one typed
list: mypy refuses an unknown name.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO, get_args

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

CounterName = Literal[
    "yujing_rows_total",  # rows at the door, by source and outcome
    "yujing_warnings_total",  # findings of the data-quality rules, by source and rule
    "yujing_requests_total",  # requests at the HTTP door, by status
    "yujing_sweeps_total",  # sweeps done, by kind (day, catch_up, dry)
    "yujing_cards_total",  # cards opened and closed by the service, by what happened
    "yujing_subjects_reloaded_total",  # subjects whose state differed from the log; zero
    "yujing_errors_total",  # failures that no one foresaw, by where
]
GaugeName = Literal[
    "yujing_members",  # members in the state
    "yujing_households",  # households in the state
    "yujing_log_position",  # position of the last event in the log
    "yujing_unmatched",  # events of people who are not registered
    "yujing_last_deal_day",  # day number of the last deal
    "yujing_up",  # 1 once the data is open
]

LABELS: dict[str, tuple[str, ...]] = {
    "yujing_rows_total": ("source", "outcome"),
    "yujing_warnings_total": ("source", "rule"),
    "yujing_requests_total": ("status",),
    "yujing_sweeps_total": ("kind",),
    "yujing_cards_total": ("what",),
    "yujing_subjects_reloaded_total": (),
    "yujing_errors_total": ("where",),
}
MEANINGS: dict[str, str] = {
    "yujing_rows_total": "Rows at the door by source and outcome.",
    "yujing_warnings_total": "Findings of the data-quality rules by source and rule.",
    "yujing_requests_total": "Requests at the HTTP door by status.",
    "yujing_sweeps_total": "Sweeps done by kind.",
    "yujing_cards_total": "Cards opened and closed by the service.",
    "yujing_subjects_reloaded_total": "Subjects whose state differed from the log; zero is right.",
    "yujing_errors_total": "Failures that no one foresaw.",
    "yujing_members": "Members in the state.",
    "yujing_households": "Households in the state.",
    "yujing_log_position": "Position of the last event in the log.",
    "yujing_unmatched": "Events of people who are not registered.",
    "yujing_last_deal_day": "Day number of the last deal, 0 before the first.",
    "yujing_up": "1 once the data is open.",
}


class Metrics:
    """The counters and gauges of one process; each instance has its own registry."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counters = {
            name: Counter(name, MEANINGS[name], LABELS[name], registry=self._registry)
            for name in get_args(CounterName)
        }
        self._gauges = {
            name: Gauge(name, MEANINGS[name], registry=self._registry)
            for name in get_args(GaugeName)
        }

    def count(self, name: CounterName, n: int = 1, **labels: str) -> None:
        """Add `n` to a counter."""
        counter = self._counters[name]
        (counter.labels(**labels) if labels else counter).inc(n)

    def set(self, name: GaugeName, value: float) -> None:
        """Set a gauge."""
        self._gauges[name].set(value)

    def text(self) -> bytes:
        """Return all metrics in Prometheus' text form."""
        return generate_latest(self._registry)


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
