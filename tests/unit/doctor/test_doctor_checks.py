"""Each check finds its fault, names what was measured and a runbook, and is silent without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from tests.unit.doctor import doctor_cases as cases
from tests.unit.doctor.doctor_cases import NOW, fleet, monitoring, point, seen, target

from asset_forge import catalog
from asset_forge.doctor import SECTIONS, examine
from asset_forge.doctor import _limits as limits
from asset_forge.doctor._evidence import (
    DeepCheck,
    ErrorGroup,
    Evidence,
    FiringAlert,
    Monitoring,
    Ready,
    Reply,
    Rule,
    Server,
    TraceLine,
)
from asset_forge.doctor._health import DEEP, LIVE, READY
from asset_forge.doctor._questions import (
    FAILED_REQUESTS,
    LOOP_LAGS,
    REQUESTS,
    ROUTE_SECONDS,
)
from asset_forge.monitoring import ALERTS
from asset_forge.monitoring.slo import Events
from asset_forge.observability.metrics import SELF_DECLARATIONS, Registry
from asset_forge.observability.metrics.runtime import RUNTIME_DECLARATIONS

ROOT = Path(__file__).parents[3]
BROKEN = {"database": DeepCheck("unhealthy", 2000, {"connected": False})}


@dataclass(frozen=True)
class Case:
    """Evidence in which a check finds something: its runbook, and what the evidence must say."""

    check: str
    seen: Evidence
    runbook: str
    said: str


def counted(declaration_name: str, *labels: str, count: float = 3) -> Callable[[Registry], None]:
    """A change that counts events in a counter of the catalog or the registry."""
    known = {one.name: one for one in (*SELF_DECLARATIONS, *catalog.DECLARATIONS)}

    def change(made: Registry) -> None:
        made.counter(known[declaration_name]).labels(*labels).inc(count)  # type: ignore[arg-type]

    return change


def observed(name: str, *labels: str, value: float) -> Callable[[Registry], None]:
    """A change that observes a value sixty times in a histogram of the catalog."""
    known = {one.name: one for one in catalog.DECLARATIONS}

    def change(made: Registry) -> None:
        for _ in range(60):
            made.histogram(known[name]).labels(*labels).observe(value)  # type: ignore[arg-type]

    return change


def both(*changes: Callable[[Registry], None]) -> Callable[[Registry], None]:
    def change(made: Registry) -> None:
        for one in changes:
            one(made)

    return change


def gauge(name: str, value: float) -> Callable[[Registry], None]:
    """A change that sets a gauge of the runtime."""
    return lambda made: cases.gauge(made, name, value)


def lagging(made: Registry) -> None:
    lag = next(one for one in RUNTIME_DECLARATIONS if one.name == "event_loop_lag_seconds")
    made.histogram(lag).labels().observe(4.0)  # type: ignore[arg-type]


def failing(made: Registry) -> None:
    cases.requests(made, "/api/assets", 503, 20, 0.02)


def slow(made: Registry) -> None:
    cases.requests(made, "/api/assets/search", 200, 30, 4.0)


def full(made: Registry) -> None:
    made.gauge(catalog.STORAGE_USED).labels("system").set(81 * cases.GIB)


def resting(made: Registry) -> None:
    made.gauge(catalog.AI_BREAKER).labels("meshy").set(1)


def spent(made: Registry) -> None:
    made.gauge(catalog.AI_SPEND_LIMIT).labels().set(10)
    made.gauge(catalog.AI_SPEND_DAY).labels().set(9.5)


def queue(oldest: float, busy: float = 0) -> Callable[[Registry], None]:
    def change(made: Registry) -> None:
        made.gauge(catalog.QUEUE_OLDEST).labels().set(oldest)
        made.gauge(catalog.QUEUE_DEPTH).labels().set(7)
        made.gauge(catalog.IN_PROGRESS).labels("prop").set(busy)

    return change


def unreached() -> Evidence:
    return seen(
        replies={**cases.service().replies, LIVE: Reply(fault="cannot be reached (refused)")}
    )


def error(ago: timedelta) -> ErrorGroup:
    return ErrorGroup("f1", "KeyError", "'x'", "store.read", "error", 5, NOW - ago)


def trace(ago: timedelta) -> TraceLine:
    return TraceLine("t1", "GET /api/assets", "/api/assets", NOW - ago, 7.5)


def prometheus(**changed: object) -> Evidence:
    return seen(monitoring=monitoring(**changed))


def loaded(kind: str) -> list[Rule]:
    return [rule for rule in monitoring().rules if rule.type == kind]


def alert(name: str, severity: str, state: str = "firing") -> FiringAlert:
    labels = {"alertname": name, "severity": severity}
    return FiringAlert(labels, state, {"summary": "s", "description": "7 % fail"}, "7")


def server(limit: int, **changed: int) -> Evidence:
    found = Server(max_connections=limit, reserved=3, in_use=9)
    return replace(seen(), server=found, **changed)


MINUTES = timedelta(minutes=5)
FALLEN_BACK = msgspec.structs.replace(
    cases.budgets(), note="Prometheus at http://p did not answer within 3 s. These are …"
)
POISONED = counted("asset_generation_errors_total", "prop", "poisoned")
CASES = [
    Case("reachable", unreached(), "ServiceDown", "cannot be reached"),
    Case("ready", seen(ready=Ready("not_ready", {"database": False, "qdrant": True})),
         "DatabaseDown", "database=false"),
    Case("ready", seen(ready=Ready("not_ready", {"database": True})), "InstanceDown", "not_ready"),
    Case("parts", seen(deep=cases.deep(**BROKEN)), "DatabaseDown", "connected: False"),
    Case("parts", seen(deep=cases.deep(qdrant=DeepCheck("degraded"))), "DependencyUnhealthy",
         "qdrant is degraded"),
    Case("failing_routes", seen(failing, objectives=None), "HighErrorRate",
         "/api/assets: 20× 503 of 120"),
    Case("captured_errors", seen(errors=[error(MINUTES)]), "HighErrorRate", "5× KeyError: 'x'"),
    Case("slow_routes", seen(slow, objectives=None), "HighLatency", "/api/assets/search: 4"),
    Case("slow_tables", seen(observed("db_query_duration_seconds", "select", "assets", value=0.4)),
         "DatabaseSlow", "assets: 0.4"),
    Case("slow_providers", seen(observed("ai_api_latency_seconds", "meshy", "m", value=200.0)),
         "ProviderFailing", "meshy: 2"),
    Case("slow_requests", seen(traces=[trace(MINUTES)]), "HighLatency", "7.5 s; /api/traces/t1"),
    Case("loop_lag", seen(lagging), "EventLoopStalled", "watchdog"),
    Case("resident_memory", seen(gauge("process_resident_memory_bytes", 1.9 * cases.GIB)),
         "HighMemoryUsage", "1,946 of 2,048 MiB (95.0%)"),
    Case("memory_part", seen(deep=cases.deep(memory=DeepCheck("degraded"))), "HighMemoryUsage",
         "memory is degraded"),
    Case("memory_growth", prometheus(fleet=fleet(memory=[point(1.2, instance="a:1")])),
         "HighMemoryUsage", "a:1: 120% in a day"),
    Case("database_pool", seen(lambda m: m.gauge(catalog.CONNECTIONS_ACTIVE).labels().set(19)),
         "DatabasePoolNearExhaustion", "19 of 20 connections"),
    Case("descriptors", seen(gauge("process_open_fds_ratio", 0.98)), "FileDescriptorsNearLimit",
         "98% of its file descriptors open; all together 30 of 1,024"),
    Case("volume", seen(full),
         "LowDiskSpace", "81.0 of 100.0 GiB are used (81.0%)"),
    Case("disk_part", seen(deep=cases.deep(disk=DeepCheck("unhealthy", None, {"error": "ENOSPC"}))),
         "LowDiskSpace", "error: ENOSPC"),
    Case("storage_part", seen(deep=cases.deep(storage=DeepCheck("unhealthy"))), "StorageFailing",
         "storage is unhealthy"),
    Case("storage_errors", seen(counted("asset_generation_errors_total", "prop", "storage_full")),
         "StorageFailing", "3 generations failed of storage_full"),
    Case("queue", seen(queue(700)), "GenerationQueueStalled", "7 wait, the oldest for 11 min 40 s"),
    Case("queue", seen(queue(700, busy=2)), "GenerationQueueSlow", "2 are being made"),
    Case("failed_generations", seen(
        both(counted("asset_generations_total", "music", "failure"),
             counted("asset_generation_errors_total", "music", "timeout")), objectives=None),
        "HighGenerationFailureRate", "music: 3 of 3"),
    Case("poisoned", seen(POISONED), "PoisonedGeneration", "3 generations killed their worker"),
    Case("providers", seen(both(counted("ai_api_calls_total", "meshy", "m", "failure"),
                                counted("ai_api_errors_total", "meshy", "timeout"))),
         "ProviderFailing", "3× timeout"),
    Case("refused_providers", seen(counted("ai_api_errors_total", "openai", "authentication")),
         "ProviderCredentialsRejected", "openai: 3×"),
    Case("refused_providers", seen(counted("ai_api_errors_total", "openai", "quota_exhausted")),
         "ProviderOutOfCredit", "openai: 3×"),
    Case("resting_providers", seen(resting), "ProviderFailing", "ai_circuit_breaker_state is 1"),
    Case("spending", seen(spent), "AISpendLimitNear", "9.50 of 10.00 US dollars"),
    Case("provider_part", seen(deep=cases.deep(externalAPIs=DeepCheck(
        "degraded", None, {"lastOutcomes": {"meshy": "timeout"}}))), "ProviderFailing", "meshy"),
    Case("exposed", seen(system=None, withheld={"/metrics": "/metrics is no exposition: line 1"}),
         "ScrapeFailing", "no exposition"),
    Case("exposed", seen(business=cases.Samples({})), "MetricsAbsent", "no business metrics"),
    Case("moving", seen(moved=False), "MetricsAbsent", "METRICS_DIR"),
    Case("overflows", seen(counted("metrics_series_overflow_total", "ai_api_calls_total")),
         "SeriesOverflow", "ai_api_calls_total: 3"),
    Case("overflows",
         seen(counted("metrics_series_overflow_total", "http_requests_total", count=101)),
         "SeriesOverflow", "http_requests_total: 101"),
    Case("dropped", seen(counted("telemetry_dropped_total", "log")), "TelemetryLost", "log: 3"),
    Case("collectors", seen(counted("metrics_collector_errors_total", "member")),
         "CollectorFailing", "member: 3"),
    Case("samples", seen(counted("background_sample_errors_total", "queue")),
         "BackgroundSampleFailing", "queue: 3"),
    Case("answers", seen(monitoring=Monitoring(url="http://p", fault="did not answer")),
         "Watchdog", "did not answer"),
    Case("scraped", prometheus(targets=[]), "MetricsAbsent", "its jobs: none"),
    Case("scraped", prometheus(targets=[target("/metrics"), target("/metrics/business",
                                                                   health="down")]),
         "ScrapeFailing", "connection refused"),
    Case("scraped", prometheus(targets=[target("/metrics")]), "MetricsAbsent",
         "metrics_path=/metrics/business"),
    Case("labels", prometheus(fleet=fleet(renamed=[point(40, job="asset-forge")])),
         "MetricsAbsent", "exported_endpoint"),
    Case("labels", prometheus(fleet=fleet(jobs=[point(1, job="web")])), "MetricsAbsent", "'web'"),
    Case("rules", prometheus(rules=loaded("recording")), "Watchdog",
         f"{len(ALERTS)} of {len(ALERTS)} alerts"),
    Case("rules", prometheus(rules=loaded("alerting")), "MetricsAbsent", "slo:error_budget"),
    Case("rules", prometheus(rules=[*monitoring().rules, Rule("slo:x", "recording", "err", "bad")]),
         "Watchdog", "bad"),
    Case("delivery", prometheus(alertmanagers=0), "Watchdog", "reach nobody"),
    Case("retention", prometheus(retention="15d"), "AvailabilityBudgetBurnSlow", "keeps 15 d"),
    Case("clocks", prometheus(clock_offset=-30.0), "ScrapeFailing", "+30.10 s off"),
    Case("firing", prometheus(alerts=[alert("HighErrorRate", "critical")]), "HighErrorRate",
         "7 % fail"),
    Case("budgets", seen(objectives=cases.budgets(availability=Events(40, 1000))),
         "AvailabilityBudgetBurn", "40 of 1,000 failed"),
    Case("budgets", seen(objectives=cases.budgets(latency=Events(160, 1000))),
         "LatencyBudgetBurnSlow", "160 of 1,000"),
    Case("source", seen(objectives=FALLEN_BACK), "Watchdog", "did not answer"),
    Case("versions", prometheus(fleet=fleet(versions=[point(1, version="1.0.0", revision=""),
                                                      point(2, version="0.9.0", revision="b")])),
         "VersionSkew", "0.9.0 b"),
    Case("connections", server(25), "DatabasePoolNearExhaustion", "may open 25 connections"),
]  # fmt: skip


def outcomes(evidence: Evidence, check: str) -> list[str]:
    return [one.outcome for one in examine(evidence).results if one.check == check]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check}-{case.runbook}")
def test_a_fault_is_found_with_evidence_and_runbook(case: Case) -> None:
    found = [one for one in examine(case.seen).findings if one.check == case.check]
    assert [one.runbook for one in found] == [f"docs/runbooks/{case.runbook}.md"]
    assert case.said in "\n".join([found[0].summary, *found[0].evidence])
    assert examine(case.seen).healthy is False


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check}-{case.runbook}")
def test_the_same_check_is_silent_without_the_fault(case: Case) -> None:
    assert "finding" not in outcomes(seen(monitoring=monitoring()), case.check)


def test_every_check_has_a_case() -> None:
    checks = {check.__name__ for section in SECTIONS.values() for check in section}
    assert {case.check for case in CASES} == checks - {"error_lines"}  # which only tells


def test_a_healthy_service_is_said_to_be_so() -> None:
    report = examine(replace(seen(monitoring=monitoring()), server=Server(max_connections=100)))
    assert report.findings == []
    assert (report.healthy, report.reachable) == (True, True)
    assert [one.summary for one in report.results if one.outcome == "unseen"] == []
    assert {one.section for one in report.results} == set(SECTIONS)


def test_every_finding_names_a_runbook_that_is_there() -> None:
    pages = {path.name for path in (ROOT / "docs" / "runbooks").glob("*.md")}
    for case in CASES:
        for finding in examine(case.seen).findings:
            assert finding.runbook is not None
            assert Path(finding.runbook).name in pages


def test_critical_findings_come_first() -> None:
    both_found = seen(failing, deep=cases.deep(disk=DeepCheck("degraded")), objectives=None)
    assert [one.severity for one in examine(both_found).findings] == ["critical", "warning"]


def test_an_unreachable_service_is_not_looked_at_any_further() -> None:
    report = examine(replace(unreached(), monitoring=monitoring(alertmanagers=0)))
    assert report.reachable is False
    assert [one.check for one in report.findings] == ["reachable", "delivery"]
    assert {one.section for one in report.results} == {"Health", "Prometheus"}


# What is past, and what Prometheus knows better


def test_failures_that_are_over_are_no_finding() -> None:
    assert outcomes(seen(failing), "failing_routes") == ["ok"]
    lately = cases.budgets(availability=Events(20, 120))
    assert outcomes(seen(failing, objectives=lately), "failing_routes") == ["finding"]


def test_two_failures_are_not_too_many() -> None:
    few = lambda made: cases.requests(made, "/api/assets", 503, 2, 0.02)  # noqa: E731
    made = seen(few, objectives=None)
    assert outcomes(made, "failing_routes") == ["ok"]


def test_a_few_invented_verbs_are_no_finding() -> None:
    few = counted("metrics_series_overflow_total", "http_requests_total", count=100)
    assert outcomes(seen(few), "overflows") == ["ok"]


def test_a_budget_that_a_single_failure_has_spent_is_no_finding() -> None:
    thin = cases.budgets(latency=Events(1, 8))
    assert thin.objectives[1].state == "spent"
    assert outcomes(seen(objectives=thin), "budgets") == ["ok", "ok", "ok"]


@pytest.mark.parametrize(("hours", "expected"), [(0, "finding"), (1, "ok")])
def test_only_errors_of_the_last_minutes_count(hours: int, expected: str) -> None:
    ago = timedelta(hours=hours, minutes=1)
    assert outcomes(seen(errors=[error(ago)]), "captured_errors") == [expected]
    assert outcomes(seen(traces=[trace(ago)]), "slow_requests") == [expected]


def test_prometheus_knows_better_what_happens_now() -> None:
    calm = seen(failing, monitoring=monitoring(), objectives=None)
    assert outcomes(calm, "failing_routes") == ["ok"]
    now = {
        **monitoring().answers,
        REQUESTS: {("/api/x",): 50.0},
        FAILED_REQUESTS: {("/api/x", "500"): 10.0},
        ROUTE_SECONDS: {("/api/x",): 2.5},
        LOOP_LAGS: {(): 4.0},
    }
    found = {one.check: one for one in examine(prometheus(answers=now)).findings}
    assert found["failing_routes"].evidence == ["/api/x: 10× 500 of 50"]
    assert "in the last 5m (Prometheus)" in found["slow_routes"].summary
    assert "4 times in the last 5m" in found["loop_lag"].summary


def test_a_prometheus_that_does_not_see_the_service_is_not_believed() -> None:
    blind = monitoring(targets=[target("/metrics"), target("/metrics/business", health="down")])
    made = seen(failing, monitoring=blind, objectives=None)
    assert "finding" in outcomes(made, "failing_routes")


@pytest.mark.parametrize(
    ("retention", "expected"),
    [("40d", "ok"), ("30d", "ok"), ("6w", "ok"), ("15d", "finding"), ("29d23h", "finding"),
     ("15d or 5GB", "finding"), ("50GB", "ok")],
)  # fmt: skip
def test_retention_is_read_as_prometheus_writes_it(retention: str, expected: str) -> None:
    assert outcomes(prometheus(retention=retention), "retention") == [expected]


def test_clocks_are_compared_within_what_can_be_known() -> None:
    assert outcomes(prometheus(clock_offset=1.9), "clocks") == ["ok"]
    assert outcomes(prometheus(clock_offset=5.0, clock_doubt=4.0), "clocks") == ["ok"]
    assert outcomes(prometheus(clock_offset=None), "clocks") == []


def test_the_pools_of_the_whole_fleet_are_summed() -> None:
    many = monitoring(fleet=fleet(connections=[point(80)]))
    made = replace(server(100), monitoring=many)
    assert outcomes(made, "connections") == ["finding"]
    assert outcomes(server(100), "connections") == ["ok"]
    assert outcomes(server(28), "connections") == ["ok"]  # 20 + 5, and 3 are reserved
    assert outcomes(server(27), "connections") == ["finding"]


def test_pending_alerts_and_those_of_others_are_no_findings() -> None:
    others = [alert("HighErrorRate", "critical", "pending"), alert("NodeDown", "critical")]
    assert outcomes(prometheus(alerts=others), "firing") == ["ok"]


# What may not be seen


def test_what_may_not_be_seen_is_said() -> None:
    withheld = dict.fromkeys(
        ("/metrics", "/metrics/business", "/api/errors", "/api/traces", "/api/slo"), "answers 401"
    )
    hidden = seen(
        replies={
            **cases.service().replies, "/metrics": Reply(401), "/metrics/business": Reply(401)
        },
        deep=cases.Deep("healthy"), system=None, business=None, errors=None, traces=None,
        objectives=None, moved=None, clock_offset=None, withheld=withheld,
    )  # fmt: skip
    report = examine(hidden)
    assert report.findings == []
    unseen = [one.summary for one in report.results if one.outcome == "unseen"]
    assert "answers 401" in unseen
    assert any("HEALTH_DETAILS" in one for one in unseen)
    assert {one.summary for one in report.results if one.outcome == "ok"} == {
        f"{cases.URL} answers within 0 ms",
        "/api/health/ready answers 200, ready",
    }


def test_probes_that_do_not_answer_are_said() -> None:
    replies = {**cases.service().replies, READY: Reply(fault="timed out"), DEEP: Reply(fault="x")}
    made = seen(replies=replies, ready=None, deep=None)
    assert outcomes(made, "ready") == ["unseen"]
    assert outcomes(made, "parts") == ["unseen"]


def test_a_database_that_does_not_tell_its_limits_is_said() -> None:
    made = replace(seen(), server=Server(fault="the database server does not answer"))
    assert outcomes(made, "connections") == ["unseen"]


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("HighErrorRate", f"> {limits.ERROR_RATIO:g}"),
        ("DatabaseSlow", f"> {limits.SLOW_TABLE_SECONDS:g}"),
        ("HighErrorRate", f"> {limits.ERROR_COUNT:g}"),
        ("EventLoopStalled", f'le="{limits.LOOP_LAG_SECONDS}"'),
        ("HighMemoryUsage", f"> {limits.MEMORY_RATIO:g}"),
        ("DatabasePoolNearExhaustion", f"> {limits.POOL_RATIO:g}"),
        ("FileDescriptorsNearLimit", f"> {limits.DESCRIPTOR_RATIO:g}"),
        ("SeriesOverflow", f"> {limits.INVENTED_VERBS}"),
        ("LowDiskSpace", f"> {limits.DISK_RATIO:g}"),
        ("GenerationQueueSlow", f"> seconds({limits.QUEUE_SLOW_SECONDS / 60:g}m)"),
        ("GenerationQueueStalled", f"> seconds({limits.QUEUE_STALLED_SECONDS / 60:g}m)"),
        ("HighGenerationFailureRate", f"> {limits.GENERATION_FAILURE_RATIO:g}"),
        ("AISpendLimitNear", f">= {limits.SPEND_RATIO:g}"),
        ("ProviderFailing", f"> {limits.PROVIDER_FAILURE_RATIO:g}"),
    ],
)
def test_a_limit_is_that_of_the_alert(name: str, limit: str) -> None:
    (found,) = [one for one in ALERTS if one.name == name]
    assert re.search(re.escape(limit) + r"(?![\d.])", found.expr), found.expr
