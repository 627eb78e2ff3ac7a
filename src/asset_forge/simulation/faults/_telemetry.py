"""Faults of the telemetry itself: sinks that hang, files that do not belong, labels without end."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from asset_forge.simulation.faults._endpoint import Endpoint
from asset_forge.simulation.faults._model import Fault, Repeated
from asset_forge.simulation.programs import Program
from asset_forge.simulation.stack import Preparation, Stack

_JOIN_SECONDS: Final = 30.0


class TraceCollectorHangs(Fault):
    """The collector of traces takes connections and never answers."""

    name = "trace-collector-hangs"
    what = "the OTLP collector accepts every connection and never answers"
    alerts = ("TelemetryLost",)

    def __init__(self) -> None:
        self._collector: Endpoint | None = None

    def prepare(self, home: Path) -> Preparation:
        """Start a collector that works, and let the service send all its traces there."""
        self._collector = Endpoint()
        return Preparation(
            {
                "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self._collector.port}",
                "OTEL_EXPORTER_OTLP_TIMEOUT": "1000",
                "OTEL_TRACES_SAMPLER": "always_on",
            }
        )

    def inject(self, stack: Stack) -> None:
        """Answer no more."""
        if self._collector is not None:
            self._collector.hangs.set()

    def heal(self, stack: Stack) -> None:
        """Answer again."""
        if self._collector is not None:
            self._collector.hangs.clear()

    def close(self) -> None:
        """End the collector."""
        if self._collector is not None:
            self._collector.close()


class LogReaderHangs(Fault):
    """Whoever reads the log of an instance has stopped reading, and its pipe is full."""

    name = "log-reader-hangs"
    what = "a second instance logs some 300 requests a second into a pipe that nobody reads"
    alerts = ("TelemetryLost",)

    _AT_ONCE: Final = 40
    _PAUSE_SECONDS: Final = 0.1
    _ANSWER_SECONDS: Final = 20.0

    def __init__(self) -> None:
        self._replica: Program | None = None
        self._pipe = -1
        self._asking: Repeated | None = None
        self._reader: threading.Thread | None = None

    def inject(self, stack: Stack) -> None:
        """Start the instance, and ask it for what it does not have."""
        self._replica, address = stack.replica({})
        self._pipe, output = os.pipe()
        try:
            self._replica.start(output)
        finally:
            os.close(output)
        stack.set_targets([stack.target, address])
        port = int(address.rpartition(":")[2])
        self._asking = Repeated(lambda: self._ask(port), self._PAUSE_SECONDS)
        self._asking.start()

    def heal(self, stack: Stack) -> None:
        """Ask no more, and read; the instance stays, so that the alert ends because nothing is lost
        any more, and not with what it watched."""
        if self._asking is not None:
            self._asking.stop()
            self._asking = None
        if self._pipe >= 0:
            self._reader = threading.Thread(target=self._read, name=self.name)
            self._reader.start()

    def close(self) -> None:
        """End the instance, and with it its log."""
        if self._asking is not None:
            self._asking.stop()
        if self._replica is not None:
            self._replica.stop()
        if self._reader is not None:
            self._reader.join(_JOIN_SECONDS)
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1

    def _ask(self, port: int) -> None:
        """Send many requests at once over one connection; each is a line of the log."""
        line = f"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        requests = f"{line}\r\n" * (self._AT_ONCE - 1) + f"{line}Connection: close\r\n\r\n"
        with (
            contextlib.suppress(OSError),  # it is asked again
            socket.create_connection(("127.0.0.1", port), self._ANSWER_SECONDS) as client,
        ):
            client.sendall(requests.encode())
            while client.recv(65_536):
                pass

    def _read(self) -> None:
        while os.read(self._pipe, 65_536):
            pass


class ForeignFile(Fault):
    """Somebody's files lie in the directory that the processes share their metrics in."""

    name = "foreign-file"
    what = "files that are no metrics are written into METRICS_DIR, under names as members have"
    alerts = ("CollectorFailing",)

    _EVERY_SECONDS: Final = 2.0

    def __init__(self) -> None:
        self._directory: Path | None = None
        self._writer: Repeated | None = None
        self._written = 0

    def prepare(self, home: Path) -> Preparation:
        """Put the directory where this process sees it."""
        self._directory = home / "metrics"
        return Preparation({"METRICS_DIR": str(self._directory)})

    def inject(self, stack: Stack) -> None:
        """Write one now and then."""
        self._writer = Repeated(self._write, self._EVERY_SECONDS)
        self._writer.start()

    def heal(self, stack: Stack) -> None:
        """Remove them."""
        if self._writer is not None and self._directory is not None:
            self._writer.stop()
            for path in self._directory.glob("member-foreign-*.metrics"):
                path.unlink(missing_ok=True)

    def _write(self) -> None:
        if self._directory is not None:
            self._written += 1
            path = self._directory / f"member-foreign-{self._written}.metrics"
            path.write_bytes(b"these are no metrics\n" * 400)


_MADE_UP: Final = """
import itertools, select, sys
from pathlib import Path
from asset_forge.catalog import AI_CALLS, DECLARATIONS
from asset_forge.observability.metrics import Registry
registry = Registry(DECLARATIONS, directory=Path(sys.argv[1]))
calls = registry.counter(AI_CALLS)
for number in itertools.count():
    calls.labels("openai", f"model-{number}", "success").inc(0)
    if number == AI_CALLS.series_limit:
        print("full", flush=True)
    pause = 0.05 if number > AI_CALLS.series_limit else 0
    if select.select([sys.stdin], [], [], pause)[0]:
        break
registry.close()
"""


class ModelsMadeUp(Fault):
    """A process of the metrics group invents label values: a model of its own for each call."""

    name = "models-made-up"
    what = "another process of the metrics group counts each call under a model of its own"
    alerts = ("SeriesOverflow",)

    def __init__(self) -> None:
        self._directory: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self, home: Path) -> Preparation:
        """Put the directory of the group where the other process sees it."""
        self._directory = home / "metrics"
        return Preparation({"METRICS_DIR": str(self._directory)})

    def inject(self, stack: Stack) -> None:
        """Start it."""
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter
            [sys.executable, "-c", _MADE_UP, str(self._directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        self._process.stdout.readline()

    def heal(self, stack: Stack) -> None:
        """End it."""
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate(timeout=_JOIN_SECONDS)
            self._process = None


class VolumeGone(Fault):
    """The data directory is gone; database and files, which lie elsewhere, are not."""

    name = "volume-gone"
    what = "the data directory is moved away; DATABASE_URL and STORAGE_URL name other places"
    alerts = ("BackgroundSampleFailing", "DependencyUnhealthy")

    def prepare(self, home: Path) -> Preparation:
        """Keep everything that requests need in another directory."""
        objects = home / "objects"
        objects.mkdir(parents=True)
        return Preparation(
            {
                "DATABASE_URL": f"sqlite:///{home / 'asset-forge.db'}",
                "STORAGE_URL": objects.as_uri(),
                "METRICS_DIR": str(home / "metrics"),
            }
        )

    def inject(self, stack: Stack) -> None:
        """Move it away."""
        stack.data_dir.rename(stack.data_dir.with_name("data.away"))

    def heal(self, stack: Stack) -> None:
        """Bring it back."""
        away = stack.data_dir.with_name("data.away")
        if away.exists():
            away.rename(stack.data_dir)
