"""What measured events mean: budgets, burn rates, alerts, states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.monitoring import OBJECTIVES
from asset_forge.monitoring.budgets._report import (
    BURN_WINDOWS,
    Measured,
    ObjectiveReport,
    Window,
    objective_report,
)
from asset_forge.monitoring.objectives import AVAILABILITY, GENERATION
from asset_forge.monitoring.slo import Events, Objective


def report(
    bad: float, total: float, objective: Objective = AVAILABILITY, **windows: Window
) -> ObjectiveReport:
    measured = Measured(Events(bad, total), 86_400, {k[1:]: v for k, v in windows.items()})
    return objective_report(objective, measured)


def test_a_quarter_of_the_budget_spent() -> None:
    found = report(10, 40_000)
    assert found.ratio == 0.99975
    assert found.error_budget.share == 0.001
    assert found.error_budget.remaining == 0.75
    assert found.error_budget.remaining_events == 30
    assert found.error_budget.remaining_minutes == pytest.approx(43.2 * 0.75)
    assert (found.events.good, found.events.bad, found.events.total) == (39_990, 10, 40_000)
    assert found.state == "met"


@pytest.mark.parametrize(("bad", "remaining"), [(40, 0.0), (80, -1.0)])
def test_a_spent_budget_is_said_so(bad: int, remaining: float) -> None:
    found = report(bad, 40_000)
    assert found.error_budget.remaining == remaining
    assert found.state == "spent"


def test_without_events_nothing_is_said() -> None:
    found = report(0, 0)
    assert found.ratio is None
    assert found.error_budget.remaining is None
    assert found.state == "no_data"


def test_a_burn_rate_is_the_error_ratio_over_the_budget() -> None:
    found = report(0, 1, _1h=Window(20, 0.02))
    rates = {rate.window: rate for rate in found.burn_rates}
    assert list(rates) == ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] == list(BURN_WINDOWS)
    assert rates["1h"].burn_rate == 20
    assert rates["5m"].burn_rate is None


def firing(found: ObjectiveReport) -> list[float]:
    return [alert.factor for alert in found.alerts if alert.firing]


def test_an_alert_fires_where_both_windows_exceed_with_failures_enough() -> None:
    hot, cold = Window(10, 0.02), Window(10, 0.01)
    assert firing(report(10, 40_000, _1h=hot, _5m=hot)) == [14.4]
    assert report(10, 40_000, _1h=hot, _5m=hot).state == "burning"
    assert firing(report(10, 40_000, _1h=hot, _5m=cold)) == []
    assert firing(report(10, 40_000, _1h=cold, _5m=hot)) == []
    assert firing(report(9, 40_000, _1h=Window(9, 0.02), _5m=hot)) == []


def test_a_replaced_limit_is_the_limit() -> None:
    found = report(50, 100, GENERATION, _1h=Window(50, 0.91), _5m=Window(9, 0.91))
    assert firing(found) == [14.4]
    assert found.alerts[0].error_ratio_limit == 0.9


@given(st.sampled_from(OBJECTIVES), st.integers(0, 10**9), st.integers(1, 10**9))
def test_budget_and_ratio_tell_the_same(objective: Objective, bad: int, good: int) -> None:
    found = report(bad, bad + good, objective)
    assert found.ratio is not None
    assert found.error_budget.remaining is not None
    missed = bad / (bad + good) > objective.budget * (1 + 1e-5)
    assert (found.state == "spent") or not missed
    assert found.error_budget.remaining <= 1
