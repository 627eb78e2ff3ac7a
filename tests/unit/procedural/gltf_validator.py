"""Khronos's glTF validator, run by Node from a folder outside the sources."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

VERSION = "2.0.0-dev.3.10"
FOLDER = Path(__file__).resolve().parents[3] / ".venv" / "gltf-validator"

_SCRIPT = """
const validator = require(process.argv[1]);
const fs = require('fs');
(async () => {
  for (const file of process.argv.slice(2)) {
    const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(file)));
    console.log(JSON.stringify(report));
  }
})();
"""


def missing(reason: str) -> None:
    """Skip, or fail where CI promises that everything is there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def module_path() -> Path:
    """The validator's folder, installed with npm on first use."""
    module = FOLDER / "node_modules" / "gltf-validator"
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        missing("Node.js is not installed, so Khronos's glTF validator cannot run")
    if not module.is_dir():
        if npm is None:
            missing("npm is not installed, so Khronos's glTF validator cannot be installed")
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(FOLDER)]
        done = subprocess.run(
            [*command, f"gltf-validator@{VERSION}"],
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        if done.returncode != 0:
            missing(f"npm could not install gltf-validator {VERSION}: {done.stderr.strip()[-300:]}")
    return module


def validate(files: Sequence[Path]) -> list[dict[str, Any]]:
    """One report per file, as the validator words it."""
    command = ["node", "-e", _SCRIPT, str(module_path()), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
