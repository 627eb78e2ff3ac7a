"""The unit is one that systemd accepts, and gives the service what it needs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from tests.deploy.manifests import DEPLOY, settings_variables
from tests.unit.monitoring.programs import run

from asset_forge.cli.main import UNUSABLE
from asset_forge.observability.health.uvicorn_server import EXIT_SECONDS
from asset_forge.settings import load_settings

UNIT = (DEPLOY / "systemd" / "asset-forge.service").read_text()


def values(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)


def variables() -> dict[str, str]:
    """Return the environment of the service, its file included."""
    text = (DEPLOY / "systemd" / "asset-forge.env").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in [*lines, *values("Environment")])


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with the program where it is here, in a directory of its own."""
    program = Path(sys.executable).with_name("asset-forge")
    path = tmp_path / "asset-forge.service"
    path.write_text(UNIT.replace("/opt/asset-forge/bin/asset-forge", str(program)))
    return path


def test_systemd_accepts_every_line(unit: Path) -> None:
    printed = run("systemd-analyze", "verify", unit.name, directory=unit.parent)
    assert unit.name not in printed
    unit.write_text(unit.read_text().replace("KillMode=mixed", "KillMode=gently"))
    assert "gently" in run("systemd-analyze", "verify", f"./{unit.name}", directory=unit.parent)


def test_the_service_may_do_little_else_than_serve(unit: Path) -> None:
    run("systemd-analyze", "security", "--offline=true", "--threshold=20", f"./{unit.name}",
        directory=unit.parent)  # fmt: skip


def test_its_settings_are_known_and_can_be_used() -> None:
    assert set(variables()) <= settings_variables()
    settings = load_settings(variables())
    assert settings.embedded_database
    assert settings.is_loopback
    assert str(settings.data_dir) == f"/var/lib/{values('StateDirectory')[0]}"
    paying = load_settings(variables() | {"OPENAI_API_KEY": "of-a-provider"})
    needed = paying.effective_drain_seconds + paying.effective_grace_seconds + EXIT_SECONDS
    assert needed <= float(values("TimeoutStopSec")[0].removesuffix("s")) <= needed + 10


def test_a_setting_that_cannot_be_used_is_not_tried_again_and_again() -> None:
    assert values("RestartPreventExitStatus") == [str(UNUSABLE)]
