"""The Dockerfile and the compose file agree with the repository and the settings.

No container engine builds them here: what can be held without one is.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from tests.deploy.manifests import (
    DEPLOY,
    MONITORING,
    ROOT,
    Document,
    compose,
    settings_variables,
)
from tests.served import ServerFactory

from asset_forge import __version__
from asset_forge.monitoring import Options, render, write
from asset_forge.observability.health.uvicorn_server import EXIT_SECONDS
from asset_forge.settings import load_settings

COMPOSE = compose()
SERVICES: dict[str, Document] = COMPOSE["services"]
OURS = ("migrate", "asset-forge", "worker")
DATABASE_URL = "postgresql://asset_forge:PASSWORD@postgres:5432/asset_forge"


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile and their arguments, lines joined."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(word, rest.strip()) for word, _, rest in (one.partition(" ") for one in lines if one)]


def image_variables() -> dict[str, str]:
    """Return the environment that the image sets in its last stage."""
    found: dict[str, str] = {}
    for word, rest in instructions():
        if word == "FROM":
            found = {}
        if word == "ENV":
            found |= dict(one.split("=", 1) for one in shlex.split(rest))
    return found


def copied() -> list[str]:
    """Return what the Dockerfile copies out of the repository."""
    return [
        source
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]


def test_all_that_the_image_copies_is_there_and_nothing_else_is_sent() -> None:
    assert copied()
    assert all((ROOT / source).exists() for source in copied())
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule.removeprefix("!") for rule in rules if rule.startswith("!")} == set(copied())


def test_the_image_has_what_the_wheel_is_built_of() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    texts = {project["project"]["readme"], *project["project"]["license-files"]}
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert {"pyproject.toml"} | texts | {Path(one).parts[0] for one in packages} <= set(copied())


def test_the_image_installs_locked_dependencies_alone_and_runs_as_nobody_special() -> None:
    words = [word for word, _ in instructions()]
    runs = [rest for word, rest in instructions() if word == "RUN"]
    installs = [one for one in runs if "pip install" in one]
    assert len(installs) == 2
    assert all("--require-hashes" in one or "--no-deps" in one for one in installs)
    assert ("USER", "10001:10001") in instructions()
    assert words.index("USER") < words.index("CMD")
    assert "--uid 10001" in next(one for one in runs if "useradd" in one)
    assert len({rest.split()[0] for word, rest in instructions() if word == "FROM"}) == 1


def test_the_settings_of_the_image_can_be_used_as_they_are() -> None:
    own = {name: value for name, value in image_variables().items() if name != "PATH"}
    assert set(own) <= settings_variables()
    settings = load_settings(own)
    assert (settings.host, settings.auth_providers) == ("0.0.0.0", ("local",))
    assert ("EXPOSE", str(settings.port)) in instructions()
    assert ("VOLUME", str(settings.data_dir)) in instructions()


def test_the_image_starts_a_command_that_there_is() -> None:
    (command,) = (json.loads(rest) for word, rest in instructions() if word == "CMD")
    script = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert command[0] in script
    assert command[1:] == ["serve"]


def test_the_steps_of_the_build_make_the_program(tmp_path: Path) -> None:
    """Runs each RUN of the first stage but for the locked dependencies, which are here already."""
    prefix, context = tmp_path / "opt", tmp_path / "build"
    for source in copied():
        place = context / source
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(ROOT / source)
    stage: list[str] = []
    for word, rest in instructions()[1:]:
        if word == "FROM":
            break
        if word == "RUN" and "--require-hashes" not in rest:
            stage.append(rest.replace("/opt/asset-forge", str(prefix)))
    assert len(stage) == 3
    for step in stage:
        step = re.sub(r"^python ", f"{shlex.quote(sys.executable)} ", step)
        ran = subprocess.run(
            step, shell=True, cwd=context, capture_output=True, text=True, timeout=300, check=False
        )
        assert ran.returncode == 0, f"{step}\n{ran.stdout}{ran.stderr}"
    program = (prefix / "bin" / "asset-forge").read_text()
    assert "asset_forge.__main__" in program
    installed = next(prefix.glob("lib/python*/site-packages/asset_forge/__init__.py"))
    assert __version__ in installed.read_text()


def probes() -> Iterator[tuple[str, list[str], int]]:
    """Yield each health check of ours: where it stands, its command, and the port it asks."""
    (rest,) = (rest for word, rest in instructions() if word == "HEALTHCHECK")
    yield "Dockerfile", json.loads(rest.partition("CMD ")[2]), 3004
    yield "asset-forge", SERVICES["asset-forge"]["healthcheck"]["test"][1:], 3004
    yield "worker", SERVICES["worker"]["healthcheck"]["test"][1:], 3005


def test_the_health_checks_succeed_on_a_service_and_fail_without(
    serve: ServerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve()
    port = server.port

    def ask(command: list[str], stated: int) -> int:
        assert command[:2] == ["python", "-c"]
        code = command[2].replace(f":{stated}/", f":{port}/")
        ast.parse(code)
        monkeypatch.setenv("PORT", str(port))
        ran = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, timeout=30, check=False
        )
        return ran.returncode

    assert [ask(command, stated) for _, command, stated in probes()] == [0, 0, 0]
    server.kill()
    assert [ask(command, stated) for _, command, stated in probes()] == [1, 1, 1]


def test_the_services_are_those_that_a_team_needs() -> None:
    assert set(SERVICES) == {
        *OURS, "postgres", "qdrant", "prometheus", "alertmanager", "grafana",
    }  # fmt: skip
    for name, service in SERVICES.items():
        assert ("healthcheck" in service) == (name != "migrate"), name
        assert service["image"].count(":") == 1
        assert not service["image"].endswith(":latest")
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:")
    assert SERVICES["asset-forge"]["image"] == f"asset-forge:{__version__}"


@pytest.mark.parametrize("name", OURS)
def test_the_settings_of_the_compose_file_can_be_used(name: str) -> None:
    service = SERVICES[name]
    assert service["env_file"] == "compose/secrets/asset-forge.env"
    own = image_variables() | service.get("environment", {}) | {"DATABASE_URL": DATABASE_URL}
    assert set(own) - {"PATH"} <= settings_variables()
    settings = load_settings(own)
    assert not settings.embedded_database
    if name == "migrate":
        return
    assert settings.run_jobs == (name == "worker")
    paying = load_settings(own | {"OPENAI_API_KEY": "of-a-provider"})
    needed = paying.effective_drain_seconds + paying.effective_grace_seconds + EXIT_SECONDS
    assert float(service["stop_grace_period"].removesuffix("s")) >= needed
    writable = [one.partition(":")[2] for one in service["volumes"]] + service["tmpfs"]
    places = [settings.data_dir, settings.metrics_dir, settings.storage_url.removeprefix("file://")]
    for place in places:
        assert any(Path(str(place)).is_relative_to(one) for one in writable), place


def test_every_file_that_the_compose_file_mounts_is_there_or_a_secret() -> None:
    mounted = [
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]
    named = [*mounted, *(one["file"] for one in COMPOSE["secrets"].values())]
    named += [service["env_file"] for service in SERVICES.values() if "env_file" in service]
    for one in named:
        if "secrets/" not in one:
            assert (DEPLOY / one).exists(), one
    build = SERVICES["migrate"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()


def test_all_that_is_rendered_can_be_mounted_from_elsewhere_as_it_was_written(
    tmp_path: Path,
) -> None:
    write(render(Options(heartbeat_url="https://beats.example.com/asset-forge")), tmp_path)
    text = (DEPLOY / "compose.yml").read_text()
    elsewhere = re.findall(rf"- {re.escape(MONITORING)}/([^:]+):", text)
    assert elsewhere
    for one in elsewhere:
        assert (tmp_path / one).exists(), one
    here = {one for one in re.findall(r"- \./([^:]+):", text) if "secrets/" not in one}
    assert here == set()


def test_every_volume_and_secret_is_declared_and_used() -> None:
    volumes = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith("./")
    }
    assert volumes == set(COMPOSE["volumes"])
    secrets = {name for service in SERVICES.values() for name in service.get("secrets", [])}
    assert secrets == set(COMPOSE["secrets"])


def test_no_secret_is_written_in_the_compose_file() -> None:
    text = (DEPLOY / "compose.yml").read_text()
    for line in text.splitlines():
        if re.search(r"(PASSWORD|TOKEN|KEY|SECRET)\w*:", line):
            assert fnmatch(line.strip(), "*: /run/secrets/*"), line


def test_prometheus_and_grafana_ask_the_services_by_their_names() -> None:
    config = yaml.safe_load((DEPLOY / "compose" / "prometheus.yml").read_text())
    found = {
        target
        for job in config["scrape_configs"]
        for group in job["static_configs"]
        for target in group["targets"]
    }
    found |= set(config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"])
    sources = yaml.safe_load((DEPLOY / "compose" / "datasources.yml").read_text())["datasources"]
    found |= {source["url"].removeprefix("http://") for source in sources}
    assert found == {"asset-forge:3004", "worker:3005", "alertmanager:9093", "prometheus:9090"}
    assert {one.partition(":")[0] for one in found} <= set(SERVICES)
    assert SERVICES["worker"]["command"][-1] == "3005"
    flags = SERVICES["prometheus"]["command"]
    assert "--storage.tsdb.retention.time=40d" in flags
    assert "--enable-feature=exemplar-storage" in flags


def test_the_image_can_ask_the_qdrant_beside_it() -> None:
    """Its address is left to the environment file: without OPENAI_API_KEY the start refuses it."""
    guide = (ROOT / "docs" / "deployment.md").read_text()
    (address,) = re.findall(r"QDRANT_URL=(http://[a-z]+:\d+)", guide)
    assert address == "http://qdrant:6333"
    assert "qdrant" in SERVICES
    (locked,) = (one for one in copied() if one.startswith("requirements/"))
    assert "qdrant-client==" in (ROOT / locked).read_text()
