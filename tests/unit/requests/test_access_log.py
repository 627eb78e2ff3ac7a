"""The level and the fields of the closing line."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from asset_forge.observability import context
from asset_forge.observability.http import RequestRecord
from asset_forge.observability.redaction import Redactor
from asset_forge.observability.requests import AccessLog

NAME = "asset_forge.tests.access"
REDACTOR = Redactor(known_secrets=["open-sesame"])


class Lines:
    """A sink that keeps its lines."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def later(
        self,
        logger: str,
        message: str,
        fields: Callable[[Any, context.Scope], Mapping[str, object]],
    ) -> Callable[[str, Any], None]:
        assert (logger, message) == (NAME, "request")

        def emit(level: str, facts: object) -> None:
            self.lines.append((level, dict(fields(facts, context.current()))))

        return emit


def access_log(lines: Lines, level: int = logging.DEBUG, **options: Any) -> AccessLog:
    logging.getLogger(NAME).setLevel(level)
    return AccessLog(lines, REDACTOR, name=NAME, **options)


def record(**changes: object) -> RequestRecord:
    scope = {"type": "http", "path": "/a", "headers": [], "client": ("10.0.0.1", 4)}
    made = RequestRecord(scope, "GET", 100.0, scope["path"])
    made.route, made.status, made.outcome, made.duration_seconds = "/a", 200, "completed", 0.01
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def level(made: RequestRecord) -> str:
    lines = Lines()
    access_log(lines, quiet=["/live"]).finish(made)
    ((found, _),) = lines.lines
    return found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "info"),
        ({"status": 404}, "info"),
        ({"status": 499, "outcome": "client_left"}, "info"),
        ({"status": 500}, "error"),
        ({"status": 200, "outcome": "aborted"}, "error"),
        ({"status": 500, "outcome": "failed"}, "error"),
        ({"duration_seconds": 0.999}, "info"),
        ({"duration_seconds": 1.0}, "warning"),
        ({"duration_seconds": 5.0}, "error"),
        ({"duration_seconds": 60.0, "first_byte_at": 100.5}, "info"),
        ({"duration_seconds": 60.0, "first_byte_at": 102.0}, "warning"),
        ({"duration_seconds": 60.0, "first_byte_at": 106.0}, "error"),
        ({"duration_seconds": 600.0, "status": 101, "outcome": "client_closed"}, "info"),
        ({"duration_seconds": 600.0, "status": 101, "outcome": "failed"}, "error"),
        ({"route": "/live"}, "debug"),
        ({"route": "/live", "status": 503}, "warning"),
    ],
)
def test_the_level_says_what_became_of_the_request(
    changes: dict[str, object], expected: str
) -> None:
    assert level(record(**changes)) == expected


def test_a_line_that_nobody_reads_is_not_made() -> None:
    lines = Lines()
    access_log(lines, logging.WARNING).finish(record())
    access_log(lines, logging.WARNING, quiet=["/a"]).finish(record())
    assert lines.lines == []


def test_a_line_has_route_status_duration_and_sizes() -> None:
    lines = Lines()
    made = record(request_bytes=3, response_bytes=9, first_byte_at=100.004, path="/a" * 4_000)
    access_log(lines).finish(made)
    ((_, fields),) = lines.lines
    assert len(fields.pop("path")) == 1_024
    assert fields == {
        "method": "GET",
        "route": "/a",
        "status": 200,
        "outcome": "completed",
        "durationSeconds": 0.01,
        "firstByteSeconds": pytest.approx(0.004),
        "streamSeconds": pytest.approx(0.006),
        "requestBytes": 3,
        "responseBytes": 9,
        "client": "10.0.0.1",
        "requestId": "",
        "traceId": "",
    }


def test_ids_come_from_the_scope_where_it_is_the_requests_own() -> None:
    lines = Lines()
    with context.scope(request_id="r", trace_id="t"):
        access_log(lines).finish(record(request_id="r", trace_id="t"))
        access_log(lines).finish(record(request_id="other", trace_id="u"))
    own, other = (fields for _, fields in lines.lines)
    assert "requestId" not in own
    assert (other["requestId"], other["traceId"]) == ("other", "u")


def test_a_request_over_a_socket_without_an_address_has_no_client() -> None:
    lines = Lines()
    made = record()
    made.scope["client"] = None
    access_log(lines).finish(made)
    assert "client" not in lines.lines[0][1]


def test_a_secret_in_the_path_is_not_logged() -> None:
    lines = Lines()
    access_log(lines).finish(record(path="/files/open-sesame"))
    assert lines.lines[0][1]["path"] == "/files/[redacted]"
