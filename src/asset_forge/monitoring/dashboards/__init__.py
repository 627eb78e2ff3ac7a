"""The dashboards, as data."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring.dashboards._model import Dashboard, dashboard_json
from asset_forge.monitoring.dashboards.generation import AI_COST, GENERATION
from asset_forge.monitoring.dashboards.objectives import SLO
from asset_forge.monitoring.dashboards.service import INFRASTRUCTURE, OVERVIEW

DASHBOARDS: Final[tuple[Dashboard, ...]] = (OVERVIEW, GENERATION, INFRASTRUCTURE, SLO, AI_COST)

__all__ = ["DASHBOARDS", "Dashboard", "dashboard_json"]
