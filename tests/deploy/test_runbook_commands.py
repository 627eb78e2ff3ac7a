"""The runbooks' commands work as they stand there: on a closed service, and on the manifests."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.deploy.manifests import CORE, ROOT, container, documents
from tests.served import PROGRAM, Server, environment_of, serving, until
from tests.unit.monitoring.programs import program

RUNBOOKS = ROOT / "docs" / "runbooks"
PAGES = {page.stem: page.read_text() for page in sorted(RUNBOOKS.glob("*.md"))}
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LOGIN, PASSWORD = "olivia", "a long enough password"
FINDS_NOTHING = {"PoisonedGeneration"}
"""Pages of which a command may print nothing, and say so."""
PODS = {
    one["metadata"]["name"]: one["spec"]["template"]["metadata"]["labels"]
    for one in documents(*CORE)
    if one["kind"] == "Deployment"
}


def commands(start: str) -> list[tuple[str, str]]:
    """Return the commands that begin with a word, each once, with the first page that has it."""
    found: dict[str, str] = {}
    for page, text in PAGES.items():
        for command in INLINE.findall(text):
            if command.startswith(f"{start} ") and "…" not in command:
                found.setdefault(command.replace("\\|", "|"), page)
    return [(page, command) for command, page in found.items()]


ASKED = [(page, command) for page, command in commands("curl") if "$ASSET_FORGE" in command]
IN_PODS = commands("kubectl")


@pytest.fixture(scope="module")
def closed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A service as it is deployed: with sign-in, a token for the metrics, and details withheld."""
    home = tmp_path_factory.mktemp("closed")
    settings = {
        "METRICS_TOKEN": "the-token-of-the-metrics",
        "AUTH_PROVIDERS": "local",
        "HEALTH_DETAILS": "authorized",
    }
    with serving(request.config, home) as factory:
        server = factory(settings)
        subprocess.run(
            [PROGRAM, "user", "create", "--login", LOGIN, "--role", "operator", "--password-stdin"],
            input=PASSWORD,
            env=environment_of(server.data_dir, settings),
            text=True,
            timeout=60,
            check=True,
        )
        server.sign_in(LOGIN, PASSWORD)
        server.submit("dialogue")
        yield server


