"""What nothing else handled is captured, once each, from requests, tasks and threads."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from asset_forge.observability.errors import ErrorStore, ErrorTracker, capture_unhandled
from asset_forge.observability.http import DECLARATIONS, ObservedApplication
from asset_forge.observability.metrics import Registry
from asset_forge.observability.redaction import Redactor
from asset_forge.observability.requests import UnhandledErrors

PIECE = {"type": "http.response.body", "body": b"o", "more_body": True}
START = {"type": "http.response.start", "status": 200, "headers": []}


@pytest.fixture
def tracker() -> Iterator[ErrorTracker]:
    made = ErrorTracker(store=ErrorStore(None), redactor=Redactor())
    yield made
    made.close()


def captured(tracker: ErrorTracker) -> list[tuple[str, int]]:
    return sorted((group.message, group.count) for group in tracker.store.groups().items)


async def ask(
    application: Any, tracker: ErrorTracker, *, leaves: bool = False, kind: str = "http"
) -> None:
    """Send one request to an application that fails."""
    registry = Registry(DECLARATIONS, strict=True)
    observed = ObservedApplication(
        application, registry, observers=[UnhandledErrors(tracker)], strict=True
    )

    async def receive() -> Any:
        return {"type": "http.disconnect"} if leaves else {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        return None

    scope: Any = {"type": kind, "path": "/a", "method": "GET", "headers": []}
    with pytest.raises(BaseException):  # noqa: B017, PT011 - whatever it is, the server gets it too
        await observed(scope, receive, send)


async def test_a_request_that_raises_is_captured(tracker: ErrorTracker) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("before the response")

    await ask(application, tracker)
    assert captured(tracker) == [("before the response", 1)]


async def test_a_websocket_whose_application_raises_is_captured(tracker: ErrorTracker) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        raise LookupError("while it was open")

    await ask(application, tracker, kind="websocket")
    assert captured(tracker) == [("while it was open", 1)]


async def test_a_response_that_breaks_off_is_captured(tracker: ErrorTracker) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await send(PIECE)
        raise LookupError("in the middle")

    await ask(application, tracker)
    assert captured(tracker) == [("in the middle", 1)]


async def test_background_work_that_fails_after_the_response_is_captured(
    tracker: ErrorTracker,
) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"ok"})
        raise LookupError("afterwards")

    await ask(application, tracker)
    assert captured(tracker) == [("afterwards", 1)]


async def test_what_was_captured_inside_is_not_captured_again(tracker: ErrorTracker) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        try:
            raise LookupError("once")
        except LookupError as error:
            tracker.capture(error)
            raise

    await ask(application, tracker)
    assert captured(tracker) == [("once", 1)]


async def test_what_a_client_caused_by_leaving_is_not_captured(tracker: ErrorTracker) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        raise ConnectionResetError("nobody listens")

    await ask(application, tracker, leaves=True)
    assert captured(tracker) == []


async def test_a_cancelled_request_is_no_error(tracker: ErrorTracker) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        raise asyncio.CancelledError

    await ask(application, tracker)
    assert captured(tracker) == []


async def test_a_task_that_nobody_awaits_is_captured(tracker: ErrorTracker) -> None:
    async def fail() -> None:
        raise LookupError("nobody awaits this")

    with capture_unhandled(tracker, asyncio.get_running_loop()):
        task = asyncio.create_task(fail())
        await asyncio.wait({task})
        del task
        gc.collect()  # the loop hears of it when the task goes
    assert captured(tracker) == [("nobody awaits this", 1)]


async def test_a_thread_that_ends_by_an_exception_is_captured(
    tracker: ErrorTracker, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise LookupError("in a thread")

    loop = asyncio.get_running_loop()
    before = (threading.excepthook, loop.get_exception_handler())
    with capture_unhandled(tracker, loop):
        thread = threading.Thread(target=fail, name="planted")
        thread.start()
        thread.join()
    assert (threading.excepthook, loop.get_exception_handler()) == before
    (group,) = tracker.store.groups().items
    assert (group.message, group.severity) == ("in a thread", "critical")
    assert "a thread ended by an exception" in caplog.text
