"""A report as the API's documentation shows it, worked out as any other."""

from __future__ import annotations

from asset_forge.monitoring.budgets._report import (
    BURN_WINDOWS,
    BudgetReport,
    Measured,
    Window,
    objective_report,
)
from asset_forge.monitoring.objectives import AVAILABILITY
from asset_forge.monitoring.slo import Events


def example_report() -> BudgetReport:
    """Return the report of a service that failed one request in 4,000 within its first day."""
    recent = {name: Window(0.0, 0.0) for name in BURN_WINDOWS}
    whole = Window(10.0, 10 / 40_000)
    measured = Measured(
        events=Events(bad=10, total=40_000),
        observed_seconds=86_400,
        windows={**recent, "1d": whole, "3d": whole},
    )
    return BudgetReport(
        source="process",
        note="PROMETHEUS_URL is not set. These are this group's own counters since "
        "2026-03-01T08:00:00.000Z, in which every process that shares its METRICS_DIR counts, and "
        "no other instance.",
        measured_at="2026-03-02T08:00:00.000Z",
        maintenance_active=False,
        objectives=[objective_report(AVAILABILITY, measured)],
    )
