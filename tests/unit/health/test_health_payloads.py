"""Every probe answers with the documented keys, words and codes in every state."""

from __future__ import annotations

import platform
import sys
from typing import Any

import pytest
from tests.health_payloads import DEEP, LIVE, READY, shape, without

from asset_forge.observability.health.checks import LastOutcome, MemoryUse


async def test_live_is_the_documented_payload(service: Any) -> None:
    answer = await service.probe("live")
    assert (answer.status_code, answer.json()) == (200, LIVE)


async def test_ready_is_the_documented_payload(service: Any) -> None:
    answer = await service.probe("ready")
    assert (answer.status_code, answer.json()) == (200, READY)


async def test_deep_has_the_documented_keys_and_types_in_the_documented_order(service: Any) -> None:
    answer = await service.probe("deep")
    assert answer.status_code == 200
    assert shape(answer.json()) == shape(DEEP)


async def test_deep_tells_the_values_that_the_parts_have(service: Any) -> None:
    payload = (await service.probe("deep")).json()
    assert payload["status"] == "healthy"
    assert payload["timestamp"] == "2025-11-12T10:30:00.000Z"
    assert payload["checks"]["memory"] == DEEP["checks"]["memory"]
    assert payload["checks"]["externalAPIs"] == DEEP["checks"]["externalAPIs"]
    assert payload["checks"]["disk"]["details"]["tmpDirExists"] is True
    assert payload["system"]["pythonVersion"] == platform.python_version()
    assert payload["system"]["platform"] == sys.platform


async def test_uptime_counts_seconds_since_construction(service: Any) -> None:
    service.pass_time(3600)
    assert (await service.probe("deep")).json()["system"]["uptime"] == 3600


async def test_a_database_that_is_down_is_unhealthy_503_and_not_ready(service: Any) -> None:
    service.database.fault = ConnectionRefusedError("postgres://user:secret@db")
    deep, ready = await service.probe("deep"), await service.probe("ready")
    assert (deep.status_code, deep.json()["status"]) == (503, "unhealthy")
    assert deep.json()["checks"]["database"]["status"] == "unhealthy"
    assert deep.json()["checks"]["database"]["details"] == {
        "connected": False,
        "error": "ConnectionRefusedError",
    }
    assert "secret" not in deep.text
    assert ready.status_code == 503
    assert ready.json() == {
        **READY,
        "status": "not_ready",
        "checks": {"database": False, "qdrant": True},
    }


async def test_only_the_broken_part_changes_its_shape(service: Any) -> None:
    service.database.fault = OSError()
    payload = (await service.probe("deep")).json()
    assert shape(without(payload, "checks", "database")) == shape(
        without(DEEP, "checks", "database")
    )


async def test_a_configured_qdrant_that_is_down_degrades_and_leaves_the_replica_ready(
    service: Any,
) -> None:
    service.vectors.fault = TimeoutError()
    deep, ready = await service.probe("deep"), await service.probe("ready")
    assert (deep.status_code, deep.json()["status"]) == (200, "degraded")
    assert deep.json()["checks"]["qdrant"]["status"] == "unhealthy"
    assert deep.json()["checks"]["qdrant"]["details"]["configured"] is True
    assert (ready.status_code, ready.json()["checks"]) == (200, {"database": True, "qdrant": False})


async def test_a_qdrant_that_is_not_configured_is_healthy_and_not_available(
    make_service: Any,
) -> None:
    service = make_service(has_qdrant=False)
    deep, ready = await service.probe("deep"), await service.probe("ready")
    assert deep.json()["status"] == "healthy"
    assert deep.json()["checks"]["qdrant"]["status"] == "healthy"
    assert deep.json()["checks"]["qdrant"]["details"] == {"configured": False}
    assert (ready.status_code, ready.json()["checks"]) == (200, {"database": True, "qdrant": False})


@pytest.mark.parametrize(
    ("free_gib", "expected"), [(1.3, "healthy"), (1.1, "degraded"), (0.3, "unhealthy")]
)
async def test_memory_is_judged_by_its_thresholds(
    service: Any, free_gib: float, expected: str
) -> None:
    service.memory_use = MemoryUse(8 << 30, int(free_gib * (1 << 30)))
    answer = await service.probe("deep")
    assert answer.json()["checks"]["memory"]["status"] == expected
    assert answer.status_code == 200
    assert answer.json()["status"] == ("healthy" if expected == "healthy" else "degraded")


async def test_a_missing_assets_directory_degrades(service: Any) -> None:
    (service.directory / "assets").rmdir()
    payload = (await service.probe("deep")).json()
    assert payload["checks"]["disk"]["details"]["assetsDirExists"] is False
    assert (payload["status"], payload["checks"]["disk"]["status"]) == ("degraded", "degraded")
    assert shape(payload) == shape(DEEP)


async def test_the_last_failed_call_to_a_provider_degrades(service: Any) -> None:
    service.outcomes = {
        "meshy": LastOutcome("rate_limited", failed=True),
        "openai": LastOutcome("success", failed=False),
    }
    shown = (await service.probe("deep")).json()["checks"]["externalAPIs"]
    assert shown["status"] == "degraded"
    assert shown["details"]["lastOutcomes"] == {"meshy": "rate_limited", "openai": "success"}
    assert shown["details"]["count"] == 5


async def test_while_draining_ready_is_503_at_once_and_live_and_deep_go_on(service: Any) -> None:
    assert (await service.probe("ready")).status_code == 200
    service.drain.begin()
    ready = await service.probe("ready")
    assert (ready.status_code, ready.json()) == (503, {**READY, "status": "not_ready"})
    assert (await service.probe("live")).status_code == 200
    assert (await service.probe("deep")).json()["status"] == "healthy"


async def test_a_draining_replica_does_not_wait_for_checks_that_hang(service: Any) -> None:
    service.database.hangs = True
    service.drain.begin()
    assert (await service.probe("ready")).status_code == 503
    assert service.database.asked == 0


async def test_startup_is_503_until_the_application_says_that_it_is_started(service: Any) -> None:
    before = await service.probe("startup")
    service.health.mark_started()
    after = await service.probe("startup")
    assert (before.status_code, before.json()) == (503, {**LIVE, "status": "starting"})
    assert (after.status_code, after.json()) == (200, {**LIVE, "status": "started"})


async def test_live_asks_no_dependency(service: Any) -> None:
    await service.probe("live")
    assert (service.database.asked, service.vectors.asked) == (0, 0)
