"""Rounds are shared, never doubled, and two failed ones decide about readiness."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from tests.stillness import undisturbed

from asset_forge.observability.health import (
    DECLARATIONS,
    HEALTH_CHECK_DURATION,
    HEALTH_CHECK_STATUS,
    Check,
    Finding,
    Health,
    HealthMetrics,
    HealthProbes,
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


def _rounds() -> list[str]:
    """The tasks that run rounds now."""
    names = [task.get_name() for task in asyncio.all_tasks()]
    return [name for name in names if name.startswith("health-")]


@undisturbed
async def test_a_thousand_simultaneous_probes_cost_one_round(make_service: Any) -> None:
    service = make_service()
    probes = HealthProbes(service.app, service.health)
    codes: list[int] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            codes.append(message["status"])

    # Without a client: a busy machine spends more on a thousand than the probes' budget.
    asked = [
        {"type": "http", "method": "GET", "path": f"/api/health/{name}", "headers": []}
        for name in ("ready", "deep") * 500
    ]
    await asyncio.gather(*(probes(scope, receive, send) for scope in asked))
    assert codes == [200] * 1000
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


@undisturbed
async def test_when_every_check_hangs_deep_answers_within_its_budget(
    make_service: Any, short_pace: Any
) -> None:
    service = make_service(pace=short_pace, timeout_seconds=0.5)
    service.database.hangs = service.vectors.hangs = True
    deep = await service.probe("deep")
    assert (deep.status_code, deep.json()["status"]) == (503, "unhealthy")
    assert deep.json()["checks"]["database"]["details"] == {
        "connected": False,
        "error": "timed out after 0.5 s",
    }
    assert deep.json()["checks"]["disk"]["status"] == "healthy"


@undisturbed
async def test_with_the_default_limits_a_hanging_service_answers_within_3_s(
    make_service: Any,
) -> None:
    service = make_service()
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


async def test_a_probe_that_leaves_does_not_end_the_round_of_the_others(service: Any) -> None:
    service.database.hangs = True
    leaver = asyncio.create_task(service.probe("deep"))
    stayer = asyncio.create_task(service.probe("deep"))
    await _until(lambda: service.database.asked == 1)
    leaver.cancel()
    assert (await stayer).json()["checks"]["database"]["status"] == "unhealthy"
    assert service.database.asked == 1


async def test_rounds_run_in_the_background_and_stop_with_the_block() -> None:
    runs, others = 0, asyncio.all_tasks()

    async def count() -> Finding:
        nonlocal runs
        runs += 1
        return Finding(Status.HEALTHY)

    pace = Pace(interval_seconds=0.01)
    async with Health([Check(name="c", run=count)], environment="test", pace=pace).running():
        await _until(lambda: runs >= 3)
    assert _rounds() == []
    await _until(lambda: asyncio.all_tasks() == others)


async def test_a_check_under_way_is_cancelled_when_the_background_stops(service: Any) -> None:
    others = asyncio.all_tasks()
    service.database.hangs = True
    async with service.health.running():
        await _until(lambda: service.database.asked == 1)
    assert _rounds() == []
    await _until(lambda: asyncio.all_tasks() == others)


@pytest.mark.parametrize(
    ("runs_that_succeed", "expected"),
    [(1000, False), (1, True), (0, False)],
    ids=["healthy", "first failure", "down from the start"],
)
async def test_the_next_round_after_a_first_failure_comes_at_its_own_pace(
    runs_that_succeed: int, *, expected: bool
) -> None:
    """The confirming pause is endless here: only a round that waits for it stops the counting."""
    runs = 0

    async def ask() -> Finding:
        nonlocal runs
        runs += 1
        if runs > runs_that_succeed:
            raise OSError
        return Finding(Status.HEALTHY)

    pace = Pace(interval_seconds=0.001, confirm_seconds=3600, stale_after_seconds=3600)
    check = Check(name="database", run=ask, required=True)
    async with Health([check], environment="test", pace=pace).running():
        await _until(lambda: runs >= 1 + expected)
        try:
            await _until(lambda: runs >= 10, seconds=0.5 if expected else 10)
        except TimeoutError:
            assert expected
            assert runs == 2
        else:
            assert not expected


async def test_a_second_failed_round_in_the_background_unreadies_the_replica() -> None:
    runs = 0

    async def ask() -> Finding:
        nonlocal runs
        runs += 1
        if runs > 1:
            raise OSError
        return Finding(Status.HEALTHY)

    pace = Pace(interval_seconds=0.01, confirm_seconds=0.01, stale_after_seconds=3600)
    check = Check(name="database", run=ask, required=True)
    health = Health([check], environment="test", pace=pace)
    async with health.running(), asyncio.timeout(10):
        while (await health.ready()).code != 503:
            await asyncio.sleep(0.005)
    assert runs >= 3


async def test_after_the_loop_was_stuck_a_probe_runs_a_new_round(service: Any) -> None:
    async with service.health.running():
        await service.probe("ready")
        asked = service.database.asked
        service.pass_time(20)  # as after 20 s in which nothing on the loop ran
        service.database.fault = OSError()
        assert (await service.probe("deep")).status_code == 503
        assert service.database.asked == asked + 1


async def test_time_in_which_the_loop_stood_still_is_not_the_budget_of_a_probe() -> None:
    async def soon() -> Finding:
        await asyncio.sleep(0.05)
        return Finding(Status.HEALTHY)

    pace = Pace(budget_seconds=0.5)
    check = Check(name="database", run=soon, timeout_seconds=0.4)
    health = Health([check], environment="test", pace=pace)
    probe = asyncio.create_task(health.deep())
    await asyncio.sleep(0.01)
    time.sleep(0.7)
    assert (await probe).code == 200


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
