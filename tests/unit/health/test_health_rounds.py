"""Rounds are shared, never doubled, outlive hanging checks, and decide about readiness by two."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from asset_forge.observability.health import (
    DECLARATIONS,
    HEALTH_CHECK_DURATION,
    HEALTH_CHECK_STATUS,
    Check,
    Finding,
    Health,
    HealthMetrics,
    Pace,
    Status,
)
from asset_forge.observability.metrics import Merge, Registry


async def _fine() -> Finding:
    return Finding(Status.HEALTHY)


async def _until(condition: Any, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_thousand_simultaneous_probes_cost_one_round(service: Any) -> None:
    names = ("ready", "deep") * 500
    answers = await asyncio.gather(*(service.probe(name) for name in names))
    assert {answer.status_code for answer in answers} == {200}
    assert (service.database.asked, service.vectors.asked) == (1, 1)


async def test_a_fresh_round_is_not_run_again_and_a_stale_one_is(service: Any) -> None:
    for seconds in (0, 9, 2):
        service.pass_time(seconds)
        await service.probe("ready")
    assert service.database.asked == 2


async def test_one_failed_round_does_not_unready_a_replica_and_two_do(service: Any) -> None:
    codes = []
    for fault in (None, OSError(), None, OSError(), OSError(), OSError(), None):
        service.database.fault = fault
        service.pass_time()
        answer = await service.probe("ready")
        assert answer.json()["checks"]["database"] is (answer.status_code == 200)
        codes.append(answer.status_code)
    assert codes == [200, 200, 200, 200, 503, 503, 200]


async def test_a_first_round_that_fails_is_not_forgiven(service: Any) -> None:
    service.database.fault = OSError()
    assert (await service.probe("ready")).status_code == 503


async def test_deep_shows_a_single_failure_at_once(service: Any) -> None:
    await service.probe("deep")
    service.database.fault = OSError()
    service.pass_time()
    assert (await service.probe("deep")).status_code == 503
    assert (await service.probe("ready")).status_code == 200


async def test_when_every_check_hangs_deep_answers_within_its_budget(
    make_service: Any, short_pace: Any
) -> None:
    service = make_service(pace=short_pace, timeout_seconds=0.05)
    service.database.hangs = service.vectors.hangs = True
    deep = await service.probe("deep")
    assert (deep.status_code, deep.json()["status"]) == (503, "unhealthy")
    assert deep.json()["checks"]["database"]["details"] == {
        "connected": False,
        "error": "timed out after 0.05 s",
    }
    assert deep.json()["checks"]["disk"]["status"] == "healthy"


async def test_with_the_default_limits_a_hanging_service_answers_within_3_s(service: Any) -> None:
    service.database.hangs = service.vectors.hangs = True
    async with asyncio.timeout(3):
        answers = await asyncio.gather(service.probe("deep"), service.probe("ready"))
    assert [answer.status_code for answer in answers] == [503, 503]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"budget_seconds": 3}, "budget_seconds is 3; it must lie between 0 and 3"),
        ({"interval_seconds": 0}, "interval_seconds is 0; it must be more than 0 seconds"),
        ({"confirm_seconds": float("nan")}, "confirm_seconds is nan"),
        ({"stale_after_seconds": -1}, "stale_after_seconds is -1; it must not be negative"),
        (
            {"failures_to_unready": 0, "budget_seconds": 0},
            "budget_seconds.*failures_to_unready is 0",
        ),
    ],
)
def test_a_pace_that_could_not_answer_probes_is_refused(arguments: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Pace(**arguments)


async def test_the_default_budget_lies_inside_the_three_seconds_of_a_probe(service: Any) -> None:
    assert service.health.budget_seconds < 3
    assert all(check.timeout_seconds < service.health.budget_seconds for check in service.checks())


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
    return Pace(stale_after_seconds=0, budget_seconds=0.2)


async def test_a_hanging_thread_is_not_started_again_until_it_has_ended() -> None:
    stubborn = _Stubborn()
    check = Check(name="stubborn", run=stubborn, timeout_seconds=0.05)
    health = Health([check], environment="test", pace=_always_stale())
    first, second, third = [(await health.deep()).payload["checks"] for _ in range(3)]
    assert stubborn.runs == 1
    assert first["stubborn"]["details"]["error"] == "timed out after 0.05 s"
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


async def test_a_probe_that_leaves_does_not_end_the_round_of_the_others(service: Any) -> None:
    service.database.hangs = True
    leaver = asyncio.create_task(service.probe("deep"))
    stayer = asyncio.create_task(service.probe("deep"))
    await _until(lambda: service.database.asked == 1)
    leaver.cancel()
    assert (await stayer).json()["checks"]["database"]["status"] == "unhealthy"
    assert service.database.asked == 1


async def test_a_slow_answer_is_degraded() -> None:
    async def slow() -> Finding:
        await asyncio.sleep(0.02)
        return Finding(Status.HEALTHY)

    health = Health([Check(name="slow", run=slow, degraded_after_seconds=0.01)], environment="test")
    answer = await health.deep()
    assert (answer.code, answer.payload["status"]) == (200, "degraded")
    assert answer.payload["checks"]["slow"]["latency"] >= 20


async def test_rounds_run_in_the_background_and_stop_with_the_block() -> None:
    runs, others = 0, asyncio.all_tasks()

    async def count() -> Finding:
        nonlocal runs
        runs += 1
        return Finding(Status.HEALTHY)

    pace = Pace(interval_seconds=0.01)
    async with Health([Check(name="c", run=count)], environment="test", pace=pace).running():
        await _until(lambda: runs >= 3)
    assert asyncio.all_tasks() == others


async def test_a_check_under_way_is_cancelled_when_the_background_stops(service: Any) -> None:
    others = asyncio.all_tasks()
    service.database.hangs = True
    async with service.health.running():
        await _until(lambda: service.database.asked == 1)
    await _until(lambda: asyncio.all_tasks() == others)


async def test_a_first_failure_is_confirmed_soon() -> None:
    runs: list[float] = []

    async def fails_later() -> Finding:
        runs.append(time.monotonic())
        if len(runs) > 1:
            raise OSError
        return Finding(Status.HEALTHY)

    pace = Pace(interval_seconds=1.0, confirm_seconds=0.01, stale_after_seconds=100)
    check = Check(name="database", run=fails_later, required=True)
    health = Health([check], environment="test", pace=pace)
    async with health.running(), asyncio.timeout(10):
        await _until(lambda: len(runs) >= 3)
        assert runs[2] - runs[1] < runs[1] - runs[0]
        while (await health.ready()).code != 503:
            await asyncio.sleep(0.005)


async def test_after_the_loop_was_stuck_a_probe_runs_a_new_round(service: Any) -> None:
    async with service.health.running():
        await service.probe("ready")
        asked = service.database.asked
        service.pass_time(20)  # as after 20 s in which nothing on the loop ran
        service.database.fault = OSError()
        assert (await service.probe("deep")).status_code == 503
        assert service.database.asked == asked + 1


async def test_every_result_feeds_the_two_metrics() -> None:
    registry = Registry(DECLARATIONS, strict=True)
    metrics = HealthMetrics(
        registry.gauge(HEALTH_CHECK_STATUS), registry.histogram(HEALTH_CHECK_DURATION)
    )

    async def degraded() -> Finding:
        return Finding(Status.DEGRADED)

    async def broken() -> Finding:
        raise OSError

    checks = [
        Check(name="fine", run=_fine),
        Check(name="slow", run=degraded),
        Check(name="broken", run=broken),
    ]
    await Health(checks, environment="test", metrics=metrics).deep()
    lines = registry.render(endpoint="business").decode().splitlines()
    for name, value in (("fine", "1"), ("slow", "0.5"), ("broken", "0")):
        series = f'health_check_status{{check="{name}"}} '
        assert [float(line.removeprefix(series)) for line in lines if line.startswith(series)] == [
            float(value)
        ]
        assert f'health_check_duration_seconds_count{{check="{name}"}} 1' in lines


def test_the_worst_process_decides_the_status_of_a_group() -> None:
    assert HEALTH_CHECK_STATUS.merge is Merge.MIN
    assert {declaration.endpoint for declaration in DECLARATIONS} == {"business"}


async def test_a_change_of_status_is_logged_once(
    service: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await service.probe("deep")
    service.database.fault = OSError()
    for _ in range(3):
        service.pass_time()
        await service.probe("deep")
    messages = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert messages == ["health check database: healthy -> unhealthy OSError"]
