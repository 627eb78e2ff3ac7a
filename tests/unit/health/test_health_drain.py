"""A drain begins once, from anywhere, and knows when nothing runs any more."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import Any

import httpx
import pytest
import uvicorn

from asset_forge.observability.health import Drain, DrainState, InFlightRequests
from asset_forge.observability.health.uvicorn_server import DrainingServer


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_drain_goes_from_running_to_draining_to_stopped() -> None:
    drain = Drain()
    states = [drain.state]
    drain.begin()
    states.append(drain.state)
    drain.stop()
    assert [*states, drain.state] == [DrainState.RUNNING, DrainState.DRAINING, DrainState.STOPPED]


def test_only_the_first_begin_counts() -> None:
    clock = Clock()
    drain = Drain(linger_seconds=5, clock=clock)
    assert not drain.linger_over
    assert drain.begin()
    clock.now = 4.9
    assert not drain.begin()
    assert not drain.linger_over
    clock.now = 5
    assert drain.linger_over


def test_the_grace_period_begins_when_the_lingering_ends() -> None:
    clock = Clock()
    drain = Drain(linger_seconds=5, grace_seconds=20, clock=clock)
    left = [drain.grace_left_seconds]
    clock.now = 100
    drain.begin()
    for clock.now in (100, 105, 115, 125, 130):
        left.append(drain.grace_left_seconds)
    assert left == [20, 20, 20, 10, 0, 0]


def test_beginning_after_the_end_does_not_go_back() -> None:
    drain = Drain()
    drain.stop()
    drain.begin()
    assert drain.state is DrainState.STOPPED


@pytest.mark.parametrize("title", ["grace_seconds", "linger_seconds"])
@pytest.mark.parametrize("value", [-1, 3601, float("nan")])
def test_an_impossible_time_is_refused(title: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{title} is .*between 0 and 3600 seconds"):
        Drain(**{title: value})


async def test_waiting_for_idle_ends_when_the_last_work_ends_in_any_thread() -> None:
    drain, go = Drain(), threading.Event()

    def step() -> None:
        with drain.in_flight():
            entered.set()
            go.wait(10)

    entered = threading.Event()
    thread = threading.Thread(target=step)
    thread.start()
    await asyncio.to_thread(entered.wait, 10)
    waiter = asyncio.create_task(drain.wait_idle(timeout_seconds=10))
    await asyncio.sleep(0)
    assert not waiter.done()
    go.set()
    assert await waiter
    thread.join()
    assert drain.in_flight_count == 0


async def test_waiting_for_idle_gives_up_at_its_time_limit() -> None:
    drain = Drain()
    with drain.in_flight():
        assert not await drain.wait_idle(timeout_seconds=0.01)
    assert await drain.wait_idle(timeout_seconds=0.01)


def test_work_that_fails_is_not_in_flight_any_more() -> None:
    drain = Drain()
    with pytest.raises(KeyError), drain.in_flight():
        raise KeyError
    assert drain.in_flight_count == 0


def test_counting_from_many_threads_loses_nothing() -> None:
    drain = Drain()

    def work() -> None:
        for _ in range(2000):
            drain.enter()
            drain.leave()
        drain.enter()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drain.in_flight_count == 8


async def test_streams_are_woken_when_a_signal_handler_begins_the_drain() -> None:
    drain = Drain()
    before = signal.signal(signal.SIGUSR1, lambda *_: drain.begin() and None)
    try:
        waiters = [asyncio.create_task(drain.wait_draining()) for _ in range(3)]
        await asyncio.sleep(0)
        signal.raise_signal(signal.SIGUSR1)
        async with asyncio.timeout(10):
            await asyncio.gather(*waiters)
    finally:
        signal.signal(signal.SIGUSR1, before)


async def _respond(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"Connection", b"keep-alive"), (b"x-kept", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def test_responses_close_their_connection_only_while_draining() -> None:
    drain = Drain()
    transport = httpx.ASGITransport(InFlightRequests(_respond, drain))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        before = await client.get("/")
        drain.begin()
        after = await client.get("/")
    assert before.headers.get_list("connection") == ["keep-alive"]
    assert after.headers.get_list("connection") == ["close"]
    assert after.headers["x-kept"] == "1"


async def test_a_request_is_in_flight_until_the_application_has_returned_or_failed() -> None:
    drain, seen = Drain(), []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(drain.in_flight_count)
        if scope["type"] == "websocket":
            raise RuntimeError

    wrapped = InFlightRequests(app, drain)
    await wrapped({"type": "http"}, _nothing, _nothing)
    with pytest.raises(RuntimeError):
        await wrapped({"type": "websocket"}, _nothing, _nothing)
    await wrapped({"type": "lifespan"}, _nothing, _nothing)
    assert (seen, drain.in_flight_count) == ([1, 1, 0], 0)


async def _nothing(*_: Any) -> Any:
    return None


def test_a_second_time_limit_beside_the_grace_period_is_refused() -> None:
    config = uvicorn.Config(_respond, timeout_graceful_shutdown=3)
    with pytest.raises(ValueError, match="timeout_graceful_shutdown is 3; leave it unset"):
        DrainingServer(config, Drain())
