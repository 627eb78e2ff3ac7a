"""Text that was made to break the exposition, wherever a client can bring it into the service."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families
from tests.served import Server, serving

PATHS = ("/metrics", "/metrics/business")
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}

MARK = b"zqx"
"""Is in every text, and must be in no answer to a scrape."""

TEXTS = {
    "quotes": MARK + b'"} 1.0 "',
    "backslashes": MARK + b"\\\\\\n\\",
    "no UTF-8": MARK + b"\xff\xfe",
    "a lone surrogate": MARK + b"\xed\xa0\x80",
    "10 kB": MARK + b"x" * 10_000,
    "a line break": MARK + b'\nhttp_requests_total{path="forged"} 9\n',
    "control characters": MARK + b"\x00\x01\x7f",
}


def quoted(text: bytes) -> bytes:
    """Return a text as it may stand in a path."""
    return b"".join(b"%%%02X" % byte if byte < 48 or byte > 122 else b"%c" % byte for byte in text)


def in_path(text: bytes) -> bytes:
    return b"GET /api/assets/" + quoted(text) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"


def in_raw_path(text: bytes) -> bytes:
    return b"GET /" + text + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"


def in_query(text: bytes) -> bytes:
    return b"GET /metrics?name[]=" + quoted(text) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"


def in_host(text: bytes) -> bytes:
    return b"GET /api/assets HTTP/1.1\r\nHost: " + text + b"\r\n\r\n"


def in_verb(text: bytes) -> bytes:
    return text + b" /api/assets HTTP/1.1\r\nHost: localhost\r\n\r\n"


def in_headers(text: bytes) -> bytes:
    names = (b"X-Request-Id", b"Traceparent", b"User-Agent", b"X-Forwarded-For", b"Accept")
    lines = b"".join(name + b": " + text + b"\r\n" for name in names)
    return b"GET /api/assets HTTP/1.1\r\nHost: localhost\r\n" + lines + b"\r\n"


def with_json(path: bytes, document: object) -> bytes:
    body = json.dumps(document).encode()
    head = b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def in_login(text: bytes) -> bytes:
    word = text.decode("utf-8", "surrogateescape")
    return with_json(b"/api/auth/login", {"login": word, "password": word})


def in_sign_in_provider(text: bytes) -> bytes:
    word = text.decode("utf-8", "surrogateescape")
    return with_json(b"/api/auth/login", {"provider": word, "token": word})


def in_job(text: bytes) -> bytes:
    word = text.decode("utf-8", "surrogateescape")
    return with_json(b"/api/generation", {"name": word, "type": word, "prompt": word})


def in_project(text: bytes) -> bytes:
    return with_json(b"/api/projects", {"name": text.decode("utf-8", "surrogateescape")})


def in_file_name(text: bytes) -> bytes:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="type"\r\n\r\nprop\r\n--x\r\n'
        b'Content-Disposition: form-data; name="file"; filename="' + text + b'"\r\n'
        b"Content-Type: " + text + b"\r\n\r\nabc\r\n--x--\r\n"
    )
    head = b"POST /api/assets HTTP/1.1\r\nHost: localhost\r\n"
    kind = b"Content-Type: multipart/form-data; boundary=x\r\n"
    return head + kind + b"Content-Length: %d\r\n\r\n" % len(body) + body


PLACES: list[Callable[[bytes], bytes]] = [
    in_path,
    in_raw_path,
    in_query,
    in_host,
    in_verb,
    in_headers,
    in_login,
    in_sign_in_provider,
    in_job,
    in_project,
    in_file_name,
]


def status_of(server: Server, request: bytes) -> int:
    """Send bytes as they are, and return the status of the answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n" not in answer:
            piece = connection.recv(4096)
            assert piece, (request[:200], answer)
            answer += piece
    return int(answer.split()[1])


@pytest.fixture(scope="module")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server of its own: what it is sent counts as guessed passwords."""
    with serving(request.config, tmp_path_factory.mktemp("hostile")) as serve:
        yield serve({"RUN_JOBS": "false"})


@pytest.fixture(scope="module")
def told(server: Server) -> dict[str, int]:
    """The status of each text in each place."""
    return {
        f"{text} {place.__name__}": status_of(server, place(TEXTS[text]))
        for place in PLACES
        for text in TEXTS
    }


@pytest.fixture(params=PATHS)
def path(request: pytest.FixtureRequest, told: dict[str, int]) -> str:
    """Where to scrape, once everything was sent."""
    del told
    return str(request.param)


def test_no_text_is_the_servers_fault(told: dict[str, int]) -> None:
    assert {place: status for place, status in told.items() if status >= 500} == {}


@pytest.mark.parametrize(
    ("headers", "parse"),
    [
        ({}, text_string_to_metric_families),
        (OPENMETRICS, openmetrics.text_string_to_metric_families),
    ],
)
def test_the_exposition_is_read_and_holds_none_of_them(
    server: Server, path: str, headers: dict[str, str], parse: Callable[[str], Iterator[Metric]]
) -> None:
    answer = server.request("GET", path, headers=headers)
    families = list(parse(answer.content.decode()))
    assert len(families) > 10
    assert MARK.decode() not in answer.text
    assert "forged" not in answer.text


def test_promtool_finds_nothing_to_complain_about(server: Server, path: str) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        message = "promtool is not installed; Debian's package prometheus has it"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    checked = subprocess.run(
        [promtool, "check", "metrics"],
        input=server.request("GET", path).content,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
