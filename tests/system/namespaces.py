"""Mounts of a server's own: it runs in a mount namespace, which ends with it."""

from __future__ import annotations

import os
import subprocess

import pytest
from tests.served import PROGRAM

_NAMESPACE = ("unshare", "-Urm")


def serve_after(*mounts: str) -> list[str]:
    """Return a command that runs shell commands in a namespace, and then the server.

    Skips the test where the machine permits no namespaces; with `CI=true` that is a failure.
    """
    tried = subprocess.run(
        [*_NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if tried.returncode:
        message = f"a mount namespace is not permitted here: {tried.stderr.strip()}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    script = "; ".join([*mounts, 'exec "$0" serve'])
    return [*_NAMESPACE, "sh", "-ec", script, PROGRAM]
