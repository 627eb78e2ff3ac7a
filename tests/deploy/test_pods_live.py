"""A pod's program runs with the settings and volumes of its manifest, on a read-only root."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.deploy.manifests import container, document, secret_variables, variables
from tests.ports import free_port
from tests.served import PROGRAM, environment_of, until
from tests.unit.monitoring.programs import program

from asset_forge.cli.main import UNUSABLE

STORES = {"DATABASE_URL", "STORAGE_URL", "PROMETHEUS_URL"}
"""Servers of their own in a cluster; here the embedded parts stand for them."""
WRITABLE = 97
DEPLOYMENTS = ["asset-forge", "asset-forge-worker"]


def of_the_pod(name: str, volumes: Path, port: int) -> tuple[dict[str, str], list[str]]:
    """Return the environment and the command of a pod, with its volumes below a directory."""
    dropped = STORES | secret_variables()
    given = {key: value for key, value in variables(name).items() if key not in dropped}
    command = [PROGRAM, *container(name)["command"][1:]]
    if "--port" in command:
        command[command.index("--port") + 1] = str(port)
    given |= {"PORT": str(port), "TMPDIR": str(volumes / "tmp"), "HOST": "127.0.0.1"}
    given |= {
        "ASSET_FORGE_DATA_DIR": str(volumes / "data"),
        "METRICS_DIR": str(volumes / "metrics"),
    }
    given |= {"DRAIN_SECONDS": "0"}
    return environment_of(volumes, given), command


@contextmanager
def on_a_read_only_root(
    command: list[str], environment: dict[str, str], writable: list[Path], log: Path
) -> Generator[subprocess.Popen[bytes]]:
    """Run a command where nothing but some directories, empty ones in memory, can be written."""
    mounts = [f"mount -t tmpfs tmpfs {shlex.quote(str(place))}" for place in writable]
    proof = shlex.quote(str(log.with_name("proof")))
    script = [
        "mount --make-rprivate /",
        *mounts,
        "mount -o remount,ro,bind /",
        f"if touch {proof} 2>/dev/null; then exit {WRITABLE}; fi",
        f"exec {shlex.join(command)}",
    ]
    namespaces = ["-m"] if os.geteuid() == 0 else ["-U", "-r", "-m"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program("unshare"), *namespaces, "sh", "-euc", "\n".join(script)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_starts_answers_its_probes_and_ends_in_order(name: str, tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port()
    pod = document("Deployment", name)["spec"]["template"]["spec"]
    writable = [tmp_path / one["name"] for one in pod["volumes"]]
    for place in writable:
        place.mkdir()
    environment, command = of_the_pod(name, tmp_path, port)
    with on_a_read_only_root(command, environment, writable, log) as process:

        def answers(probe: str) -> bool:
            assert process.poll() is None, log.read_text()
            path = container(name)[probe]["httpGet"]["path"]
            try:
                return httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False).is_success
            except httpx.TransportError:
                return False

        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            until(f"the {probe} succeeds", lambda probe=probe: answers(probe), 90)
        process.terminate()
        assert process.wait(60) == 0, log.read_text()


def test_a_pod_without_its_volumes_says_what_it_cannot_write(tmp_path: Path) -> None:
    environment, command = of_the_pod("asset-forge", tmp_path, free_port())
    log = tmp_path / "log"
    with on_a_read_only_root(command, environment, [], log) as process:
        assert process.wait(60) == UNUSABLE
    assert "Read-only file system" in log.read_text()
