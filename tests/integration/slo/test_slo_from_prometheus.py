"""The service reads its budgets from a real Prometheus, and from itself while that is away."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.integration.slo.slo_stack import prometheus, scraped
from tests.integration.slo.test_slo_of_a_service import FULL, upload
from tests.ports import free_port
from tests.served import Server, ServerFactory, until


def availability(server: Server, source: str) -> dict[str, Any] | None:
    report = server.get("/api/slo")
    found: dict[str, Any] = report["objectives"][0] | {"note": report["note"]}
    return found if report["source"] == source else None


def test_both_sources_tell_the_same(serve: ServerFactory, tmp_path: Path) -> None:
    """Once more where Prometheus was starved: what it has not evaluated in time it never counts."""
    for left in reversed(range(3)):
        home, missed = tmp_path / f"left-{left}", list[float]()
        home.mkdir()
        try:
            compare_sources(serve, home, missed)
        except AssertionError:
            if not left or not any(missed):
                raise
        else:
            return


def compare_sources(serve: ServerFactory, home: Path, missed: list[float]) -> None:
    port = free_port()
    variables = {**FULL, "PROMETHEUS_URL": f"http://127.0.0.1:{port}"}
    server = serve(variables, data_dir=home / "var")
    with prometheus(home, port, [f"127.0.0.1:{server.port}"]) as url:
        scraped(url)
        before = missed_evaluations(url)
        began = time.monotonic()
        good = bad = 0
        while time.monotonic() - began < 12 or bad < 60:  # over several steps of the recording
            for _ in range(3):
                assert server.request("GET", "/api/assets").status_code == 200
            assert upload(server).status_code == 507
            good, bad = good + 3, bad + 1

        def recorded() -> dict[str, Any] | None:
            nonlocal good
            found = availability(server, "prometheus")
            good += 1  # the question itself
            return found if found and found["events"]["bad"] > 0.85 * bad else None

        try:
            told = until("Prometheus has recorded the failures", recorded, 60)
        finally:
            missed.append(missed_evaluations(url) - before)
        assert told["note"].startswith(f"Recorded by Prometheus at {url}")
        assert told["events"]["bad"] == pytest.approx(bad, rel=0.2)
        assert told["events"]["total"] == pytest.approx(good + bad, rel=0.3)
        assert told["observedSeconds"] > 5
        assert told["state"] == "spent"

    own = availability(server, "process")
    assert own is not None
    assert own["note"].startswith(f"Prometheus at {url} cannot be reached")
    assert own["events"]["bad"] == bad
    assert own["events"]["total"] >= good + bad
    assert own["state"] == "spent"
    assert told["ratio"] == pytest.approx(own["ratio"], abs=0.08)
    assert {one["factor"] for one in told["alerts"] if one["firing"]} <= {
        one["factor"] for one in own["alerts"] if one["firing"]
    }


def missed_evaluations(url: str) -> float:
    """How many evaluations of its rules Prometheus has left out, too late for them."""
    families = text_string_to_metric_families(httpx.get(f"{url}/metrics", timeout=30).text)
    name = "prometheus_rule_group_iterations_missed"
    return sum(one.value for family in families if family.name == name for one in family.samples)


def test_a_prometheus_without_the_rules_is_not_believed(
    serve: ServerFactory, tmp_path: Path
) -> None:
    port = free_port()
    server = serve({"PROMETHEUS_URL": f"http://127.0.0.1:{port}"})
    with prometheus(tmp_path, port, [f"127.0.0.1:{server.port}"], rules=False):

        def refused() -> bool:
            found = availability(server, "process")
            said = "records no objectives; load prometheus/rules/slo.yml"
            return found is not None and said in found["note"]

        until("it says that there are no rules", refused, 60)
