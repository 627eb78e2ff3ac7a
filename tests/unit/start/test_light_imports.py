"""The service starts without what only some installations or jobs need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "numpy",
    "trimesh",
    "PIL",
    "openai",
    "anthropic",
    "elevenlabs",
    "genai_prices",
    "jwt",
    "cryptography",
    "qdrant_client",
    "sentry_sdk",
    "prometheus_client",
    "opentelemetry.sdk",
)
"""Each takes from 30 ms to seconds, and is imported where it is first used."""


@pytest.mark.parametrize("module", ["asset_forge.application", "asset_forge.cli.main"])
def test_importing_the_service_imports_nothing_heavy(module: str) -> None:
    program = f"import sys, {module}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True
    )

    assert done.stdout.split() == []
