"""What is committed installs anywhere: locked, without test tools, without one machine's names."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from tests.package.conftest import ROOT

_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==\S+", re.MULTILINE)
_MACHINES = (
    re.compile(r"(?:--index-url|--extra-index-url|--find-links|index_url)[ =]"),
    re.compile(r"https?://(?:[\w.-]*\.)?(?:pypi|pythonhosted)\.\w+"),
    re.compile(r"(?:https?|file)://\S+/simple\b"),
    re.compile(r"(?<![\w.-])/(?:root|home/\w+|Users/\w+)/"),
    re.compile(re.escape(f"{ROOT}/")),
)
OWN = "tests/package/test_tracked_files.py"


def _group(name: str) -> set[str]:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    found: set[str] = set()
    for entry in groups[name]:
        if isinstance(entry, str):
            found.add(re.split(r"[^a-z0-9._-]", entry.lower())[0])
        else:
            found |= _group(entry["include-group"])
    return found


def _pins(name: str) -> set[str]:
    return set(_PIN.findall((ROOT / "requirements" / f"{name}.txt").read_text()))


def test_the_server_is_installed_without_the_tools_of_its_tests() -> None:
    assert not _pins("server") & (_group("test") | _group("lint") | _group("bench"))


def test_every_dependency_of_the_project_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[^a-z0-9._-]", entry.lower())[0] for entry in project["dependencies"]}
    assert named <= _pins("server") <= _pins("test")
    assert _group("test") <= _pins("test")


@pytest.mark.parametrize("name", ["server", "qdrant", "test", "bench", "object-store"])
def test_every_locked_dependency_has_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    for entry in re.split(r"\n(?=[a-z0-9])", text):
        if _PIN.match(entry):
            assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_no_committed_file_names_a_registry_or_a_place_of_one_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: list[str] = []
    for name in filter(None, listed.stdout.split("\0")):
        path: Path = ROOT / name
        if name == OWN or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(errors="ignore").splitlines(), 1):
            found += [f"{name}:{number}: {line[:100]}" for rule in _MACHINES if rule.search(line)]
    assert found == []
