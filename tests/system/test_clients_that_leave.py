"""Clients that leave a real server through a real socket: counted once, as 499."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest
from tests.served import Server, serving, until
from tests.system.scrapes import Scrape

EVENTS = "/api/generation/{generation_id}/events"
FILE = "/api/assets/{asset_id}/file"
LARGE = 30_000_000


@pytest.fixture(scope="module")
def waiting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server whose jobs wait for ever, so that following one does not end by itself."""
    with serving(request.config, tmp_path_factory.mktemp("waiting")) as serve:
        yield serve({"RUN_JOBS": "false"})


@pytest.fixture(scope="module")
def large(waiting: Server) -> str:
    """The path of a file that fits into no buffer on the way."""
    files = {"file": ("large.bin", bytes(LARGE), "application/octet-stream")}
    response = waiting.request("POST", "/api/assets", files=files, data={"type": "prop"})
    assert response.status_code == 201, response.text
    return f"/api/assets/{response.json()['id']}/file"


def connect(server: Server, path: str, awaited: bytes) -> socket.socket:
    """Send a GET and read until something awaited has come; a small buffer holds back the rest."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    received = b""
    while awaited not in received:
        received += connection.recv(4096)
        assert received.startswith(b"HTTP/1.1 200"), received
    return connection


def leave(connection: socket.socket, *, reset: bool) -> None:
    if reset:  # as a crashed client's kernel does
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def statuses(before: Scrape, after: Scrape, endpoint: str) -> dict[str, float]:
    """Return how often each status of a GET endpoint was counted between two scrapes."""
    return {
        dict(labels)["status_code"]: change
        for (name, labels), change in after.moved_since(before).items()
        if name == "api_requests_by_endpoint_total" and dict(labels)["endpoint"] == endpoint
    }


def in_progress(server: Server) -> float:
    """Return how many requests are under way, but for the one that asks."""
    return server.scrape("/metrics").value("http_requests_in_progress") - 1


def assert_left(server: Server, before: Scrape, endpoint: str, times: int) -> None:
    until("no request is under way", lambda: in_progress(server) == 0, 30)
    after = server.scrape()
    assert statuses(before, after, endpoint) == {"499": times}
    timed = "api_response_time_by_endpoint_seconds_count"
    moved = {
        dict(labels)["endpoint"]: change
        for (name, labels), change in after.moved_since(before).items()
        if name == timed and dict(labels)["endpoint"] == endpoint
    }
    assert moved == {endpoint: times}


@pytest.mark.parametrize("reset", [False, True])
def test_a_client_that_stops_following_a_job_is_counted_once(waiting: Server, reset: bool) -> None:
    job_id = waiting.submit("weapon")
    before = waiting.scrape()
    connection = connect(waiting, f"/api/generation/{job_id}/events", b'"queued"')
    until("it is under way", lambda: in_progress(waiting) == 1, 30)
    leave(connection, reset=reset)
    assert_left(waiting, before, EVENTS, 1)


def test_five_clients_that_stop_following_at_once_are_counted_once_each(waiting: Server) -> None:
    job_id = waiting.submit("weapon")
    before = waiting.scrape()
    path = f"/api/generation/{job_id}/events"
    connections = [connect(waiting, path, b'"queued"') for _ in range(5)]
    until("all are under way", lambda: in_progress(waiting) == 5, 30)
    for connection in connections:
        leave(connection, reset=False)
    assert_left(waiting, before, EVENTS, 5)


@pytest.mark.parametrize("reset", [False, True])
def test_a_client_that_gives_a_download_up_is_counted_once(
    waiting: Server, large: str, reset: bool
) -> None:
    before = waiting.scrape()
    connection = connect(waiting, large, b"\r\n\r\n")
    until("it is under way", lambda: in_progress(waiting) == 1, 30)
    leave(connection, reset=reset)
    assert_left(waiting, before, FILE, 1)
    downloads = waiting.scrape().total("file_downloads_total")
    assert downloads == before.total("file_downloads_total"), "half a download is none"


def test_a_client_that_leaves_with_the_whole_file_has_not_left_early(waiting: Server) -> None:
    """It has all the bytes that were announced, and hangs up before the server has said more."""
    files = {"file": ("small.bin", b"x" * 1000, "application/octet-stream")}
    uploaded = waiting.request("POST", "/api/assets", files=files, data={"type": "prop"})
    path = f"/api/assets/{uploaded.json()['id']}/file"
    before = waiting.scrape()
    for _ in range(50):
        leave(connect(waiting, path, b"x" * 1000), reset=True)
    until("no request is under way", lambda: in_progress(waiting) == 0, 30)
    after = waiting.scrape()
    assert statuses(before, after, FILE) == {"200": 50}
    assert after.total("file_downloads_total") - before.total("file_downloads_total") == 50


def test_a_client_that_leaves_its_upload_leaves_nothing(waiting: Server) -> None:
    before, assets = waiting.scrape(), waiting.get("/api/assets?limit=100")["items"]
    objects = sorted(waiting.data_dir.glob("objects/**/*"))
    with socket.create_connection(("127.0.0.1", waiting.port), timeout=60) as connection:
        form = (
            b'--x\r\nContent-Disposition: form-data; name="type"\r\n\r\nprop\r\n--x\r\n'
            b'Content-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
        )
        head = (
            b"POST /api/assets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        )
        connection.sendall(head + form + bytes(2_000_000))
        until("it is under way", lambda: in_progress(waiting) == 1, 30)
    until("no request is under way", lambda: in_progress(waiting) == 0, 30)
    after = waiting.scrape()
    counted = after.value(
        "api_requests_by_endpoint_total", endpoint="/api/assets", method="POST", status_code="499"
    )
    assert counted == 1
    assert after.total("file_uploads_total") == before.total("file_uploads_total")
    assert waiting.get("/api/assets?limit=100")["items"] == assets
    assert sorted(waiting.data_dir.glob("objects/**/*")) == objects
