"""Each alert that a fault can raise: pending, firing, told to the right people, and taken back."""

from __future__ import annotations

import pytest
from tests.drills.conftest import Drills
from tests.drills.plays import PLAYS
from tests.drills.stage import Play

from asset_forge.monitoring import ALERTS
from asset_forge.simulation.faults import FAULTS

NOT_DRILLED: dict[str, str] = {
    "Watchdog": "fires always; the clean run and every drill see its beats",
}
"""Alerts that no drill waits for, each with the reason."""


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.name.replace(" ", "-"))
def test_a_fault_is_told_and_taken_back(
    play: Play, drills: Drills, capsys: pytest.CaptureFixture[str]
) -> None:
    report = drills.report(play)
    with capsys.disabled():
        print(f"\n{play.name}: {', '.join(name for act in play.acts for name in act.faults)}")
        print("\n".join(report.lines))


def test_every_fault_of_the_catalogue_is_drilled() -> None:
    assert {name for play in PLAYS for act in play.acts for name in act.faults} == set(FAULTS)


def test_every_alert_is_drilled_or_named_with_a_reason() -> None:
    drilled = {name for kind in FAULTS.values() for name in (*kind.alerts, *kind.silenced)}
    assert {alert.name for alert in ALERTS} - drilled == set(NOT_DRILLED)
