"""A trace is taken from the caller or made, and is in every log line of its block."""

import pytest
from structlog.testing import capture_logs

from yujing.telemetry.trace import current_trace, new_trace, trace_of, traced

W3C = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("headers", "trace"),
    [
        ({}, None),
        ({"x-trace-id": "00f067aa0ba902b7"}, "00f067aa0ba902b7"),
        ({"x-trace-id": " 00F067AA0BA902B7 "}, "00f067aa0ba902b7"),
        ({"x-trace-id": "4bf92f3577b34da6a3ce929d0e0e4736"}, "a3ce929d0e0e4736"),
        ({"traceparent": W3C}, "a3ce929d0e0e4736"),
        ({"traceparent": W3C, "x-trace-id": "00f067aa0ba902b7"}, "00f067aa0ba902b7"),
        ({"traceparent": W3C, "x-trace-id": "13800138000"}, "a3ce929d0e0e4736"),
        ({"x-trace-id": "520202199001011237"}, None),
        ({"x-trace-id": "0" * 16}, None),
        ({"x-trace-id": "00f067aa0ba902b7\n"}, "00f067aa0ba902b7"),
        ({"traceparent": "00-zz-00f067aa0ba902b7-01"}, None),
    ],
)
def test_only_a_trace_that_reads_is_taken_from_a_caller(
    headers: dict[str, str], trace: str | None
) -> None:
    assert trace_of(headers) == trace


def test_a_new_trace_reads_and_is_another_each_time() -> None:
    made = {new_trace() for _ in range(50)}

    assert len(made) == 50
    assert all(trace_of({"x-trace-id": trace}) == trace for trace in made)


def test_the_trace_is_bound_inside_its_block_only() -> None:
    with traced("00f067aa0ba902b7"):
        inside = current_trace()
        with traced("a3ce929d0e0e4736"):
            deeper = current_trace()
        after = current_trace()
    with capture_logs():
        outside = current_trace()

    assert (inside, deeper, after) == ("00f067aa0ba902b7", "a3ce929d0e0e4736", "00f067aa0ba902b7")
    assert outside == ""
