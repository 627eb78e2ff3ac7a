"""Which format a reader gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability.metrics._negotiation import wants_gzip, wants_openmetrics

PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
    "application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)
TEXT_FIRST = "text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        ("text/plain", False),
        ("text/html,application/xhtml+xml", False),
        (PROMETHEUS_2, True),
        (PROMETHEUS_3, True),
        (TEXT_FIRST, False),
        ("application/openmetrics-text", True),
        ("APPLICATION/OpenMetrics-Text; Version=1.0.0", True),
        ("application/openmetrics-text;q=0", False),
        ("application/openmetrics-text; version=2.0.0", False),
        ("application/openmetrics-text;q=high", False),
    ],
)
def test_openmetrics_is_used_where_it_is_preferred(accept: str | None, wanted: bool) -> None:
    assert wants_openmetrics(accept) is wanted


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, False),
        ("", False),
        ("identity", False),
        ("gzip", True),
        ("br;q=1.0, GZIP;q=0.8", True),
        ("gzip;q=0", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
    ],
)
def test_gzip_is_used_where_it_is_accepted(accept: str | None, wanted: bool) -> None:
    assert wants_gzip(accept) is wanted


@given(st.text())
def test_any_header_is_understood_or_ignored(header: str) -> None:
    assert wants_openmetrics(header) in {True, False}
    assert wants_gzip(header) in {True, False}
