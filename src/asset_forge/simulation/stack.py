"""The service under a real Prometheus and a real Alertmanager, as child processes on loopback."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from asset_forge.monitoring import Options, render, write
from asset_forge.simulation.programs import (
    SERVICE,
    START_SECONDS,
    Program,
    environment_of,
    find,
    free_port,
    until,
)
from asset_forge.simulation.prometheus import PrometheusApi
from asset_forge.simulation.providers import SimulatedProviders, environment, running_in_thread
from asset_forge.simulation.receivers import ROUTING_KEY, Message, Receivers
from asset_forge.simulation.team import create_accounts

PROMETHEUS: Final = "prometheus"
ALERTMANAGERS: Final = ("prometheus-alertmanager", "alertmanager")
"""The same program, as Debian calls it and as its makers do."""

BREAKER_SECONDS: Final = 30.0
"""How long a provider that fails is left alone, at the real pace: the alerts' windows expect it."""

_LEAST_RESEND_SECONDS: Final = 3.0
"""An alert that is not sent again ends in Alertmanager after four times that. After each reload of
its configuration Prometheus knows no Alertmanager, for up to 5 s at any scale."""

SPEED: Final = 20.0
"""How much faster than the real ones the simulated providers answer."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """What the service must be started with so that a fault can be injected later.

    `mounts` are shell commands that run in a mount namespace of the service's own, with `$DATA` as
    its data directory. `worker` lets jobs run in a process of their own.
    """

    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    mounts: tuple[str, ...] = ()
    worker: bool = False

    def __or__(self, other: Preparation) -> Preparation:
        """Prepare for both."""
        return Preparation(
            {**self.environment, **other.environment},
            (*self.mounts, *(one for one in other.mounts if one not in self.mounts)),
            self.worker or other.worker,
        )


def programs_found() -> tuple[str, str] | None:
    """Return the paths of Prometheus and Alertmanager; None where one is not installed."""
    prometheus = find(PROMETHEUS)
    alertmanager = next((path for name in ALERTMANAGERS if (path := find(name))), None)
    return (prometheus, alertmanager) if prometheus and alertmanager else None


class Stack:
    """Everything that a rehearsal needs, below one directory.

    Args:
        home: Where data, configuration and logs go.
        scale: Multiplies every duration of the alerts, as in `monitoring.Options`.
        port: The service's; 0 takes a free one.
        data_dir: The service's; by default inside of `home`.
        providers: The simulated providers, which run while the stack does.
        preparation: What the faults to come need.
        on_message: Called for each message that a receiver accepted, from another thread.
    """

    def __init__(
        self,
        home: Path,
        *,
        scale: float = 1.0,
        port: int = 0,
        data_dir: Path | None = None,
        providers: SimulatedProviders | None = None,
        preparation: Preparation | None = None,
        on_message: Callable[[Message], None] | None = None,
    ) -> None:
        self.home = home
        self.scale = scale
        self.port = port or free_port()
        self.data_dir = data_dir or home / "data"
        self.receivers = Receivers(on_message)
        self.providers = providers or SimulatedProviders(speed=SPEED)
        self._providers_port = free_port()
        self._preparation = preparation or Preparation()
        self.service = self._program("service", "serve", self.port)
        self.worker: Program | None = None
        if self._preparation.worker:
            self.worker = self._program("worker", "worker", free_port())
        self._prometheus: Program | None = None
        self._api: PrometheusApi | None = None
        self._options = Options(scale=scale, targets=(self.target,))

    @property
    def url(self) -> str:
        """The base of the service's URLs."""
        return f"http://{self.target}"

    @property
    def target(self) -> str:
        """The service's address, HOST:PORT."""
        return f"127.0.0.1:{self.port}"

    @property
    def prometheus(self) -> PrometheusApi:
        """The running Prometheus."""
        if self._api is None:
            raise RuntimeError("this stack runs without Prometheus")
        return self._api

    @property
    def alertmanager_url(self) -> str:
        """The base of Alertmanager's URLs."""
        return f"http://{self._options.alertmanagers[0]}"

    @property
    def monitored(self) -> bool:
        """Whether Prometheus and Alertmanager run beside the service."""
        return self._api is not None

    @property
    def database(self) -> Path:
        """The file of the embedded database; outside of what only the service's namespace sees."""
        if url := self._preparation.environment.get("DATABASE_URL"):
            return Path(url.removeprefix("sqlite:///"))
        directory = self.home if self._preparation.mounts else self.data_dir
        return directory / "asset-forge.db"

    @property
    def seen_data_dir(self) -> Path:
        """The data directory as this process sees it, also in a mount namespace of the service."""
        if not self._preparation.mounts:
            return self.data_dir
        return Path(f"/proc/{self.service.pid}/root{self.data_dir}")

    def seconds(self, real_seconds: float) -> float:
        """Return what a duration of the alerts takes here."""
        return real_seconds * self.scale

    @contextmanager
    def running(self, programs: tuple[str, str] | None) -> Generator[Stack]:
        """Run everything while the block lasts; without `programs` the service alone."""
        with ExitStack() as stack:
            stack.enter_context(self.receivers.running())
            port = self._providers_port
            stack.enter_context(running_in_thread(self.providers, port=port))
            self.data_dir.mkdir(parents=True, exist_ok=True)
            stack.callback(self.service.stop)
            self.service.start()
            create_accounts(self.database)
            if self.worker is not None:
                stack.callback(self.worker.stop)
                self.worker.start()
            if programs is not None:
                self._start_monitoring(stack, *programs)
            yield self

    def set_targets(self, targets: Sequence[str]) -> None:
        """Let Prometheus scrape other addresses, which it does within some 5 s."""
        self._options = replace(self._options, targets=tuple(targets))
        self._write_configuration()
        if self._prometheus is not None:
            self._prometheus.send(signal.SIGHUP)

    def replica(self, variables: Mapping[str, str]) -> tuple[Program, str]:
        """Make, without starting it, another instance on the same data; and its address."""
        port = free_port()
        own = {"METRICS_DIR": str(self.home / f"metrics-{port}"), **variables}
        return self._program(f"replica-{port}", "serve", port, own), f"127.0.0.1:{port}"

    def _program(
        self, name: str, command: str, port: int, own: Mapping[str, str] | None = None
    ) -> Program:
        variables = {
            "ASSET_FORGE_DATA_DIR": str(self.data_dir),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "PORT": str(port),
            "AUTH_PROVIDERS": "local",
            "DRAIN_SECONDS": "0",
            "GRACE_SECONDS": "5",
            "PROVIDER_BREAKER_SECONDS": f"{self.seconds(BREAKER_SECONDS):g}",
            **environment(f"http://127.0.0.1:{self._providers_port}"),
            **self._preparation.environment,
            **(own or {}),
        }
        if self._preparation.worker and command == "serve":
            variables["RUN_JOBS"] = "false"
        arguments = [SERVICE, command]
        if command == "worker":
            arguments += ["--port", str(port)]
        if self._preparation.mounts:
            arguments = self._in_namespace(arguments)
        return Program(
            arguments,
            log=self.home / f"{name}.log",
            ready_url=f"http://127.0.0.1:{port}/api/health/ready",
            environment=environment_of(variables),
        )

    def _in_namespace(self, command: Sequence[str]) -> list[str]:
        setting = f"DATA={shlex.quote(str(self.data_dir))}"
        script = "; ".join([setting, *self._preparation.mounts, f"exec {shlex.join(command)}"])
        return ["unshare", "-Urm", "sh", "-ec", script]

    def _start_monitoring(self, stack: ExitStack, prometheus: str, alertmanager: str) -> None:
        ports = free_port(), free_port()
        addresses = tuple(f"127.0.0.1:{port}" for port in ports)
        self._options = replace(
            self._options,
            alertmanagers=(addresses[1],),
            prometheus_url=f"http://{addresses[0]}",
            pagerduty_url=f"{self.receivers.url}/pagerduty",
            heartbeat_url=f"{self.receivers.url}/heartbeat",
        )
        self._write_configuration()
        # At the default minute a resolution that was lost would take that long, whatever the scale.
        resend_seconds = max(self.seconds(60), _LEAST_RESEND_SECONDS)
        deploy = self.home / "deploy"
        router = Program(
            [
                alertmanager,
                "--config.file=alertmanager.yml",
                f"--web.listen-address={addresses[1]}",
                "--cluster.listen-address=",
                f"--storage.path={self.home / 'alerts'}",
                "--log.level=warn",
            ],
            log=self.home / "alertmanager.log",
            ready_url=f"http://{addresses[1]}/-/ready",
            directory=deploy / "alertmanager",
        )
        self._prometheus = Program(
            [
                prometheus,
                "--config.file=prometheus.yml",
                f"--web.listen-address={addresses[0]}",
                f"--storage.tsdb.path={self.home / 'series'}",
                "--storage.tsdb.retention.time=40d",
                "--enable-feature=exemplar-storage",
                f"--rules.alert.resend-delay={round(resend_seconds * 1000)}ms",
                "--log.level=warn",
            ],
            log=self.home / "prometheus.log",
            ready_url=f"http://{addresses[0]}/-/ready",
            directory=deploy / "prometheus",
        )
        for program in (router, self._prometheus):
            stack.callback(program.stop)
            program.start()
        self._api = PrometheusApi(f"http://{addresses[0]}")
        stack.callback(self._api.close)
        self.wait_until_scraped()

    def wait_until_scraped(self) -> None:
        """Wait until the last scrape of every target has succeeded; there is none unmonitored.

        Raises:
            NotWithin: One of them does not answer.
        """

        def scraped() -> bool:
            if not self.monitored:
                return True
            known = self.prometheus.targets_up()
            return len(known) == 2 * len(self._options.targets) and all(known)

        until("every target is scraped", scraped, START_SECONDS)

    def _write_configuration(self) -> None:
        deploy = self.home / "deploy"
        write(render(self._options), deploy)
        secrets = deploy / "alertmanager" / "secrets"
        secrets.mkdir(parents=True, exist_ok=True)
        (secrets / "pagerduty_routing_key").write_text(ROUTING_KEY)
        (secrets / "slack_webhook_url").write_text(f"{self.receivers.url}/slack")
