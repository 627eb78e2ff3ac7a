"""The package is whole: a wheel, an empty environment, and the service out of it."""

from __future__ import annotations

import email
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from tests.package.conftest import ROOT
from tests.served import ServerFactory, environment_of

from asset_forge import __version__


def _tracked(folder: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(listed.stdout.split())


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    package = {name for name in names if ".dist-info/" not in name}
    assert package >= {name.removeprefix("src/") for name in _tracked("src")}
    assert all(name.startswith("asset_forge/") for name in package)
    assert "asset_forge/py.typed" in package
    assert any(
        name.startswith("asset_forge/database/migrations/versions/r0001") for name in package
    )
    assert not [name for name in package if "test" in name.rpartition("/")[2]]


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (path,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(path))
        folder = path.rpartition("/")[0]
        assert f"{folder}/licenses/LICENSE" in archive.namelist()
    assert (metadata["Name"], metadata["Version"]) == ("asset-forge", __version__)
    assert metadata["Requires-Python"] == ">=3.11"
    assert "# Asset-Forge" in metadata.get_payload()


def test_the_installed_service_makes_a_dialogue_and_ends_well(
    installed: Path, serve: ServerFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    server = serve(command=(str(installed / "asset-forge"), "serve"))
    assert server.get("/api/health/ready")["status"] == "ready"
    job = server.ended(server.submit("dialogue", "a gruff gate guard", options={"nodes": 6}))
    assert job["status"] == "succeeded", job
    dialogue = server.get(f"/api/assets/{job['assetId']}/file")
    assert len(dialogue["nodes"]) == 6
    assert server.stop() == 0
    assert list(empty.iterdir()) == []


def test_the_installed_program_makes_an_asset_without_a_service(
    installed: Path, tmp_path: Path
) -> None:
    command = ["generate", "a gruff gate guard", "--type", "dialogue", "--output", "guard.json"]
    ran = subprocess.run(
        [installed / "asset-forge", *command],
        cwd=tmp_path,
        env=environment_of(tmp_path / "var"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads((tmp_path / "guard.json").read_text())["nodes"]
