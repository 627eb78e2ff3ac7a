"""The dashboard of the objectives: three rows, one an objective, from the recorded series."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._model import Board
from asset_forge.monitoring.dashboards._model import Dashboard, Kind, Panel, Query, Unit
from asset_forge.monitoring.objectives import LATENCY, OBJECTIVES
from asset_forge.monitoring.slo import WINDOWS, Objective


def _row(objective: Objective) -> tuple[Panel, ...]:
    selector = f'{{slo="{objective.name}"}}'
    name = objective.name.capitalize()
    return (
        Panel(
            f"{name}: Budget Left",
            f"Share of the {objective.window} budget that is left. {objective.title}.",
            Unit.RATIO,
            (Query(f"slo:error_budget:remaining{selector}", "left"),),
            thresholds=(("red", 0), ("orange", 0.25)),
            good_above=True,
            minimum=None,
            maximum=1,
            kind=Kind.STAT,
            width=6,
        ),
        Panel(
            f"{name}: Burn Rate",
            "1 spends exactly the budget; lines mark where pages and tickets begin.",
            Unit.NUMBER,
            (Query(f"slo:error_budget:burn_rate{selector}", "over 1 h"),),
            thresholds=(("orange", 1), ("red", 6)),
            width=9,
        ),
        Panel(
            f"{name}: Error Ratio",
            "Events outside the objective, over the windows that alerts look at.",
            Unit.RATIO,
            tuple(
                Query(f"slo:error_ratio:over_{window.long}{selector}", f"over {window.long}")
                for window in WINDOWS
            ),
            width=9,
        ),
    )


_QUANTILES: Final = Panel(
    "Latency Quantile",
    f"Beside the ratio, the 95th percentile itself. {LATENCY.title}.",
    Unit.SECONDS,
    (
        Query(
            "histogram_quantile(0.95, sum by (le) (rate("
            "api_response_time_by_endpoint_seconds_bucket[$__rate_interval])))",
            "p95",
            exemplar=True,
        ),
    ),
    thresholds=(("red", 1),),
)
_MAINTENANCE: Final = Panel(
    "Declared Maintenance",
    "1 while a declared window lasts, in which no budget is spent.",
    Unit.NUMBER,
    (Query("slo_maintenance_active", "active"),),
    maximum=1,
)

SLO: Final = Dashboard(
    Board.SLO,
    "Service Level Objectives",
    "What was promised, and what is left of the error budgets.",
    (*(panel for one in OBJECTIVES for panel in _row(one)), _QUANTILES, _MAINTENANCE),
    (),
)
