"""What one request leaves behind, for every way that an application, a client or a server can
behave.
"""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability.http import (
    CONNECTION_KEY,
    DECLARATIONS,
    Connection,
    ObservedApplication,
    RequestObserver,
    RequestRecord,
)
from asset_forge.observability.metrics import Registry

START = {"type": "http.response.start", "status": 200, "headers": []}


class Seen(RequestObserver):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.records: list[RequestRecord] = []
        self.exceptions: list[BaseException | None] = []
        self.late: list[BaseException] = []

    def finish(self, record: RequestRecord) -> None:
        self.records.append(record)
        self.exceptions.append(record.exception)

    def failed_afterwards(self, record: RequestRecord, error: BaseException) -> None:
        self.late.append(error)


class Clock:
    """Moves only when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def scope_of(method: str = "GET", **more) -> dict:
    return {
        "type": "http",
        "method": method,
        "path": "/x",
        "headers": [],
        "path_template": "/x",
        **more,
    }


def body(data: bytes = b"", *, more: bool = False) -> dict:
    return {"type": "http.response.body", "body": data, "more_body": more}


async def nothing_more():
    return {"type": "http.disconnect"}


async def swallow(message) -> None:
    pass


async def observe(
    application, registry, *, scope=None, receive=nothing_more, send=swallow, **options
) -> RequestRecord:
    """Run one request, and return its record; exceptions of the application are let go."""
    seen = Seen()
    observed = ObservedApplication(application, registry, observers=(seen,), strict=True, **options)
    try:
        await observed(scope_of() if scope is None else scope, receive, send)
    except (RuntimeError, OSError, CancelledError):
        pass
    assert registry.value("http_requests_in_progress") == 0
    (record,) = seen.records
    return record


def total(registry: Registry, status: int, method: str = "GET") -> float:
    value = registry.value("http_requests_total", method=method, path="/x", status_code=str(status))
    return 0 if value is None else value


async def test_what_was_sent_is_what_is_counted(registry) -> None:
    async def application(scope, receive, send):
        await send({**START, "status": 418})
        await send(body(b"teapot"))

    record = await observe(application, registry)
    assert (record.status, record.outcome, record.response_bytes) == (418, "completed", 6)
    assert total(registry, 418) == 1
    assert (
        registry.value(
            "http_request_duration_seconds_count", method="GET", path="/x", status_code="418"
        )
        == 1
    )
    assert registry.value("http_response_size_bytes_sum", method="GET", path="/x") == 6


async def test_an_exception_before_the_response_is_a_500_and_reaches_the_server(registry) -> None:
    async def application(scope, receive, send):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        await ObservedApplication(application, registry, strict=True)(
            scope_of(), nothing_more, swallow
        )
    assert total(registry, 500) == 1
    assert registry.value("http_requests_in_progress") == 0


async def test_an_exception_after_the_start_keeps_the_status_that_was_sent(registry) -> None:
    async def application(scope, receive, send):
        await send(START)
        await send(body(b"half", more=True))
        raise RuntimeError("broken")

    record = await observe(application, registry)
    assert (record.status, record.outcome, record.response_bytes) == (200, "aborted", 4)


async def test_an_application_that_returns_in_the_middle_has_aborted(registry) -> None:
    async def application(scope, receive, send):
        await send(START)

    record = await observe(application, registry)
    assert (record.status, record.outcome) == (200, "aborted")


async def test_an_application_that_never_answers_is_a_500(registry) -> None:
    async def application(scope, receive, send):
        pass

    record = await observe(application, registry)
    assert (record.status, record.outcome) == (500, "failed")


async def test_a_response_that_the_server_refuses_was_not_sent(registry) -> None:
    async def refuse(message):
        raise RuntimeError("Invalid HTTP header value.")

    async def application(scope, receive, send):
        await send(START)

    record = await observe(application, registry, send=refuse)
    assert (record.status, record.outcome) == (500, "failed")


async def test_a_client_that_leaves_is_a_499_even_if_the_application_answers(registry) -> None:
    async def application(scope, receive, send):
        await receive()
        await send(START)
        await send(body(b"to nobody"))

    record = await observe(application, registry)
    assert (record.status, record.outcome) == (499, "client_left")
    assert total(registry, 200) == 0


async def test_a_client_that_leaves_while_nobody_listens_is_known_from_the_connection(
    registry,
) -> None:
    connection = Connection()

    async def application(scope, receive, send):
        connection.lost = True
        await send(START)
        await send(body(b"to nobody"))

    record = await observe(application, registry, scope=scope_of(**{CONNECTION_KEY: connection}))
    assert (record.status, record.outcome) == (499, "client_left")


async def test_a_client_that_leaves_after_the_last_byte_was_served(registry) -> None:
    connection = Connection()

    async def application(scope, receive, send):
        await send(START)
        await send(body(b"all"))
        connection.lost = True
        assert (await receive())["type"] == "http.disconnect"

    record = await observe(application, registry, scope=scope_of(**{CONNECTION_KEY: connection}))
    assert (record.status, record.outcome) == (200, "completed")


@pytest.mark.parametrize("at", ["http.response.start", "http.response.body"])
async def test_a_send_that_fails_with_an_oserror_is_a_client_that_left(registry, at) -> None:
    async def send(message):
        if message["type"] == at:
            raise ConnectionResetError

    async def application(scope, receive, send):
        await send(START)
        await send(body(b"x"))

    record = await observe(application, registry, send=send)
    assert (record.status, record.outcome) == (499, "client_left")


@pytest.mark.parametrize(
    ("lost", "started", "status", "outcome"),
    [
        (True, False, 499, "client_left"),
        (True, True, 499, "client_left"),
        (False, False, 500, "cancelled"),
        (False, True, 200, "cancelled"),
    ],
)
async def test_a_cancelled_request_is_the_client_s_if_it_left_and_the_server_s_otherwise(
    registry, lost, started, status, outcome
) -> None:
    connection = Connection()

    async def application(scope, receive, send):
        if started:
            await send(START)
        connection.lost = lost
        raise CancelledError

    record = await observe(application, registry, scope=scope_of(**{CONNECTION_KEY: connection}))
    assert (record.status, record.outcome) == (status, outcome)


async def test_a_request_whose_task_is_cancelled_leaves_no_gauge_up(registry) -> None:
    inside = asyncio.Event()

    async def application(scope, receive, send):
        inside.set()
        await asyncio.Event().wait()

    observed = ObservedApplication(application, registry, strict=True)
    task = asyncio.ensure_future(observed(scope_of(), nothing_more, swallow))
    await inside.wait()
    assert registry.value("http_requests_in_progress") == 1
    task.cancel()
    with pytest.raises(CancelledError):
        await task
    assert registry.value("http_requests_in_progress") == 0
    assert total(registry, 500) == 1


async def test_background_work_is_not_request_time_and_not_in_progress(registry) -> None:
    clock = Clock()
    during = []

    async def application(scope, receive, send):
        clock.now += 2.0
        await send(START)
        await send(body(b"done"))
        during.append(registry.value("http_requests_in_progress"))
        clock.now += 60.0

    record = await observe(application, registry, clock=clock)
    assert record.duration_seconds == 2.0
    assert during == [0]


async def test_a_failure_of_background_work_changes_nothing_but_is_told(registry) -> None:
    seen = Seen()

    async def application(scope, receive, send):
        await send(START)
        await send(body(b"done"))
        raise RuntimeError("later")

    observed = ObservedApplication(application, registry, observers=(seen,), strict=True)
    with pytest.raises(RuntimeError, match="later"):
        await observed(scope_of(), nothing_more, swallow)
    assert [record.outcome for record in seen.records] == ["completed"]
    assert [str(error) for error in seen.late] == ["later"]
    assert total(registry, 200) == 1


async def test_a_stream_counts_the_time_to_its_first_and_to_its_last_byte(registry) -> None:
    clock = Clock()

    async def application(scope, receive, send):
        clock.now += 1.0
        await send(START)
        await send(body(b"", more=True))
        clock.now += 2.0
        await send(body(b"one", more=True))
        clock.now += 4.0
        await send(body(b"two", more=True))
        await send(body())

    record = await observe(application, registry, clock=clock)
    assert (record.first_byte_seconds, record.duration_seconds) == (3.0, 7.0)
    assert registry.value("http_response_first_byte_seconds_sum", method="GET", path="/x") == 3.0


async def test_a_response_in_one_piece_is_no_stream(registry) -> None:
    async def application(scope, receive, send):
        await send(START)
        await send(body(b"whole"))

    record = await observe(application, registry)
    assert record.first_byte_seconds == record.duration_seconds
    assert not registry.value("http_response_first_byte_seconds_count", method="GET", path="/x")


async def test_a_stream_without_a_byte_has_no_first_byte(registry) -> None:
    async def application(scope, receive, send):
        await send(START)
        await send(body(b"", more=True))
        await send(body())

    record = await observe(application, registry)
    assert record.first_byte_seconds is None
    assert not registry.value("http_response_first_byte_seconds_count", method="GET", path="/x")


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
async def test_a_body_that_the_server_never_sends_has_no_size(registry, method, status) -> None:
    async def application(scope, receive, send):
        await send({**START, "status": status})
        await send(body(b"left out by the server"))

    record = await observe(application, registry, scope=scope_of(method))
    assert (record.method, record.response_bytes) == (method, 0)


async def test_the_request_body_is_counted_as_it_is_received(registry) -> None:
    chunks = [b"a" * 100, b"", b"b" * 23]

    async def receive():
        return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

    async def application(scope, receive, send):
        while (await receive())["more_body"]:
            pass
        await send(START)
        await send(body())

    record = await observe(application, registry, scope=scope_of("POST"), receive=receive)
    assert record.request_bytes == 123
    assert registry.value("http_request_size_bytes_sum", method="POST", path="/x") == 123


async def test_a_file_that_the_server_sends_counts_with_its_size(registry, tmp_path: Path) -> None:
    file = tmp_path / "asset.glb"
    file.write_bytes(b"x" * 4096)

    def sending(headers):
        async def application(scope, receive, send):
            await send({**START, "headers": headers})
            await send({"type": "http.response.pathsend", "path": str(file)})

        return application

    whole = await observe(sending([]), registry)
    promised = await observe(sending([(b"Content-Length", b"1000")]), registry)
    assert (whole.response_bytes, whole.outcome) == (4096, "completed")
    assert promised.response_bytes == 1000


async def test_zero_copy_messages_count_their_span(registry, tmp_path: Path) -> None:
    file = tmp_path / "asset.glb"
    file.write_bytes(b"x" * 4096)
    with file.open("rb") as opened:

        async def application(scope, receive, send):
            await send(START)
            common = {"type": "http.response.zerocopysend", "file": opened.fileno()}
            await send({**common, "count": 1000, "more_body": True})
            await send({**common, "offset": 4000, "more_body": False})

        record = await observe(application, registry)
    assert (record.response_bytes, record.outcome) == (1096, "completed")


async def test_a_response_with_trailers_ends_with_them(registry) -> None:
    clock = Clock()

    async def application(scope, receive, send):
        await send({**START, "trailers": True})
        await send(body(b"x"))
        clock.now += 1.0
        await send({"type": "http.response.trailers", "headers": [], "more_trailers": False})

    record = await observe(application, registry, clock=clock)
    assert (record.outcome, record.duration_seconds) == ("completed", 1.0)


@pytest.mark.parametrize(
    ("method", "label"), [("get", "other"), ("BREW", "other"), ("PATCH", "PATCH")]
)
async def test_an_unknown_verb_is_other(registry, method, label) -> None:
    async def application(scope, receive, send):
        await send(START)
        await send(body())

    record = await observe(application, registry, scope=scope_of(method))
    assert record.method == label
    assert total(registry, 200, label) == 1


async def test_the_paths_of_arrival_are_kept_although_a_mount_rewrites_them(registry) -> None:
    async def application(scope, receive, send):
        scope["path"], scope["root_path"] = "/inner", "/outer"

    record = await observe(application, registry)
    assert (record.path, record.root_path) == ("/x", "")


async def test_lifespan_passes_through_unmeasured(registry) -> None:
    passed = []

    async def application(scope, receive, send):
        passed.append((scope, receive, send))

    scope = {"type": "lifespan"}
    await ObservedApplication(application, registry, strict=True)(scope, nothing_more, swallow)
    assert passed == [(scope, nothing_more, swallow)]
    assert b"status_code=" not in registry.render(endpoint="system")


@dataclass(frozen=True)
class Behavior:
    """A random application with a random client."""

    chunks: tuple[int, ...]
    ends_with: str
    stops_after: int
    client_leaves_at: int | None
    listens: bool
    connection_known: bool


behaviors = st.builds(
    Behavior,
    chunks=st.lists(st.integers(0, 5), max_size=4).map(tuple),
    ends_with=st.sampled_from(["return", "raise", "cancel"]),
    stops_after=st.integers(0, 7),
    client_leaves_at=st.none() | st.integers(0, 7),
    listens=st.booleans(),
    connection_known=st.booleans(),
)


def expectation(behavior: Behavior) -> tuple[int, str, int]:
    """Say what a behavior must be counted as: status, outcome, bytes."""
    steps = 1 + max(1, len(behavior.chunks))
    done = min(behavior.stops_after, steps)
    leaves = behavior.client_leaves_at
    noticed = behavior.listens or behavior.connection_known
    size = sum(behavior.chunks[: max(0, done - 1)])
    # The client leaves ahead of step n, so a response is complete only if its last step came
    # before.
    last = steps if done == steps else done + 1
    if leaves is not None and noticed and leaves < last:
        return 499, "client_left", size
    if done == steps:
        return 200, "completed", size
    how = {"return": "aborted", "raise": "aborted", "cancel": "cancelled"}[behavior.ends_with]
    if done:
        return 200, how, size
    return 500, "cancelled" if behavior.ends_with == "cancel" else "failed", 0


@given(behaviors)
def test_every_behavior_is_counted_once_as_what_it_was(behavior: Behavior) -> None:
    registry = Registry(DECLARATIONS, strict=True)
    connection = Connection()
    gone = False
    sizes = behavior.chunks or (0,)
    messages = [
        START,
        *(body(b"x" * size, more=place < len(sizes) - 1) for place, size in enumerate(sizes)),
    ]

    async def receive():
        return (
            {"type": "http.disconnect"}
            if gone
            else {"type": "http.request", "body": b"", "more_body": True}
        )

    async def application(scope, receive, send):
        nonlocal gone
        for step in range(len(messages) + 1):
            if step == behavior.client_leaves_at:
                gone = connection.lost = True
            if behavior.listens:
                await receive()
            if step == behavior.stops_after or step == len(messages):
                break
            await send(messages[step])
        if behavior.ends_with == "raise":
            raise RuntimeError
        if behavior.ends_with == "cancel":
            raise CancelledError

    scope = scope_of(**({CONNECTION_KEY: connection} if behavior.connection_known else {}))
    record = asyncio.run(observe(application, registry, scope=scope, receive=receive))
    assert (record.status, record.outcome, record.response_bytes) == expectation(behavior)
    counts = [
        line
        for line in registry.render(endpoint="system").decode().splitlines()
        if line.startswith("http_requests_total{")
    ]
    assert counts == [
        f'http_requests_total{{method="GET",path="/x",status_code="{record.status}"}} 1.0'
    ]
