"""The real service for tests: `asset-forge serve` as a process, with a data directory of its own.

`server` is one that all tests share and everybody may use; `serve` starts more of them. What a
server printed is shown with a test that fails, and every server is killed at the end.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
import psutil
import pytest
from tests.system.scrapes import Scrape

PROGRAM = str(Path(sys.executable).with_name("asset-forge"))
START_SECONDS = 90.0
_ATTEMPTS = 5
"""Until a server is ready, and JOB_SECONDS until a job has ended: for machines that are busy."""
JOB_SECONDS = 150.0

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH")
_ENDED = ("succeeded", "failed", "cancelled")
_SHOWN_CHARACTERS = 6000
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SERVERS = pytest.StashKey["list[Server]"]()
_Result = TypeVar("_Result")


def environment_of(data_dir: Path, variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a program that keeps its things in `data_dir`."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    own = {"PORT": "0", "ASSET_FORGE_DATA_DIR": str(data_dir), "DRAIN_SECONDS": "0"}
    return inherited | own | dict(variables or {})


def until(
    what: str, condition: Callable[[], _Result | None], seconds: float = JOB_SECONDS
) -> _Result:
    """Wait until a condition returns something true, and return that."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds:g} seconds: {what}")
        time.sleep(0.05)


def stored_for(objects: Path) -> list[str]:
    """Return for each stored file the id, of a generation or an asset, that its path names."""
    paths = [path for path in objects.rglob("*") if path.is_file()]
    return [found[0] if (found := _ID.search(str(path))) else str(path) for path in paths]


