"""What Prometheus has recorded of the objectives, read with one question."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from asset_forge.monitoring.budgets._report import BURN_WINDOWS, Measured, Window
from asset_forge.monitoring.prometheus_api import Point, Prometheus, PrometheusError
from asset_forge.monitoring.slo import BASE_WINDOW, Events, Objective

_FRESH: Final = f"slo:events:rate{BASE_WINDOW}"
"""There is no such series of an objective once its data has stopped; sums over windows go on."""

RECORDED: Final = (
    '{__name__=~"slo:(error_ratio|failures|events|observed_seconds):over_.+'
    f'|{_FRESH}|slo_maintenance_active"}}'
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The objectives by name, and whether declared maintenance is under way."""

    measured: Mapping[str, Measured]
    maintenance_active: bool


async def read_recorded(prometheus: Prometheus, objectives: Sequence[Objective]) -> Recorded:
    """Read what the recording rules hold now.

    Raises:
        PrometheusError: There is no answer in time, or nothing is recorded.
    """
    points = await prometheus.query(RECORDED)
    values = {
        (point.metric.get("__name__", ""), point.metric.get("slo", "")): point for point in points
    }
    if not values:
        raise PrometheusError(
            f"Prometheus at {prometheus.shown} records no objectives; load prometheus/rules/slo.yml"
        )
    active = values.get(("slo_maintenance_active", ""))
    return Recorded(
        {one.name: _measured(one, values) for one in objectives},
        maintenance_active=active is not None and active.number > 0,
    )


def _measured(objective: Objective, values: Mapping[tuple[str, str], Point]) -> Measured:
    def value(name: str) -> float | None:
        point = values.get((f"slo:{name}", objective.name))
        return point.number if point is not None and math.isfinite(point.number) else None

    def window(name: str) -> Window:
        return Window(value(f"failures:over_{name}") or 0.0, value(f"error_ratio:over_{name}"))

    whole = objective.window
    if (_FRESH, objective.name) not in values:
        return Measured(Events(0.0, 0.0), value(f"observed_seconds:over_{whole}") or 0.0, {})
    return Measured(
        events=Events(
            bad=value(f"failures:over_{whole}") or 0.0, total=value(f"events:over_{whole}") or 0.0
        ),
        observed_seconds=value(f"observed_seconds:over_{whole}") or 0.0,
        windows={name: window(name) for name in BURN_WINDOWS},
    )
