"""What the OpenAPI document says holds for generated requests, good and bad.

Schemathesis runs as its own program: it makes requests from the document, at every boundary that
the document states and beyond each, the same ones in every run, and checks the answers against it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.contract.conftest import new_session
from tests.served import Server

_PROGRAM = Path(sys.executable).with_name("schemathesis")
_RULES = Path(__file__).with_name("schemathesis.toml")


def _explore(server: Server, home: Path, *arguments: str) -> str:
    command = [_PROGRAM, "--config-file", _RULES, "run", f"{server.url}/api/openapi.json"]
    ran = subprocess.run(
        [*command, "--no-color", *arguments],
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
    return ran.stdout


def test_an_operator_gets_documented_answers_alone(single_team: Server, tmp_path: Path) -> None:
    said = _explore(single_team, tmp_path)
    assert "Coverage" in said
    assert "Fuzzing" in said


def test_a_member_gets_documented_answers_alone(signed_in_only: Server, tmp_path: Path) -> None:
    # A session of its own, since the routes that are tried include logging out.
    bearer = f"Authorization: {new_session(signed_in_only, 'max')}"
    _explore(signed_in_only, tmp_path, "--header", bearer, "--phases", "coverage")
