"""The dashboards, as data."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring.dashboards._json import dashboard_json
from asset_forge.monitoring.dashboards._model import Dashboard
from asset_forge.monitoring.dashboards.cost import AI_COST
from asset_forge.monitoring.dashboards.generation import GENERATION
from asset_forge.monitoring.dashboards.infrastructure import INFRASTRUCTURE
from asset_forge.monitoring.dashboards.objectives import SLO
from asset_forge.monitoring.dashboards.overview import OVERVIEW

DASHBOARDS: Final[tuple[Dashboard, ...]] = (OVERVIEW, GENERATION, INFRASTRUCTURE, SLO, AI_COST)

__all__ = ["DASHBOARDS", "Dashboard", "dashboard_json"]
