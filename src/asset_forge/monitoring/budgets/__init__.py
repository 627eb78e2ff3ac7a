"""Error budgets at run time: `Budgets` answers for a service, `BudgetReport` is its answer."""

from __future__ import annotations

from asset_forge.monitoring.budgets._example import example_report
from asset_forge.monitoring.budgets._history import STEP_SECONDS
from asset_forge.monitoring.budgets._report import (
    BudgetReport,
    BurnAlert,
    BurnRate,
    ErrorBudget,
    EventCounts,
    ObjectiveReport,
)
from asset_forge.monitoring.budgets._service import Budgets, DeclaredMaintenance

__all__ = [
    "STEP_SECONDS",
    "BudgetReport",
    "Budgets",
    "BurnAlert",
    "BurnRate",
    "DeclaredMaintenance",
    "ErrorBudget",
    "EventCounts",
    "ObjectiveReport",
    "example_report",
]
