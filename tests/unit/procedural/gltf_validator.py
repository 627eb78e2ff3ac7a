"""Khronos's glTF validator, run by Node as `scripts/install-test-programs` installs it."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

MODULE = Path(__file__).resolve().parents[3] / ".venv/node-programs/node_modules/gltf-validator"

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


def validate(files: Sequence[Path]) -> list[dict[str, Any]]:
    """Return one report per file, as the validator words it."""
    if shutil.which("node") is None or not MODULE.is_dir():
        message = "gltf-validator is not installed: scripts/install-test-programs does it, with npm"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    command = ["node", "-e", _SCRIPT, str(MODULE), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