@pytest.fixture(scope="module")
def shell(closed: Server) -> dict[str, str]:
    """The environment of a shell into which the blocks of the README were pasted."""
    program("jq")
    blocks = re.findall(r"```sh\n(.*?)```", PAGES["README"], re.DOTALL)
    here = [block for block in blocks if not re.search("kubectl|sudo|deploy/compose", block)]
    given = {
        "ASSET_FORGE": closed.url,
        "METRICS_TOKEN": closed.variables["METRICS_TOKEN"],
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        ["bash", "-euc", "\n".join([*here, "env -0"])],
        input=f"{LOGIN}\n{PASSWORD}\n",
        env=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(entry.partition("=")[::2] for entry in done.stdout.split("\0") if entry)


def typed(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody who reads the page would; METRIC is the name in the alert."""
    return subprocess.run(
        ["bash", "-c", command.replace("^METRIC", "^api_requests|^http_requests")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_readme_sets_the_variables_that_the_pages_use(shell: dict[str, str]) -> None:
    used = set(re.findall(r"\$([A-Z_]+)", "\n".join(command for _, command in ASKED)))
    assert {"ASSET_FORGE", "METRICS_TOKEN", "TOKEN"} == used
    assert all(shell[name] for name in used)


@pytest.mark.parametrize(("page", "command"), ASKED, ids=[page for page, _ in ASKED])
def test_what_is_asked_of_the_service_is_answered(
    page: str, command: str, shell: dict[str, str]
) -> None:
    done = typed(command, shell)
    assert not done.stderr, f"{command}\n{done.stderr}"
    assert "withheld" not in done.stdout, command
    assert "null" not in done.stdout.split(), command
    assert done.stdout.strip() or page in FINDS_NOTHING, command


@pytest.mark.parametrize(
    ("page", "command"),
    [(page, command) for page, command in ASKED if "TOKEN" in command],
    ids=[page for page, command in ASKED if "TOKEN" in command],
)
def test_a_refusal_is_seen(page: str, command: str, shell: dict[str, str]) -> None:
    assert page
    done = typed(command, {**shell, "TOKEN": "", "METRICS_TOKEN": ""})
    assert re.search(r"error: 401|^401 |withheld", done.stdout + done.stderr), command


def test_no_page_asks_the_service_in_silence() -> None:
    for page, command in ASKED:
        options = command.split(" ")[1]
        assert "S" in options, f"{page}: {command}"
        asks_more = "/api/health/live" not in command
        assert not asks_more or "Authorization: Bearer $" in command, f"{page}: {command}"


def test_logs_are_sought_in_all_pods_of_the_service_and_to_the_last_line() -> None:
    whole = [command for _, command in IN_PODS if "logs" in command and "--since" in command]
    assert whole
    for command in whole:
        assert selected(command) == set(PODS), command
        assert {"--prefix", "--tail=-1"} <= set(command.split()), command


def selected(command: str) -> set[str]:
    """Return the Deployments whose pods a command's `-l` selects."""
    (labels,) = re.findall(r" -l (\S+)", command)
    wanted = dict(label.split("=") for label in labels.split(","))
    return {name for name, have in PODS.items() if wanted.items() <= have.items()}


def test_every_selector_finds_pods_and_every_deployment_is_there() -> None:
    assert any("component=worker" in command for _, command in IN_PODS)
    for page, command in IN_PODS:
        if " -l " in command:
            assert selected(command), f"{page}: {command}"
        files = set(re.findall(r" -f (\S+)", command))
        assert all((ROOT / one).is_file() for one in files), f"{page}: {command}"
        named = set(re.findall(r" deploy(?:ment)?/([\w-]+)", command.split(" -f ")[0]))
        assert named <= set(PODS), f"{page}: {command}"
        assert "logs deploy" not in command, f"{page}: of several pods it shows one"


def test_the_paths_in_the_pods_are_those_of_the_manifests() -> None:
    inside = [command for _, command in IN_PODS if " exec " in command]
    paths = {path for command in inside for path in re.findall(r" (/[\w/-]+)", command)}
    assert paths
    for name in PODS:
        assert paths <= {one["mountPath"] for one in container(name)["volumeMounts"]}


def test_errors_can_be_found_in_the_log_by_the_word_that_the_pages_search_for(
    closed: Server, shell: dict[str, str]
) -> None:
    """Every line has its level in capitals, as ERROR; a refused login has two lines."""
    body = {"login": LOGIN, "password": "not this one"}
    assert closed.request("POST", "/api/auth/login", json=body).status_code == 401
    until("the refusal is logged", lambda: '"severity":"WARNING"' in closed.output())
    searches = [
        command.partition(" | ")[2]
        for page, command in IN_PODS
        if page == "LoginAbuse" and "logs" in command
    ]
    assert len(searches) == 2
    for search in searches:
        until(search, lambda search=search: typed(f"cat {closed.log} | {search}", shell).stdout)


def test_only_what_killed_writes_left_is_cleaned_up(tmp_path: Path) -> None:
    (command,) = [one for page, one in commands("find") if page == "LowDiskSpace"]
    objects = tmp_path / "objects" / "assets"
    objects.mkdir(parents=True)
    names = ["sword.glb", "sword.glb#1", "shield.glb#12", "under-way.glb#1"]
    for name in names:
        (objects / name).write_bytes(b"bytes")
    long_ago = time.time() - 2 * 3600
    for name in names[:3]:
        os.utime(objects / name, (long_ago, long_ago))
    done = typed(command, {"ASSET_FORGE_DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"]})
    assert done.returncode == 0, done.stderr
    assert {path.name for path in objects.iterdir()} == {"sword.glb", "under-way.glb#1"}
