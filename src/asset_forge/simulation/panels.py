"""Every query of every dashboard, as Prometheus takes it: Grafana's variables filled in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from asset_forge.monitoring.dashboards import DASHBOARDS
from asset_forge.simulation.prometheus import PrometheusApi, Sample


@dataclass(frozen=True, slots=True)
class PanelQuery:
    """One query of a panel: where it stands, what its series are called, and its PromQL."""

    dashboard: str
    panel: str
    legend: str
    expr: str


def panel_queries(*, rate_interval: str = "1m", time_range: str = "1h") -> list[PanelQuery]:
    """Return the queries with everything chosen in the variables, and these durations."""
    values = {
        "$__rate_interval": rate_interval,
        "$__range": time_range,
        "$instance": ".*",
        "$type": ".*",
    }
    found: list[PanelQuery] = []
    for board in DASHBOARDS:
        for panel in board.panels:
            for query in panel.queries:
                expr = query.expr
                for name, value in values.items():
                    expr = expr.replace(name, value)
                found.append(PanelQuery(board.title, panel.title, query.legend, expr))
    return found


def panels_with_data(prometheus: PrometheusApi) -> tuple[int, list[str]]:
    """Count the panels of which at least one query returns data, and name the others."""
    panels: dict[str, bool] = {}
    for query in panel_queries():
        name = f"{query.dashboard}: {query.panel}"
        panels[name] = panels.get(name, False) or bool(finite(prometheus.query(query.expr)))
    return sum(panels.values()), [name for name, seen in panels.items() if not seen]


def finite(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples that a panel can draw: 0 divided by 0 is none."""
    return [sample for sample in samples if math.isfinite(sample.value)]
