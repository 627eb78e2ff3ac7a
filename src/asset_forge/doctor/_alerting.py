"""Prometheus: does it scrape, with the right labels, by the right rules, and what does it say?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from asset_forge.clock import spoken
from asset_forge.doctor._evidence import Evidence, Monitoring
from asset_forge.doctor._limits import CLOCK_SKEW_SECONDS
from asset_forge.doctor._questions import JOBS, RENAMED
from asset_forge.doctor._verdicts import Fine, Found, Unseen, Verdict
from asset_forge.monitoring import ALERTS, SERVICE, WORKERS, recorded_names

PATHS: Final = ("/metrics", "/metrics/business")
RETENTION_SECONDS: Final = 30 * 86_400.0
_UNITS: Final = {
    "ms": 0.001,
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86_400,
    "w": 604_800,
    "y": 31_536_000,
}
_ASK: Final = "Prometheus was not asked: give --prometheus URL"


def answers(seen: Evidence) -> Iterator[Verdict]:
    """Whether Prometheus answers."""
    if seen.monitoring is None:
        yield Unseen(_ASK)
    elif seen.monitoring.fault:
        yield Found(
            "Prometheus does not answer: nobody is told of anything",
            "Watchdog",
            (seen.monitoring.fault,),
        )
    else:
        yield Fine(f"Prometheus at {seen.monitoring.url} answers")


def scraped(seen: Evidence) -> Iterator[Verdict]:
    """Whether every target of the job is up, on both paths."""
    monitoring = _asked(seen)
    if monitoring is None:
        return
    targets = monitoring.own_targets
    if not targets:
        jobs = sorted({target.labels.get("job", "") for target in monitoring.targets})
        yield Found(
            f"Prometheus scrapes nothing as the job {SERVICE}: all alerts are blind",
            "MetricsAbsent",
            (f"its jobs: {', '.join(jobs) or 'none'}",),
        )
        return
    down = [target for target in targets if target.health == "down"]
    for target in down:
        yield Found(
            f"Prometheus cannot scrape {target.scrape_url}", "ScrapeFailing", (target.last_error,)
        )
    if not down:
        yield Fine(f"{len(targets)} targets of the job {SERVICE}, none is down")
    yield from _paths(monitoring)


def _paths(monitoring: Monitoring) -> Iterator[Verdict]:
    by_instance: dict[str, set[str]] = {}
    for target in monitoring.own_targets:
        paths = by_instance.setdefault(target.labels.get("instance", ""), set())
        paths.add(target.labels.get("metrics_path", ""))
    for instance, paths in sorted(by_instance.items()):
        missing = [path for path in PATHS if path not in paths]
        if missing:
            shown = ", ".join(sorted(path or "(none)" for path in paths))
            yield Found(
                f"{instance} has no target with metrics_path={' and '.join(missing)}",
                "MetricsAbsent",
                (f"its metrics_path labels: {shown}; alerts select by this label",),
            )


def labels(seen: Evidence) -> Iterator[Verdict]:
    """Whether labels arrive under their own names, and under the job that the rules select."""
    monitoring = _asked(seen)
    if monitoring is None or RENAMED not in monitoring.fleet or JOBS not in monitoring.fleet:
        return
    renamed = monitoring.fleet[RENAMED]
    for point in renamed:
        yield Found(
            "A target label renames ours: endpoint has become exported_endpoint",
            "MetricsAbsent",
            (
                f"{point.number:,.0f} series of the job {point.metric.get('job', '')}; drop the "
                "target label (labeldrop: endpoint), as deploy/kubernetes's ServiceMonitor does",
            ),
        )
    others = {point.metric.get("job", "") for point in monitoring.fleet[JOBS]} - {SERVICE, WORKERS}
    for job in sorted(others):
        yield Found(
            f"The service is scraped as the job {job!r}, which no rule selects",
            "MetricsAbsent",
            (f"the rules select job={SERVICE!r}",),
        )
    if not renamed and not others:
        yield Fine("labels arrive under their own names")


def rules(seen: Evidence) -> Iterator[Verdict]:
    """Whether all alerts and recordings are loaded, and every rule can be evaluated."""
    monitoring = _asked(seen)
    if monitoring is None:
        return
    known, records = {alert.name for alert in ALERTS}, recorded_names()
    faults = [
        *_missing(monitoring, "alerting", frozenset(known), "Watchdog"),
        *_missing(monitoring, "recording", records, "MetricsAbsent"),
        *(
            Found(f"The rule {rule.name} cannot be evaluated", "Watchdog", (rule.last_error,))
            for rule in [rule for rule in monitoring.rules if rule.health == "err"][:5]
        ),
    ]
    yield from faults
    if not faults:
        yield Fine(
            f"all {len(ALERTS)} alerts and {len(records)} recorded series are loaded, "
            f"{len(monitoring.rules)} rules work"
        )


def _missing(
    monitoring: Monitoring, kind: str, names: frozenset[str], runbook: str
) -> Iterator[Verdict]:
    missing = sorted(names - {rule.name for rule in monitoring.rules if rule.type == kind})
    if missing:
        what = "alerts" if kind == "alerting" else "recorded series, which alerts read,"
        yield Found(
            f"{len(missing)} of {len(names)} {what} are not loaded",
            runbook,
            (
                ", ".join(missing[:8]) + (", …" if len(missing) > 8 else ""),
                "load deploy/prometheus/rules, as `asset-forge monitoring render` writes it",
            ),
        )


def delivery(seen: Evidence) -> Iterator[Verdict]:
    """Whether alerts have somewhere to go."""
    monitoring = _asked(seen)
    if monitoring is None:
        return
    if monitoring.alertmanagers:
        yield Fine(f"{monitoring.alertmanagers} Alertmanagers take its alerts")
    else:
        yield Found("Prometheus knows no Alertmanager: alerts fire and reach nobody", "Watchdog")


def retention(seen: Evidence) -> Iterator[Verdict]:
    """Whether Prometheus keeps as much history as the objectives need."""
    monitoring = _asked(seen)
    if monitoring is None or not monitoring.retention:
        return
    kept = _seconds(monitoring.retention)
    if kept is not None and kept < RETENTION_SECONDS:
        yield Found(
            f"Prometheus keeps {spoken(kept)} of history; objectives look back 30 d",
            "AvailabilityBudgetBurnSlow",
            ("start it with --storage.tsdb.retention.time=40d",),
        )
    else:
        yield Fine(f"Prometheus keeps {monitoring.retention} of history")


def _seconds(text: str) -> float | None:
    """Read a retention such as `40d`, `15d or 512MB`; None where only size limits it."""
    first = text.partition(" or ")[0]
    found = re.findall(r"(\d+)(ms|[smhdwy])", first)
    whole = "".join(number + unit for number, unit in found) == first
    return sum(int(number) * _UNITS[unit] for number, unit in found) if found and whole else None


def firing(seen: Evidence) -> Iterator[Verdict]:
    """Which alerts fire now."""
    monitoring = _asked(seen)
    if monitoring is None:
        return
    known = {alert.name: alert for alert in ALERTS}
    found = [
        alert
        for alert in monitoring.alerts
        if alert.state == "firing"
        and alert.labels.get("alertname") in known
        and alert.labels.get("severity") != "none"
    ]
    for alert in found:
        name = alert.labels["alertname"]
        yield Found(
            f"{name} fires: {alert.annotations.get('summary', known[name].summary)}",
            name,
            (alert.annotations.get("description", f"value {alert.value}"),),
            "critical" if alert.labels.get("severity") == "critical" else "warning",
        )
    if not found:
        pending = sum(alert.state == "pending" for alert in monitoring.alerts)
        yield Fine(f"no alert fires, {pending} pending")


def clocks(seen: Evidence) -> Iterator[Verdict]:
    """Whether the clocks of the service and of Prometheus agree."""
    monitoring, service = _asked(seen), seen.service
    if monitoring is None or monitoring.clock_offset is None or service.clock_offset is None:
        return
    apart = service.clock_offset - monitoring.clock_offset
    doubt = service.clock_doubt + monitoring.clock_doubt
    shown = f"the service's clock is {apart:+.2f} s off Prometheus's (± {doubt:.2f} s)"
    if abs(apart) - doubt > CLOCK_SKEW_SECONDS:
        yield Found(
            f"The clocks of the service and of Prometheus are {spoken(abs(apart))} apart",
            "ScrapeFailing",
            (shown, "times of starts, waits and maintenance are off by as much; check NTP"),
        )
    else:
        yield Fine(shown)


def _asked(seen: Evidence) -> Monitoring | None:
    return seen.monitoring if seen.monitoring is not None and not seen.monitoring.fault else None
