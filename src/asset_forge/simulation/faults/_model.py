"""What a fault is: how it is made ready, injected and healed, and which alerts must show it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final

from asset_forge.simulation.stack import Preparation, Stack

_JOIN_SECONDS: Final = 60.0


class Fault(ABC):
    """One thing that production does to the service, done to a running one by real means.

    Signals, locks, files, sockets and requests from outside; the service has no part in it. A fault
    is made ready before the service starts, and may then be injected and healed, once each.
    """

    name: ClassVar[str]
    """How it is asked for."""

    what: ClassVar[str]
    """What is done, in a sentence."""

    alerts: ClassVar[tuple[str, ...]]
    """The alerts that arrive at a receiver."""

    silenced: ClassVar[tuple[str, ...]] = ()
    """Those that fire too, but tell nobody, since a page of the same cause is out."""

    also: ClassVar[tuple[str, ...]] = ()
    """Those that may arrive beside or later, by how much traffic there is and how long it lasts."""

    def prepare(self, home: Path) -> Preparation:
        """Say what the service must be started with; `home` is a directory for files."""
        return Preparation()

    @abstractmethod
    def inject(self, stack: Stack) -> None:
        """Do it."""

    @abstractmethod
    def heal(self, stack: Stack) -> None:
        """Undo it."""

    def close(self) -> None:  # noqa: B027 - most have nothing to give back
        """Give back what `prepare` took."""


class Repeated:
    """Does something again and again in a thread of its own, with a pause between."""

    def __init__(self, act: Callable[[], None], pause_seconds: float) -> None:
        self._act = act
        self._pause_seconds = pause_seconds
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fault")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what is being done."""
        self._ending.set()
        self._thread.join(_JOIN_SECONDS)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._act()
            self._ending.wait(self._pause_seconds)
