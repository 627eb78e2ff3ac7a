"""Monitoring as code: alerts, objectives, routing, dashboards and runbooks, rendered to files."""

from __future__ import annotations

from asset_forge.monitoring._guide import render_guide
from asset_forge.monitoring._maintenance import Maintenance, read_maintenance
from asset_forge.monitoring._model import (
    SERVICE,
    WORKERS,
    Alert,
    Board,
    RuleError,
    Runbook,
    Severity,
    Symptom,
)
from asset_forge.monitoring._options import Options
from asset_forge.monitoring._prometheus import recorded_names
from asset_forge.monitoring._render import DIRECTORIES, drift, render, render_runbooks, write
from asset_forge.monitoring.alerts import ALERTS
from asset_forge.monitoring.objectives import OBJECTIVES
from asset_forge.monitoring.slo import WINDOWS, BurnWindow, Objective, time_to_fire, time_to_page

__all__ = [
    "ALERTS",
    "DIRECTORIES",
    "OBJECTIVES",
    "SERVICE",
    "WINDOWS",
    "WORKERS",
    "Alert",
    "Board",
    "BurnWindow",
    "Maintenance",
    "Objective",
    "Options",
    "RuleError",
    "Runbook",
    "Severity",
    "Symptom",
    "drift",
    "read_maintenance",
    "recorded_names",
    "render",
    "render_guide",
    "render_runbooks",
    "time_to_fire",
    "time_to_page",
    "write",
]
