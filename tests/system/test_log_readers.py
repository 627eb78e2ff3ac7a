"""The tools that people read logs with, on what the real server writes: pino-pretty and grep."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.served import Server, serving, until

PRETTY = Path(__file__).parents[2] / ".venv/node-programs/node_modules/pino-pretty/bin.js"
REQUEST_ID = "pretty-1"


@pytest.fixture(scope="module")
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The log of a server that was asked for something that is there, and for something broken."""
    with serving(request.config, tmp_path_factory.mktemp("read")) as serve:
        server = serve({"LOG_LEVEL": "debug"})
        server.request("GET", "/api/assets", headers={"x-request-id": REQUEST_ID})
        files = {"file": ("a.json", b"{}", "application/json")}
        asset = server.request("POST", "/api/assets", files=files, data={"type": "dialogue"})
        for path in (server.data_dir / "objects").rglob("*"):
            if path.is_file():
                path.unlink()
        path = f"/api/assets/{asset.json()['id']}/file"
        assert server.request("GET", path).status_code == 503
        until("the failure is logged", lambda: '"status":503' in server.output())
        yield lines_alone(server)


def lines_alone(server: Server) -> Path:
    """Keep what went to standard output: the announcement before it went to standard error."""
    lines = [line for line in server.output().splitlines() if line.startswith("{")]
    path = server.log.with_suffix(".json")
    path.write_text("\n".join(lines) + "\n")
    return path


def pretty(log: Path, *options: str) -> str:
    """Run pino-pretty over a log."""
    if shutil.which("node") is None or not PRETTY.is_file():
        message = "pino-pretty is not installed: scripts/install-test-programs does it, with npm"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with log.open("rb") as lines:
        ran = subprocess.run(
            ["node", str(PRETTY), *options],
            stdin=lines,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    assert ran.stderr == ""
    return ran.stdout


def test_pino_pretty_understands_every_line(log: Path) -> None:
    shown = pretty(log, "--singleLine", "--translateTime", "UTC:yyyy-mm-dd").splitlines()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    words = {10: "TRACE", 20: "DEBUG", 30: "INFO", 40: "WARN", 50: "ERROR", 60: "FATAL"}
    heads = [line for line in shown if not line.startswith(" ")]
    assert len(heads) == len(lines)
    for line, head in zip(lines, heads, strict=True):
        # [time] LEVEL (name/pid on host): message {fields}
        who = f"({line['name']}/{line['pid']}"
        assert head.startswith("[20"), head
        assert f"] {words[line['level']]} {who}" in head
        assert line["msg"].splitlines()[0] in head
    assert any(f'"requestId":"{REQUEST_ID}"' in head for head in heads)


def test_pino_pretty_chooses_by_level(log: Path) -> None:
    shown = pretty(log, "--singleLine", "--minimumLevel", "error").splitlines()
    heads = [line for line in shown if not line.startswith(" ")]
    errors = [line for line in map(json.loads, log.read_text().splitlines()) if line["level"] >= 50]
    assert len(heads) == len(errors) > 0
    assert all("ERROR" in head for head in heads)


def test_grep_finds_the_errors_and_nothing_else(log: Path) -> None:
    found = subprocess.run(
        ["grep", "ERROR", str(log)], capture_output=True, text=True, check=True, timeout=60
    )
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    assert lines
    assert {line["level"] for line in lines} == {50}
    assert 503 in {line.get("status") for line in lines}
