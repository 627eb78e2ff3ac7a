"""Objective → recording rules and burn-rate alerts."""

from __future__ import annotations

from collections.abc import Iterable

from asset_forge.monitoring._durations import seconds
from asset_forge.monitoring._look import LOOK_API, LOOK_GENERATION, LOOK_LATENCY, ROLLBACK
from asset_forge.monitoring._model import (
    Alert,
    Board,
    Recording,
    Runbook,
    Severity,
    Symptom,
)
from asset_forge.monitoring.objectives import OBJECTIVES
from asset_forge.monitoring.slo import (
    BASE_WINDOW,
    LONGEST_SHORT_STEP,
    STEP,
    WINDOWS,
    BurnWindow,
    Objective,
)


def event_recordings(objective: Objective) -> tuple[Recording, ...]:
    """Record events and errors per second, both 0 within declared maintenance."""
    labels = (("slo", objective.name),)
    gate = "on () (1 - slo_maintenance_active)"
    return (
        Recording(f"slo:events:rate{BASE_WINDOW}", f"{objective.events_rate} * {gate}", labels),
        Recording(f"slo:errors:rate{BASE_WINDOW}", f"{objective.errors_rate} * {gate}", labels),
    )


def windows_of(objective: Objective, *, short_steps: bool) -> tuple[str, ...]:
    """Return the windows to record, shortest first: those of short steps, or the others."""
    every = {window for burn in WINDOWS for window in (burn.long, burn.short)} | {objective.window}
    limit = seconds(LONGEST_SHORT_STEP)
    chosen = [window for window in every if (seconds(window) <= limit) == short_steps]
    return tuple(sorted(chosen, key=seconds))


def ratio_recordings(objective: Objective, windows: Iterable[str]) -> tuple[Recording, ...]:
    """Record the error ratio and the failures of each window; without events there is no ratio."""
    selector = f'{{slo="{objective.name}"}}'
    labels = (("slo", objective.name),)
    found: list[Recording] = []
    for window in windows:
        errors = f"sum_over_time(slo:errors:rate{BASE_WINDOW}{selector}[{window}])"
        events = f"sum_over_time(slo:events:rate{BASE_WINDOW}{selector}[{window}])"
        found.append(
            Recording(f"slo:error_ratio:over_{window}", f"{errors} / ({events} > 0)", labels)
        )
        found.append(
            Recording(f"slo:failures:over_{window}", f"{errors} * seconds({STEP})", labels)
        )
        if window == objective.window:
            # What the budget is a share of, and how much of the window there are records of.
            found.append(
                Recording(f"slo:events:over_{window}", f"{events} * seconds({STEP})", labels)
            )
            counted = f"count_over_time(slo:events:rate{BASE_WINDOW}{selector}[{window}])"
            found.append(
                Recording(
                    f"slo:observed_seconds:over_{window}", f"{counted} * seconds({STEP})", labels
                )
            )
    return tuple(found)


def budget_recordings(objective: Objective) -> tuple[Recording, ...]:
    """Record the objective, what is left of its budget, and how fast it burns.

    The ratios are sums over what was recorded earlier, and outlive the data by their windows.
    Without events of the last minute, or the certainty that there were none, nobody knows what is
    left: there is no such series then.
    """
    selector = f'{{slo="{objective.name}"}}'
    labels = (("slo", objective.name),)
    month = f"slo:error_ratio:over_{objective.window}{selector}"
    hour = f"slo:error_ratio:over_1h{selector}"
    fresh = f"and on (slo) slo:events:rate{BASE_WINDOW}{selector}"
    return (
        Recording("slo:objective:ratio", f"vector({objective.ratio:g})", labels),
        Recording(
            "slo:error_budget:remaining", f"1 - {month} / {objective.budget:g} {fresh}", labels
        ),
        Recording("slo:error_budget:burn_rate", f"{hour} / {objective.budget:g} {fresh}", labels),
    )


def burn_expression(objective: Objective, windows: Iterable[BurnWindow]) -> str:
    """Return PromQL that is true while any of the windows burns too fast, with failures enough."""
    selector = f'{{slo="{objective.name}"}}'
    return "\nor\n".join(
        f"(slo:error_ratio:over_{window.long}{selector} > {objective.threshold(window):g}"
        f"\n  and slo:error_ratio:over_{window.short}{selector} > {objective.threshold(window):g}"
        f"\n  and slo:failures:over_{window.long}{selector} >= {objective.minimum_failures})"
        for window in windows
    )


def burn_alerts(objective: Objective) -> tuple[Alert, Alert]:
    """Return the page and the ticket of an objective."""
    symptom = Symptom(objective.name)
    return (
        _burn_alert(objective, Severity.CRITICAL, symptom),
        _burn_alert(objective, Severity.WARNING, symptom),
    )


def _burn_alert(objective: Objective, severity: Severity, symptom: Symptom) -> Alert:
    windows = [window for window in WINDOWS if window.severity is severity]
    page = severity is Severity.CRITICAL
    above = {Symptom.SERVICE, Symptom.AVAILABILITY}
    silenced_by = tuple(sorted(above - {symptom} if page else above | {symptom}))
    limits = " or ".join(
        f"{objective.threshold(window):.2%} over {window.long} and {window.short}".replace(
            ".00%", "%"
        )
        for window in windows
    )
    look = {Symptom.GENERATION: LOOK_GENERATION, Symptom.LATENCY: LOOK_LATENCY}.get(
        symptom, LOOK_API
    )
    return Alert(
        name=f"{objective.name.capitalize()}BudgetBurn{'' if page else 'Slow'}",
        severity=severity,
        expr=burn_expression(objective, windows),
        hold="",
        summary=f"The {objective.name} objective's error budget burns "
        + ("fast" if page else "slowly but steadily"),
        description=f"{{{{ $value | humanizePercentage }}}} of events fail the objective "
        f"“{objective.title}”. It fires above {limits}, from {objective.minimum_failures} "
        "failures on.",
        board=Board.SLO,
        symptom=symptom if page else None,
        silenced_by=silenced_by,
        runbook=Runbook(
            meaning=f"The objective is that {objective.title}, over {objective.window}. At the "
            f"measured error ratio the budget of {objective.budget * 100:g} % is spent "
            + ("within days." if page else "before the month is over."),
            users="A part of their requests fails or is slow now."
            if page and symptom is not Symptom.GENERATION
            else "Some of what they ask for fails, for hours already or in a burst of minutes.",
            look=(
                "Which objective, and since when: `asset-forge-slo` dashboard, or "
                f"`promtool query instant $PROMETHEUS 'slo:error_budget:burn_rate{{slo="
                f'"{objective.name}"}}\'`.',
                *look,
            ),
            mend=(
                f"If it began with a deploy, roll back first ({ROLLBACK}) and look for the cause "
                "afterwards.",
                "A ticket that fires beside it (database, disk, provider, event loop) names the "
                "cause: follow its page. Those that a page has silenced are in no message, but in "
                "`amtool alert query --inhibited --alertmanager.url=http://localhost:9093`.",
                "If the traffic is planned work, declare it in the maintenance file, render and "
                "reload; it counts from its declared start.",
            ),
            over="The short window recovers within minutes of the mend, and the alert with it; "
            "`slo:error_budget:remaining` stops falling.",
        ),
    )


BURN_ALERTS: tuple[Alert, ...] = tuple(
    alert for objective in OBJECTIVES for alert in burn_alerts(objective)
)
