"""Child processes of the demo and the drills: started, waited for, and ended for certain."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

import httpx

from asset_forge import faults

SERVICE: Final = str(Path(sys.executable).with_name("asset-forge"))
START_SECONDS: Final = 90.0
"""Until a program answers, on a machine that is busy with others."""

_POLL_SECONDS: Final = 0.05
_END_SECONDS: Final = 40.0
_SHOWN_CHARACTERS: Final = 2_000
_INHERITED: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH")

_PORTS: Final = range(10_000, 32_000)
"""Below those that the kernel gives away: nobody is given one of them by chance."""

_dice = random.SystemRandom()
_given: set[int] = set()
_giving = threading.Lock()

_Result = TypeVar("_Result")


class NotWithin(Exception):
    """Something that was waited for did not come about in time."""


def until(what: str, look: Callable[[], _Result | None], seconds: float) -> _Result:
    """Look again and again until something true is seen, and return that.

    Raises:
        NotWithin: The time passed; the message says what was waited for.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise NotWithin(f"not within {seconds:g} s: {what}")
        time.sleep(_POLL_SECONDS)


def free_port(among: Sequence[int] = _PORTS) -> int:
    """Return a port of loopback that nothing listens on, and that was not returned before.

    Raises:
        faults.Unavailable: Hardly any is left.
    """
    for _ in range(1000):
        port = _dice.choice(among)
        with socket.socket() as probe, _giving:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            if port not in _given:
                _given.add(port)
                return port
    raise faults.Unavailable(f"no port of 127.0.0.1 is free between {among[0]} and {among[-1]}")


def environment_of(variables: Mapping[str, str]) -> dict[str, str]:
    """Return a child's environment: what every program needs, and the variables given."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ} | dict(variables)


def find(name: str) -> str | None:
    """Return the path of an installed program."""
    return shutil.which(name)


class Program:
    """One child process in a process group of its own, whose output goes to a file.

    It can be killed or ended and started again; `ready_url` answers 200 when it is ready.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        ready_url: str,
        directory: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.command = list(command)
        self.environment = dict(environment_of({}) if environment is None else environment)
        self.log = log
        self._ready_url = ready_url
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id, also after the process has ended."""
        if self._process is None:
            raise RuntimeError(f"{self.command[0]} was never started")
        return self._process.pid

    def launch(self, output: int | None = None) -> None:
        """Start it without waiting; `output` is a descriptor for its standard output instead of the
        file."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own programs, by their paths
                self.command,
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=log if output is None else output,
                stderr=log,
                env=self.environment,
                start_new_session=True,
            )

    def start(self, output: int | None = None) -> None:
        """Start it as `launch` does, and wait until it is ready.

        Raises:
            faults.Unavailable: It ended instead, or was not ready in time.
        """
        self.launch(output)
        try:
            until("it is ready", self.ready, START_SECONDS)
        except NotWithin as error:
            raise faults.Unavailable(f"{self.command[0]}: {error}\n{self.tail()}") from None

    def ready(self) -> bool:
        """Say whether it answers 200.

        Raises:
            faults.Unavailable: It has ended.
        """
        if self._process is not None and (code := self._process.poll()) is not None:
            raise faults.Unavailable(
                f"{self.command[0]} ended with code {code} and said:\n{self.tail()}"
            )
        try:
            answer = httpx.get(self._ready_url, timeout=5.0, trust_env=False)
        except httpx.TransportError:
            return False
        return answer.status_code == 200

    def tail(self) -> str:
        """Return what it printed last."""
        text = self.log.read_bytes() if self.log.exists() else b""
        return text.decode(errors="replace")[-_SHOWN_CHARACTERS:]

    def send(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """Kill the process alone, as the kernel would, without a chance to clean up."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_END_SECONDS)

    def stop(self) -> None:
        """Ask it to end, and kill what of its group has not ended in time."""
        if self._process is None:
            return
        self._signal_group(signal.SIGCONT)
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_END_SECONDS)
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            return
