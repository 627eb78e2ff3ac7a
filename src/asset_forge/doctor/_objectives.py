"""The objectives: what is left of the error budgets, and how fast they burn."""

from __future__ import annotations

from collections.abc import Iterator

from asset_forge.clock import spoken
from asset_forge.doctor._evidence import Evidence
from asset_forge.doctor._verdicts import Fine, Found, Severity, Unseen, Verdict
from asset_forge.monitoring.budgets import ObjectiveReport


def budgets(seen: Evidence) -> Iterator[Verdict]:
    """Whether a budget is spent by failures enough to mean something, or burns."""
    report = seen.service.objectives
    if report is None:
        yield Unseen(seen.service.withheld.get("/api/slo", "/api/slo did not answer"))
        return
    for one in report.objectives:
        yield _objective(one)


def source(seen: Evidence) -> Iterator[Verdict]:
    """Whether the service reads its budgets where it was told to."""
    report = seen.service.objectives
    if report is None:
        return
    if report.source == "process" and not report.note.startswith("PROMETHEUS_URL is not set"):
        yield Found("The service cannot ask its Prometheus", "Watchdog", (report.note,))
    else:
        yield Fine(f"budgets are those of the {report.source}")


def _objective(one: ObjectiveReport) -> Verdict:
    left = one.error_budget.remaining
    if left is None:
        return Fine(f"{one.name}: no events in {spoken(one.observed_seconds)}")
    shown = (
        f"{one.events.bad:,.0f} of {one.events.total:,.0f} failed in "
        f"{spoken(one.observed_seconds)}; {left:.1%} of the budget is left"
    )
    firing = [alert for alert in one.alerts if alert.firing]
    page = any(alert.severity == "critical" for alert in firing)
    rates = ", ".join(
        f"{rate.burn_rate:.1f}× over {rate.window}" for rate in one.burn_rates if rate.burn_rate
    )
    runbook = f"{one.name.capitalize()}BudgetBurn{'' if page else 'Slow'}"
    severity: Severity = "critical" if page else "warning"
    enough = any(one.events.bad >= alert.minimum_failures for alert in one.alerts)
    if one.state == "spent" and enough:
        return Found(f"The error budget of {one.name} is spent", runbook, (shown, rates), severity)
    if firing:
        return Found(f"The error budget of {one.name} burns", runbook, (shown, rates), severity)
    return Fine(f"{one.name}: {shown}")
