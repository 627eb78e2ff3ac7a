"""Prometheus's files: the scrape configuration and the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from asset_forge.monitoring._burn_rules import (
    budget_recordings,
    event_recordings,
    ratio_recordings,
    windows_of,
)
from asset_forge.monitoring._durations import scaled, scaled_expression
from asset_forge.monitoring._maintenance import maintenance_expression
from asset_forge.monitoring._model import SERVICE, WORKERS, Alert, Board, Recording
from asset_forge.monitoring._options import Options
from asset_forge.monitoring.alerts import ALERTS
from asset_forge.monitoring.objectives import OBJECTIVES
from asset_forge.monitoring.slo import STEP

METRICS_PATHS = ("/metrics", "/metrics/business")
SCRAPE_TIMEOUT = "10s"
LONG_STEP = "2m"

Rule = dict[str, object]
Groups = dict[str, list[dict[str, object]]]
"""What a rule file holds: the key `groups`."""


def scrape_config(options: Options) -> dict[str, object]:
    """Return `prometheus.yml`.

    One job scrapes both paths of every target, so that a rule over `up` sees each instance once a
    path. At another pace a scrape may last as long as its interval: that shortens the alerts, and
    not the time that a service needs to answer. Retention and exemplar storage are flags of the
    program, not settings of this file.
    """
    step = scaled(STEP, options.scale)
    jobs = [_job(SERVICE, options.targets, options)]
    if options.workers:
        jobs.append(_job(WORKERS, options.workers, options))
    jobs.extend(_probe_job(options))
    return {
        "global": {"scrape_interval": step, "evaluation_interval": step},
        "rule_files": ["rules/*.yml"],
        "alerting": {
            "alertmanagers": [{"static_configs": [{"targets": list(options.alertmanagers)}]}]
        },
        "scrape_configs": jobs,
    }


def _job(name: str, targets: Sequence[str], options: Options) -> dict[str, object]:
    job: dict[str, object] = {
        "job_name": name,
        "scrape_interval": scaled(STEP, options.scale),
        "scrape_timeout": scaled(SCRAPE_TIMEOUT if options.scale == 1 else STEP, options.scale),
    }
    if options.authorized:
        job["authorization"] = {"credentials_file": "secrets/metrics_token"}
    job["static_configs"] = [
        {
            "targets": list(targets),
            "labels": {"__metrics_path__": path, "metrics_path": path},
        }
        for path in METRICS_PATHS
    ]
    return job


def _probe_job(options: Options) -> Iterable[dict[str, object]]:
    if options.probe is None:
        return
    # A probe carries the `instance` of the target that it asks, and not the URL.
    of_url = {"regex": "http://([^/]+)/.*", "replacement": "$1", "target_label": "instance"}
    yield {
        "job_name": f"{SERVICE}-probe",
        "metrics_path": "/probe",
        "params": {"module": ["http_2xx"]},
        "static_configs": [
            {"targets": [f"http://{target}/api/health/live" for target in options.targets]}
        ],
        "relabel_configs": [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], **of_url},
            {"target_label": "__address__", "replacement": options.probe},
        ],
    }


def recording_rules(options: Options) -> Groups:
    """Return the recording rules: events, ratios of short and of long windows, budgets."""
    maintenance = Recording("slo_maintenance_active", maintenance_expression(options.maintenance))
    events = [maintenance, *(rule for one in OBJECTIVES for rule in event_recordings(one))]
    groups = [_group("asset-forge-slo-events", STEP, events, options)]
    for name, step, short in (("short", STEP, True), ("long", LONG_STEP, False)):
        rules = [
            rule
            for one in OBJECTIVES
            for rule in ratio_recordings(one, windows_of(one, short_steps=short))
        ]
        groups.append(_group(f"asset-forge-slo-{name}-windows", step, rules, options))
    budgets = [rule for one in OBJECTIVES for rule in budget_recordings(one)]
    groups.append(_group("asset-forge-slo-budgets", STEP, budgets, options))
    return {"groups": groups}


def recorded_names() -> frozenset[str]:
    """Return the names of the series that the recording rules make."""
    groups = recording_rules(Options())["groups"]
    rules = [rule for group in groups for rule in cast("list[Rule]", group["rules"])]
    return frozenset(str(rule["record"]) for rule in rules)


def _group(name: str, step: str, rules: Sequence[Recording], options: Options) -> dict[str, object]:
    return {
        "name": name,
        "interval": scaled(step, options.scale),
        "rules": [_recording(rule, options) for rule in rules],
    }


def _recording(rule: Recording, options: Options) -> Rule:
    found: Rule = {
        "record": rule.record,
        "expr": scaled_expression(rule.expr, options.scale),
    }
    if rule.labels:
        found["labels"] = dict(rule.labels)
    return found


def alerting_rules(options: Options) -> Groups:
    """Return the alerting rules, each with its labels and links."""
    rules = [_alert(alert, options) for alert in ALERTS]
    interval = scaled(STEP, options.scale)
    return {"groups": [{"name": "asset-forge-alerts", "interval": interval, "rules": rules}]}


def _alert(alert: Alert, options: Options) -> Rule:
    found: Rule = {"alert": alert.name, "expr": scaled_expression(alert.expr, options.scale)}
    if alert.hold:
        found["for"] = scaled(alert.hold, options.scale)
    labels = {"severity": alert.severity.value, "service": SERVICE}
    if alert.symptom is not None:
        labels["symptom"] = alert.symptom.value
    found["labels"] = labels
    found["annotations"] = {
        "summary": alert.summary,
        "description": alert.description,
        "runbook_url": runbook_url(alert, options),
        "dashboard_url": dashboard_url(alert.board, options),
    }
    return found


def runbook_url(alert: Alert, options: Options) -> str:
    """Return the address of an alert's page."""
    return f"{options.runbook_url.rstrip('/')}/{alert.name}.md"


def dashboard_url(board: Board, options: Options) -> str:
    """Return the address of a dashboard."""
    return f"{options.grafana_url.rstrip('/')}/d/{board.value}"