class Server:
    """One `asset-forge serve`, which may be killed, ended and started again on the same data."""

    def __init__(
        self,
        data_dir: Path,
        log: Path,
        variables: Mapping[str, str] | None = None,
        command: Sequence[str] = (PROGRAM, "serve"),
    ) -> None:
        self.data_dir = data_dir
        self.log = log
        self.variables = dict(variables or {})
        self._environment = environment_of(data_dir, variables)
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._groups: list[int] = []
        self._headers: dict[str, str] = {}
        self.url = ""
        self.answered: Counter[tuple[str, str, str]] = Counter()
        """How often each (method, path with `{id}` for ids, status) was answered to these tests."""

    @property
    def process(self) -> psutil.Process:
        """The server process, without its children."""
        assert self._process is not None, "the server was never started"
        return psutil.Process(self._process.pid)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.url.rpartition(":")[2])

    def spawn(self) -> None:
        """Start it without waiting, as suits a program that serves no API."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )
        self._groups.append(self._process.pid)

    def start(self) -> None:
        """Start it on a free port, and wait until it is ready."""
        offset = self.log.stat().st_size if self.log.exists() else 0
        self.spawn()

        def announced() -> re.Match[str] | None:
            self._check_alive()
            text = self.log.read_bytes()[offset:].decode(errors="replace")
            return re.search(r"(http://[^\s/]+:\d+)/metrics\s", text)

        self.url = until("the server says where it is", announced, START_SECONDS)[1]
        until("the server is ready", self._is_ready, START_SECONDS)

    def kill(self) -> None:
        """Kill the server process alone, as the kernel would, without a chance to clean up."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(30)

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self.wait(60)

    def wait(self, seconds: float) -> int:
        """Wait for an end that was asked for already, and return the exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def close(self) -> None:
        """Kill the server and all that it started."""
        for group in self._groups:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if self._process is not None:
            self._process.wait(30)

    @contextmanager
    def client(self, *, timeout: float = 60.0, **headers: str) -> Generator[httpx.Client]:
        """Open a client whose requests carry these headers and the server's session, if any."""
        with httpx.Client(
            base_url=self.url,
            timeout=timeout,
            headers=self._headers | headers,
            trust_env=False,
            event_hooks={"response": [self._remember]},
        ) as client:
            yield client

    def _remember(self, response: httpx.Response) -> None:
        path = _ID.sub("{id}", response.request.url.path)
        self.answered[response.request.method, path, str(response.status_code)] += 1

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send one request on a connection of its own."""
        with self.client() as client:
            return client.request(method, path, **arguments)

    def get(self, path: str) -> Any:
        """Read a document that has to be there."""
        response = self.request("GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def sign_in(self, login: str, password: str) -> None:
        """Act as a user from here on."""
        body = {"login": login, "password": password}
        response = self.request("POST", "/api/auth/login", json=body)
        assert response.status_code == 200, response.text
        self._headers = {"Authorization": f"Bearer {response.json()['token']}"}

    def submit(self, type_: str, prompt: str = "a mossy stone thing", **fields: Any) -> str:
        """Ask for an asset, and return the job's id."""
        body = {"name": prompt, "type": type_, "prompt": prompt, "seed": 7} | fields
        response = self.request("POST", "/api/generation", json=body)
        assert response.status_code == 202, response.text
        return str(response.json()["id"])

    def job(self, job_id: str) -> dict[str, Any]:
        """Read a job."""
        job: dict[str, Any] = self.get(f"/api/generation/{job_id}")
        return job

    def ended(self, job_id: str, seconds: float = JOB_SECONDS) -> dict[str, Any]:
        """Wait for a job's end, and return it."""

        def look() -> dict[str, Any] | None:
            job = self.job(job_id)
            return job if job["status"] in _ENDED else None

        return until(f"the job {job_id} ends", look, seconds)

    def scrape(self, path: str = "/metrics/business") -> Scrape:
        """Read the metrics of one path."""
        response = self.request("GET", path)
        assert response.status_code == 200, response.text
        return Scrape(response.text)

    def stood_still(self) -> bool:
        """Whether its event loop was late by more than the doctor overlooks; False where it ended.

        A stop shows as up to half a second less than it lasted: so long is a sample's timer.
        """
        token = self.variables.get("METRICS_TOKEN")
        headers = {"authorization": f"Bearer {token}"} if token else {}
        try:
            lags = Scrape(self.request("GET", "/metrics", headers=headers).text)
        except httpx.TransportError:
            return False
        quick = lags.value("event_loop_lag_seconds_bucket", le="0.25")
        return lags.value("event_loop_lag_seconds_count") > quick

    def state(self) -> str:
        """Say in words whether the process lives."""
        if self._process is None:
            return f"{self.log.name}: was never started"
        code = self._process.poll()
        return f"{self.log}: {'runs' if code is None else f'ended with code {code}'}"

    def output(self) -> str:
        """Return all lines that it has printed; of the last one maybe a part is there so far."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return text[: text.rfind("\n") + 1]

    def lines(self) -> list[str]:
        """Return the whole lines that it has printed: of the last a part may be written only."""
        return self.output().split("\n")[:-1]

    def told(self, text: str) -> list[str]:
        """Return the lines with a text in them, once there is one: a thread writes what it logs."""

        def look() -> list[str]:
            return [line for line in self.lines() if text in line]

        return until(f"it prints a line with {text!r}", look)

    def _is_ready(self) -> bool:
        self._check_alive()
        try:
            return self.request("GET", "/api/health/ready").status_code == 200
        except httpx.TransportError:
            return False

    def _check_alive(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            pytest.fail(f"the server ended with code {self._process.returncode}:\n{self.output()}")


class ServerFactory(Protocol):
    """Makes servers, by default one after the other on the same data directory."""

    def __call__(
        self,
        variables: Mapping[str, str] | None = None,
        *,
        data_dir: Path | None = None,
        command: Sequence[str] = (PROGRAM, "serve"),
        start: bool = True,
    ) -> Server:
        """Make a server with these environment variables, and start it."""
        ...


def undisturbed(
    serve: ServerFactory, home: Path, look: Callable[[ServerFactory, Path], _Result]
) -> _Result:
    """Look at servers in a directory below `home`, and anew in another while one stands still.

    A busy machine stops processes for half a second or more, which the doctor rightly finds: what
    is to have no findings is looked at again then, and fails where no such stop was measured.
    """
    for attempt in range(_ATTEMPTS):
        place = home / f"attempt-{attempt}"
        place.mkdir()
        started: list[Server] = []
        try:
            return look(_noting(serve, place / "var", started), place)
        except Exception:
            if attempt == _ATTEMPTS - 1 or not any(server.stood_still() for server in started):
                raise
        for server in started:
            server.close()
    raise AssertionError("the loop above returns or raises")


def _noting(serve: ServerFactory, data_dir: Path, started: list[Server]) -> ServerFactory:
    def start(*given: Any, **named: Any) -> Server:
        started.append(serve(*given, **({"data_dir": data_dir} | named)))
        return started[-1]

    return start


@contextmanager
def serving(config: pytest.Config, home: Path) -> Generator[ServerFactory]:
    """Start servers that keep their things below `home`, and kill them at the end."""
    running = config.stash.setdefault(_SERVERS, [])
    own: list[Server] = []

    def make(
        variables: Mapping[str, str] | None = None,
        *,
        data_dir: Path | None = None,
        command: Sequence[str] = (PROGRAM, "serve"),
        start: bool = True,
    ) -> Server:
        log = home / f"server-{len(own)}.log"
        server = Server(data_dir or home / "var", log, variables, command)
        own.append(server)
        running.append(server)
        if start:
            server.start()
        return server

    try:
        yield make
    finally:
        for server in own:
            server.close()
            running.remove(server)


@pytest.fixture
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerFactory]:
    """Start servers for one test."""
    with serving(request.config, tmp_path) as factory:
        yield factory


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The server that tests share: without sign-in, so that everybody is its operator."""
    with serving(request.config, tmp_path_factory.mktemp("served")) as factory:
        yield factory()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the servers printed last with each test that fails."""
    report = yield
    if report.failed:
        for server in item.config.stash.setdefault(_SERVERS, []):
            title = f"{server.state()}, and printed at last"
            report.sections.append((title, server.output()[-_SHOWN_CHARACTERS:]))
    return report
