"""A check has a name and a time limit; one that hangs is abandoned and not started again."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from tests.stillness import undisturbed

from asset_forge.observability.health import Check, Finding, Health, Pace, Status


async def _fine() -> Finding:
    return Finding(Status.HEALTHY)


async def _until(condition: Any, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


def test_a_check_that_would_outlast_the_budget_is_refused() -> None:
    slow = Check(name="slow", run=_fine, timeout_seconds=2.5)
    with pytest.raises(ValueError, match=r"check 'slow': timeout_seconds is 2\.5; .* 2\.5 s"):
        Health([slow], environment="test")


def test_two_checks_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two checks are named twin"):
        Health([Check(name="twin", run=_fine), Check(name="twin", run=_fine)], environment="test")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"name": "a b"}, "check name 'a b': use letters"),
        ({"name": ""}, "check name ''"),
        ({"name": "x", "timeout_seconds": 0}, "timeout_seconds is 0; it must be more than 0"),
        ({"name": "x", "timeout_seconds": float("nan")}, "timeout_seconds is nan"),
        ({"name": "x", "degraded_after_seconds": -1.0}, "degraded_after_seconds is -1.0"),
    ],
)
def test_a_check_that_could_not_work_is_refused(arguments: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Check(run=_fine, **arguments)


class _Stubborn:
    """A sync check that hangs until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.runs = 0
        self.threads: list[threading.Thread] = []

    def __call__(self) -> Finding:
        self.runs += 1
        self.threads.append(threading.current_thread())
        self.go.wait(30)
        return Finding(Status.HEALTHY)


def _always_stale() -> Pace:
    return Pace(stale_after_seconds=0, budget_seconds=2)


@undisturbed
async def test_a_hanging_thread_is_not_started_again_until_it_has_ended() -> None:
    stubborn = _Stubborn()
    check = Check(name="stubborn", run=stubborn, timeout_seconds=0.5)
    health = Health([check], environment="test", pace=_always_stale())
    first, second, third = [(await health.deep()).payload["checks"] for _ in range(3)]
    assert stubborn.runs == 1
    assert first["stubborn"]["details"]["error"] == "timed out after 0.5 s"
    assert "still hangs" in second["stubborn"]["details"]["error"]
    assert "still hangs" in third["stubborn"]["details"]["error"]
    stubborn.go.set()
    stubborn.threads[0].join()
    await _until(lambda: not stubborn.threads[0].is_alive())
    assert (await health.deep()).payload["checks"]["stubborn"]["status"] == "healthy"
    assert stubborn.runs == 2


async def test_a_sync_check_runs_in_a_daemon_thread_of_its_own() -> None:
    stubborn = _Stubborn()
    stubborn.go.set()
    health = Health([Check(name="quick", run=stubborn)], environment="test")
    await health.deep()
    assert stubborn.threads[0].daemon
    assert stubborn.threads[0].name == "health-quick"
    assert stubborn.threads[0] is not threading.main_thread()


async def test_an_async_check_that_ignores_its_cancellation_is_abandoned_once() -> None:
    runs, go, others = 0, asyncio.Event(), asyncio.all_tasks()

    async def deaf() -> Finding:
        nonlocal runs
        runs += 1
        while not go.is_set():
            try:
                await go.wait()
            except asyncio.CancelledError:
                continue
        return Finding(Status.HEALTHY)

    check = Check(name="deaf", run=deaf, timeout_seconds=0.05)
    health = Health([check], environment="test", pace=_always_stale())
    for _ in range(3):
        assert (await health.deep()).payload["checks"]["deaf"]["status"] == "unhealthy"
    assert runs == 1
    go.set()
    await _until(lambda: asyncio.all_tasks() == others)
    assert (await health.deep()).payload["checks"]["deaf"]["status"] == "healthy"


@undisturbed
async def test_time_in_which_the_loop_stood_still_is_given_back() -> None:
    answered = False

    async def ask() -> Finding:
        nonlocal answered
        asyncio.get_running_loop().call_soon(time.sleep, 0.3)
        await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)
        answered = True
        return Finding(Status.HEALTHY)

    check = Check(name="frozen", run=ask, timeout_seconds=0.1)
    health = Health([check], environment="test", pace=Pace(budget_seconds=1))
    assert (await health.deep()).payload["checks"]["frozen"]["status"] == "healthy"
    assert answered


@undisturbed
async def test_time_in_which_the_loop_stood_still_makes_no_answer_slow() -> None:
    async def ask() -> Finding:
        asyncio.get_running_loop().call_soon(time.sleep, 0.5)
        await asyncio.sleep(0.01)
        return Finding(Status.HEALTHY)

    check = Check(name="frozen", run=ask, timeout_seconds=1, degraded_after_seconds=0.3)
    health = Health([check], environment="test")
    shown = (await health.deep()).payload["checks"]["frozen"]
    assert shown["status"] == "healthy"
    assert shown["latency"] < 300


@undisturbed
async def test_a_loop_that_stands_still_again_and_again_does_not_keep_a_hanging_check_alive() -> (
    None
):
    async def hang() -> Finding:
        loop = asyncio.get_running_loop()
        while True:
            loop.call_soon(time.sleep, 0.03)
            await asyncio.sleep(0.01)

    check = Check(name="hung", run=hang, timeout_seconds=0.1)
    health = Health([check], environment="test", pace=Pace(budget_seconds=2))
    async with asyncio.timeout(10):
        deep = await health.deep()
    assert deep.payload["checks"]["hung"]["details"]["error"] == "timed out after 0.1 s"


async def test_checks_run_side_by_side() -> None:
    barrier = asyncio.Barrier(3)

    async def meet() -> Finding:
        await barrier.wait()
        return Finding(Status.HEALTHY)

    checks = [Check(name=f"c{number}", run=meet) for number in range(3)]
    assert (await Health(checks, environment="test").deep()).payload["status"] == "healthy"


async def test_a_check_that_returns_something_else_is_unhealthy() -> None:
    health = Health([Check(name="odd", run=lambda: None)], environment="test")  # type: ignore[arg-type]
    shown = (await health.deep()).payload["checks"]["odd"]
    assert shown["details"]["error"] == "TypeError"


async def test_a_slow_answer_is_degraded() -> None:
    async def slow() -> Finding:
        await asyncio.sleep(0.02)
        return Finding(Status.HEALTHY)

    health = Health([Check(name="slow", run=slow, degraded_after_seconds=0.01)], environment="test")
    answer = await health.deep()
    assert (answer.code, answer.payload["status"]) == (200, "degraded")
    assert answer.payload["checks"]["slow"]["latency"] >= 20
