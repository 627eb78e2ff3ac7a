"""With nothing wrong, nobody is told anything, and every panel moves."""

from __future__ import annotations

import itertools
import statistics

from tests.drills.calm import Calm
from tests.drills.stage import SCALE
from tests.drills.watching import OF_A_STARVED_MACHINE

from asset_forge.simulation.receivers import Message

NEVER_IN_CALM: dict[str, str] = {}
"""Panels without data as long as nothing is wrong, each with the reason."""


def named(message: Message) -> set[str]:
    """The alerts that a message tells of, as begun or as over."""
    return message.alerts("firing") | message.alerts("resolved")


def test_no_alert_but_the_dead_mans_switch_fires(calm: Calm) -> None:
    noise = OF_A_STARVED_MACHINE if calm.starved else set[str]()
    assert calm.firing - noise == {"Watchdog"}, calm.activity
    assert [one.title for one in calm.told if not named(one) or named(one) - noise] == []
    assert calm.refused == []


def test_the_heart_beats_every_minute(calm: Calm) -> None:
    gaps = [later - earlier for earlier, later in itertools.pairwise(calm.beats)]
    assert len(gaps) > 10
    assert 0.9 < statistics.median(gaps) / (60 * SCALE) < 1.3, gaps


def test_every_panel_has_data_within_a_minute(calm: Calm) -> None:
    assert set(calm.panels_without) == set(NEVER_IN_CALM)
    assert calm.panels > 40
