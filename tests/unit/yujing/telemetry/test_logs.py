"""Nothing that names a person reaches a log."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from yujing.telemetry.logs import configure_logging, redact


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("id 520202199001011237.", "id [id number]."),
        ("id 52020219900101123x", "id [id number]"),
        ("id 520202900101123", "id [id number]"),
        ("call 13800138000 now", "call [phone] now"),
        ("call +8613800138000", "call [phone]"),
        (
            "region 520204101203 fact 17000000000000000001",
            "region 520204101203 fact 17000000000000000001",
        ),
    ],
)
def test_id_numbers_and_phones_are_masked_and_other_numbers_are_not(text: str, masked: str) -> None:
    assert redact(text) == masked


def test_every_field_of_a_log_event_is_masked() -> None:
    stream = io.StringIO()
    configure_logging("info", "json", stream)

    structlog.get_logger().info(
        "row 13800138000",
        text="520202199001011237",
        raw=b"13800138000",
        number=13800138000,
        deep={"a": ["13800138000", 7, None, 0.5, True]},
    )

    line = stream.getvalue()
    fields = json.loads(line)
    assert "13800138000" not in line
    assert "520202199001011237" not in line
    assert fields["deep"]["a"][1:] == [7, None, 0.5, True]


def test_what_libraries_log_is_masked_with_its_traceback() -> None:
    stream = io.StringIO()
    configure_logging("info", "console", stream)
    try:
        raise ValueError("bad 13800138000")
    except ValueError:
        logging.getLogger("library").exception("row %s", "520202199001011237")

    assert "13800138000" not in stream.getvalue()
    assert "520202199001011237" not in stream.getvalue()
    assert "[phone]" in stream.getvalue()
