"""A METRICS_DIR on a file system of its own, that becomes full or read-only and usable again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.served import PROGRAM, Server
from tests.system.namespaces import serve_after

VOLUME_BYTES = 4 << 20
NOT_FOUND = "/api/assets/{asset_id}"

_OUTSIDER = """
import sys
from pathlib import Path
from asset_forge.observability.metrics import Registry

registry = Registry([], directory=Path(sys.argv[1]), strict=True)
print(registry.value("http_requests_total", method="GET", path=sys.argv[2], status_code="404"))
"""


class MetricsVolume:
    """The file system, mounted in the namespace of the first server that uses it."""

    def __init__(self, place: Path) -> None:
        place.mkdir()
        self.place = place
        self.variables = {"METRICS_DIR": str(place), "RUN_JOBS": "false"}
        self._first: Server | None = None

    def serve_first(self, *also: str) -> list[str]:
        """Return the command of the first server, which mounts the volume, and does more to it."""
        return serve_after(f"mount -t tmpfs -o size={VOLUME_BYTES} tmpfs '{self.place}'", *also)

    def serve_another(self) -> list[str]:
        """Return the command of a server that uses the volume as well."""
        return self._inside(PROGRAM, "serve")

    def belongs_to(self, first: Server) -> None:
        """Look at the volume as this server does, which was started with `serve_first`."""
        self._first = first

    @property
    def root(self) -> Path:
        """The volume, as seen from here."""
        assert self._first is not None
        return Path(f"/proc/{self._first.process.pid}/root{self.place}")

    def fill(self) -> None:
        """Take every byte."""
        with (self.root / "ballast").open("ab", buffering=0) as file:
            for size in (65_536, 4_096):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue  # and what is left in smaller pieces

    def free(self) -> None:
        """Give the bytes back."""
        (self.root / "ballast").unlink(missing_ok=True)

    def cover(self) -> None:
        """Let whoever opens a file find it read-only; files that are open stay as they are."""
        self._run("mount", "--bind", str(self.place), str(self.place))
        self._run("mount", "-o", "remount,bind,ro", str(self.place))

    def uncover(self) -> None:
        """Take that back."""
        self._run("umount", str(self.place))

    def make_writable(self) -> None:
        """Let a volume be written that was mounted read-only."""
        self._run("mount", "-o", "remount,rw", str(self.place))

    def members(self) -> int:
        """Count the files of members, also of those that have died and are not folded in."""
        return len(list(self.root.glob("member-*.metrics")))

    def told_to_another_process(self) -> float:
        """Return what a process that joins the group is told of assets that were not there."""
        command = self._inside(sys.executable, "-c", _OUTSIDER, str(self.place), NOT_FOUND)
        told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return float(told.stdout)

    def _run(self, *command: str) -> None:
        subprocess.run(self._inside(*command), capture_output=True, timeout=60, check=True)

    def _inside(self, *command: str) -> list[str]:
        assert self._first is not None
        target = str(self._first.process.pid)
        return ["nsenter", "-t", target, "-U", "-m", "--preserve-credentials", *command]


def ask(server: Server, times: int) -> None:
    """Ask for an asset that is not there; whatever the metrics suffer from, this is answered."""
    with server.client() as client:
        for _ in range(times):
            assert client.get("/api/assets/nobodys").status_code == 404
    await_counts(server)


def await_counts(server: Server) -> None:
    """Return once a server has counted what it answered: just after, but before the next answer."""
    assert server.request("GET", "/api/health/live").status_code == 200


def asked(server: Server) -> float:
    """Return how often a server says that such an asset was asked for."""
    facts = {"method": "GET", "path": NOT_FOUND, "status_code": "404"}
    return server.scrape("/metrics").value("http_requests_total", **facts)


def directory_faults(server: Server) -> float:
    """Return how many faults of the metrics directory were counted."""
    return server.scrape().value("metrics_collector_errors_total", collector="directory")
