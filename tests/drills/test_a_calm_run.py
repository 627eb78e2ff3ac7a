"""With nothing wrong, nobody is told anything, and every panel moves."""

from __future__ import annotations

from tests.drills.calm import Calm
from tests.drills.watching import OF_A_STARVED_MACHINE

NEVER_IN_CALM: dict[str, str] = {}
"""Panels without data as long as nothing is wrong, each with the reason."""


def test_no_alert_but_the_dead_mans_switch_fires(calm: Calm) -> None:
    noise = OF_A_STARVED_MACHINE if calm.starved else set[str]()
    assert calm.firing - noise == {"Watchdog"}, calm.activity
    assert noise or calm.told == []
    assert calm.beats > 10
    assert calm.refused == []


def test_every_panel_has_data_within_a_minute(calm: Calm) -> None:
    assert set(calm.panels_without) == set(NEVER_IN_CALM)
    assert calm.panels > 40
