"""The dashboard of the objectives: a row for each, from the recorded series."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._burn_rules import BURN_ALERTS, burn_alerts
from asset_forge.monitoring._model import Board, Severity
from asset_forge.monitoring.alerts.service import HIGH_LATENCY, METRICS_ABSENT
from asset_forge.monitoring.dashboards._model import (
    ERRORS,
    FAILED_TRACES,
    SLOW_TRACES,
    Dashboard,
    Kind,
    Link,
    Panel,
    Query,
    Unit,
)
from asset_forge.monitoring.dashboards._queries import quantile
from asset_forge.monitoring.objectives import (
    ANSWERED_AT_ONCE,
    AVAILABILITY,
    GENERATION,
    LATENCY,
    OBJECTIVES,
)
from asset_forge.monitoring.slo import BASE_WINDOW, WINDOWS, BurnWindow, Objective

_COLORS: Final = {Severity.CRITICAL: "red", Severity.WARNING: "orange"}
_CALLED: Final = {Severity.CRITICAL: "a page", Severity.WARNING: "a ticket"}
_LEADS_TO: Final[dict[str, tuple[Link, ...]]] = {
    AVAILABILITY.name: (Board.OVERVIEW, ERRORS, FAILED_TRACES),
    LATENCY.name: (Board.OVERVIEW, SLOW_TRACES),
    GENERATION.name: (Board.GENERATION, ERRORS, FAILED_TRACES),
}


def burn_threshold(objective: Objective, window: BurnWindow) -> float:
    """Return the burn rate above which `window` fires; its factor, unless that is replaced."""
    return round(objective.threshold(window) / objective.budget, 6)


def _row(objective: Objective) -> tuple[Panel, ...]:
    name = objective.name.capitalize()
    links = (*burn_alerts(objective), *_LEADS_TO[objective.name])
    left = (Query(f'slo:error_budget:remaining{{slo="{objective.name}"}}', "left"),)
    about = f"Share of the {objective.window} budget that is left. {objective.title}."
    ends = (("red", 0.0), ("orange", 0.25))
    return (
        Panel(
            f"{name}: Budget Left",
            about,
            Unit.RATIO,
            left,
            links,
            thresholds=ends,
            good_above=True,
            minimum=None,
            maximum=1,
            kind=Kind.STAT,
            width=4,
        ),
        Panel(
            f"{name}: Budget over Time",
            f"{about} Below 0 the objective is missed.",
            Unit.RATIO,
            left,
            links,
            thresholds=ends,
            good_above=True,
            minimum=None,
            maximum=1,
            width=6,
        ),
        _burn_rates(objective, links),
        _error_ratios(objective, links),
    )


def _ratio(objective: Objective, window: str, divided: str = "") -> str:
    """Return PromQL of a window's error ratio, as long as there is fresh data.

    The ratio outlives it by its window, and would show an objective green that nobody sees.
    """
    selector = f'{{slo="{objective.name}"}}'
    fresh = f"and on (slo) slo:events:rate{BASE_WINDOW}{selector}"
    return f"slo:error_ratio:over_{window}{selector}{divided} {fresh}"


def _burn_rates(objective: Objective, links: tuple[Link, ...]) -> Panel:
    fires = ", ".join(
        f"{_CALLED[window.severity]} above {burn_threshold(objective, window):g} over "
        f"{window.long} and {window.short}"
        for window in WINDOWS
    )
    return Panel(
        f"{objective.name.capitalize()}: Burn Rates",
        f"1 spends exactly the budget. The lines mark what fires: {fires}.",
        Unit.NUMBER,
        tuple(
            Query(
                _ratio(objective, window.long, f" / {objective.budget:g}"),
                f"over {window.long}",
            )
            for window in WINDOWS
        ),
        links,
        thresholds=tuple(
            (_COLORS[window.severity], burn_threshold(objective, window))
            for window in reversed(WINDOWS)
        ),
        width=7,
    )


def _error_ratios(objective: Objective, links: tuple[Link, ...]) -> Panel:
    return Panel(
        f"{objective.name.capitalize()}: Error Ratio",
        f"Share of events outside the objective, over the windows that alerts look at and over "
        f"{objective.window}; the line is the budget.",
        Unit.RATIO,
        tuple(
            Query(_ratio(objective, window), f"over {window}")
            for window in (*(window.long for window in WINDOWS), objective.window)
        ),
        links,
        thresholds=(("orange", objective.budget),),
        width=7,
    )


_QUANTILES: Final = Panel(
    "Latency Quantile",
    f"Beside the ratio, the 95th percentile of the same requests. {LATENCY.title}.",
    Unit.SECONDS,
    (
        Query(
            quantile(0.95, f"api_response_time_by_endpoint_seconds_bucket{{{ANSWERED_AT_ONCE}}}"),
            "p95",
            exemplar=True,
        ),
    ),
    (*burn_alerts(LATENCY), HIGH_LATENCY, Board.OVERVIEW, SLOW_TRACES),
    looks_back="5m",
    thresholds=(("red", 1),),
)
_MAINTENANCE: Final = Panel(
    "Declared Maintenance",
    "1 while a declared window lasts, in which no budget is spent.",
    Unit.NUMBER,
    (Query("slo_maintenance_active", "active"),),
    (*BURN_ALERTS, METRICS_ABSENT, Board.OVERVIEW),
    maximum=1,
)

SLO: Final = Dashboard(
    Board.SLO,
    "What was promised, and what is left of the error budgets.",
    (*(panel for one in OBJECTIVES for panel in _row(one)), _QUANTILES, _MAINTENANCE),
    (),
)
