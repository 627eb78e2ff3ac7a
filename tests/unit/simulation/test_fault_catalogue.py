"""The faults that can be injected: what they claim is known, and documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from asset_forge.cli.main import app
from asset_forge.monitoring import ALERTS
from asset_forge.simulation.faults import FAULTS, Fault

DOCUMENT = (Path(__file__).parents[3] / "docs" / "drills.md").read_text(encoding="utf-8")
NAMES = {alert.name for alert in ALERTS}


@pytest.mark.parametrize("kind", FAULTS.values(), ids=FAULTS)
def test_a_fault_names_alerts_that_there_are_and_each_once(kind: type[Fault]) -> None:
    named = [*kind.alerts, *kind.silenced, *kind.also]
    assert sorted(set(named)) == sorted(named)
    assert set(named) <= NAMES


@pytest.mark.parametrize("kind", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_in_the_table(kind: type[Fault]) -> None:
    alerts = ", ".join(f"[{name}](runbooks/{name}.md)" for name in kind.alerts) or "none"
    assert f"| `{kind.name}` | {kind.what} | {alerts} |" in DOCUMENT


def test_the_faults_are_listed_with_the_time_that_their_alerts_take() -> None:
    said = CliRunner().invoke(app, ["demo", "--list-faults"], env={"COLUMNS": "200"})
    assert said.exit_code == 0
    for name in FAULTS:
        assert name in said.output
    assert "ServiceDown (critical, after 1m)" in said.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fault", "earthquake"], "service-killed"),
        (["--scale", "2"], "from 0.01 to 1"),
        (["--port", "70000"], "65535"),
    ],
)
def test_an_option_that_cannot_be_is_refused_with_what_can(arguments: list[str], said: str) -> None:
    refused = CliRunner().invoke(app, ["demo", *arguments], env={"COLUMNS": "200"})
    assert refused.exit_code == 2
    assert said in refused.output
