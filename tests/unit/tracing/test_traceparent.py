"""The `traceparent` header is read as W3C Trace Context says, and whatever else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability.tracing import Traceparent, parse_traceparent
from asset_forge.observability.tracing._traceparent import format_traceparent

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


def test_a_sampled_header_is_read() -> None:
    assert parse_traceparent(f"00-{TRACE}-{SPAN}-01") == Traceparent(TRACE, int(SPAN, 16), True)


def test_only_the_lowest_flag_says_sampled() -> None:
    assert parse_traceparent(f"00-{TRACE}-{SPAN}-fe") == Traceparent(TRACE, int(SPAN, 16), False)


def test_a_later_version_may_carry_more_fields() -> None:
    assert parse_traceparent(f"cc-{TRACE}-{SPAN}-01-what-the-future-brings") is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        f" 00-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-0x",
        f"cc-{TRACE}-{SPAN}-01-" + "x" * 10_000,
        "٠٠-" + TRACE + "-" + SPAN + "-01",
    ],
)
def test_what_is_no_traceparent_is_refused(text: str) -> None:
    assert parse_traceparent(text) is None


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    parse_traceparent(text)


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.booleans())
def test_what_is_written_is_read_back(trace: int, span: int, sampled: bool) -> None:
    text = format_traceparent(f"{trace:032x}", span, sampled=sampled)
    assert parse_traceparent(text) == Traceparent(f"{trace:032x}", span, sampled)
