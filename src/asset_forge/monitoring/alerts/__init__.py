"""Every alert of the service, each with its runbook."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._burn_rules import BURN_ALERTS
from asset_forge.monitoring._model import Alert
from asset_forge.monitoring.alerts._rising import rising
from asset_forge.monitoring.alerts.dependencies import DEPENDENCY_ALERTS
from asset_forge.monitoring.alerts.providers import PROVIDER_ALERTS
from asset_forge.monitoring.alerts.runtime import RUNTIME_ALERTS
from asset_forge.monitoring.alerts.service import SERVICE_ALERTS
from asset_forge.monitoring.alerts.telemetry import TELEMETRY_ALERTS

ALERTS: Final[tuple[Alert, ...]] = (
    *SERVICE_ALERTS,
    *BURN_ALERTS,
    *DEPENDENCY_ALERTS,
    *PROVIDER_ALERTS,
    *RUNTIME_ALERTS,
    *TELEMETRY_ALERTS,
)

__all__ = ["ALERTS", "rising"]
