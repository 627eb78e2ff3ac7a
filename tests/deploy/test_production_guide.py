"""The figures and the commands of docs/production.md are the code's and the files'."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from inspect import signature
from pathlib import Path

import pytest
from tests.deploy.manifests import ROOT, settings_variables
from tests.docs.examples import table_rows
from tests.unit.monitoring.programs import run

from asset_forge.assets import sweep_orphans
from asset_forge.database import Database
from asset_forge.monitoring import OBJECTIVES
from asset_forge.observability.errors import ErrorStore
from asset_forge.observability.tracing import TraceStore
from asset_forge.settings import Settings

GUIDE = ROOT / "docs" / "production.md"
TEXT = GUIDE.read_text()
KEPT = {row[0]: row[1] for row in table_rows(GUIDE, "What | Kept")}


def default(function: object, parameter: str) -> object:
    """Return the default of a parameter."""
    assert callable(function)
    return signature(function).parameters[parameter].default


def test_what_is_kept_is_kept_so_long() -> None:
    assert default(sweep_orphans, "grace") == timedelta(hours=24)
    assert KEPT["Files without an asset"] == "24 hours"
    assert KEPT["Sessions"] == f"{Settings.model_fields['session_hours'].default:g} hours"
    assert default(ErrorStore, "retention_seconds") == 30 * 86_400
    assert KEPT["Grouped errors"].startswith("30 days")
    assert KEPT["Traces"].startswith(f"the newest {default(TraceStore, 'capacity')} of")


def test_the_pool_is_as_large_as_said() -> None:
    assert default(Database, "pool_size") == Settings.model_fields["database_pool_size"].default
    assert f"`DATABASE_POOL_SIZE` ({default(Database, 'pool_size')})" in TEXT


def test_the_objectives_are_those() -> None:
    for objective in OBJECTIVES:
        assert f"{objective.ratio * 100:g} %" in TEXT, objective


def test_every_variable_that_it_names_is_a_setting() -> None:
    named = set(re.findall(r"\b([A-Z]{3,}(?:_[A-Z]+)+)\b", TEXT))
    known = settings_variables() | {"OTEL_EXPORTER_OTLP_ENDPOINT", "ASSET_FORGE_TOKEN"}
    assert named <= known


@pytest.fixture
def checks() -> list[str]:
    (block,) = re.findall(r"```sh\n(promtool.*?)```", TEXT, re.DOTALL)
    return str(block).splitlines()


def test_the_checks_of_the_files_answer_what_it_says(checks: list[str]) -> None:
    answers: list[str] = []
    for line in checks:
        program, *arguments = shlex.split(line)
        printed = run(program, *arguments, directory=ROOT)
        if "routes" in arguments:
            answers.append(printed.split()[0])
    (stated,) = re.findall(r"The three tests answer (.*)\.", TEXT)
    assert answers == re.findall(r"`(\w+)`", stated)


def test_the_secrets_are_the_files_that_alertmanager_reads() -> None:
    config = (ROOT / "deploy" / "alertmanager" / "alertmanager.yml").read_text()
    read = {Path(one).name for one in re.findall(r"_file: (\S+)", config)}
    named = {Path(row[2].strip("`")).name for row in table_rows(GUIDE, "Severity")}
    assert read <= named
