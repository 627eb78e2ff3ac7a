"""A rehearsal: the stack under its users, with what happens told line by line."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from asset_forge import faults
from asset_forge.simulation.faults import Fault, Repeated
from asset_forge.simulation.panels import panels_with_data
from asset_forge.simulation.providers import (
    Fault as ProviderFault,
)
from asset_forge.simulation.providers import SimulatedProviders
from asset_forge.simulation.receivers import Message
from asset_forge.simulation.stack import Preparation, Stack, programs_found
from asset_forge.simulation.traffic import Pace
from asset_forge.simulation.users import Users

INJECTED_AFTER_SECONDS: Final = 20.0
"""How long the users work before a fault is injected, so that there is a normal to differ from."""

STATUS_SECONDS: Final = 10.0
REJECTED_EVERY_SECONDS: Final = 45.0
"""How often a provider rejects a prompt: often enough to be seen, too seldom for an alert."""

_LOOK_SECONDS: Final = 0.5

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is rehearsed: for how long (None: until stopped), at which scale, with which fault.

    The fault is healed `heal_after_seconds` after its injection (None: at the end).
    """

    scale: float
    port: int
    pace: Pace
    duration_seconds: float | None = None
    fault: Fault | None = None
    heal_after_seconds: float | None = None
    data_dir: Path | None = None


class Rehearsal:
    """One run of a plan, from `running` to its end."""

    def __init__(self, plan: Plan, home: Path, say: Say) -> None:
        self._plan = plan
        self._home = home
        self._say = say
        self._began = time.monotonic()
        self._arrived: set[str] = set()
        self._lock = threading.Lock()
        self._beats = 0

    @contextmanager
    def running(self) -> Generator[tuple[Stack, Users]]:
        """Run providers, service, Prometheus, Alertmanager, receivers and users."""
        plan = self._plan
        with ExitStack() as stack:
            preparation = Preparation()
            if plan.fault is not None:
                stack.callback(plan.fault.close)
                preparation = plan.fault.prepare(self._home)
                check_possible(preparation)
            running = Stack(
                self._home,
                scale=plan.scale,
                port=plan.port,
                data_dir=plan.data_dir,
                preparation=preparation,
                on_message=self._tell,
            )
            self._say("Starting the service, Prometheus and Alertmanager …")
            stack.enter_context(running.running(programs_found()))
            stack.enter_context(good_day(running.providers))
            users = stack.enter_context(Users(running.url, plan.pace).running())
            self._began = time.monotonic()
            yield running, users

    def go(self, stack: Stack, users: Users) -> None:
        """Let time pass: inject, tell, heal; until the duration is over."""
        plan, injected_at, healed = self._plan, None, False
        next_status = STATUS_SECONDS
        try:
            while plan.duration_seconds is None or self._passed() < plan.duration_seconds:
                time.sleep(_LOOK_SECONDS)
                if plan.fault is not None and injected_at is None:
                    if self._passed() >= INJECTED_AFTER_SECONDS:
                        self._inject(plan.fault, stack)
                        injected_at = self._passed()
                elif injected_at is not None and not healed and self._is_over(injected_at):
                    healed = True
                    self._heal(stack)
                if self._passed() >= next_status:
                    self._status(stack, users)
                    next_status = self._passed() + STATUS_SECONDS
        finally:
            if injected_at is not None and not healed:
                self._heal(stack)

    def _passed(self) -> float:
        return time.monotonic() - self._began

    def _is_over(self, injected_at: float) -> bool:
        limit = self._plan.heal_after_seconds
        return limit is not None and self._passed() - injected_at >= limit

    def _inject(self, fault: Fault, stack: Stack) -> None:
        self._say(f"{self._clock()} INJECT  {fault.name}: {fault.what}")
        for name in fault.alerts:
            self._say(f"{self._clock()}         expect {name}")
        fault.inject(stack)

    def _heal(self, stack: Stack) -> None:
        if self._plan.fault is not None:
            self._say(f"{self._clock()} HEAL    {self._plan.fault.name}")
            self._plan.fault.heal(stack)

    def _status(self, stack: Stack, users: Users) -> None:
        self._say(f"{self._clock()} users   {users.activity.line()}")
        if not stack.monitored:
            return
        count, without = panels_with_data(stack.prometheus)
        missing = f"; none yet: {', '.join(without)}" if without else ""
        self._say(f"{self._clock()} panels  {count} of {count + len(without)} have data{missing}")
        firing = sorted(stack.prometheus.raised("firing") - {"Watchdog"})
        pending = sorted(stack.prometheus.raised("pending"))
        with self._lock:
            beats = self._beats
        self._say(
            f"{self._clock()} alerts  firing: {', '.join(firing) or 'none'}; "
            f"pending: {', '.join(pending) or 'none'}; heartbeats: {beats}"
        )

    def _tell(self, message: Message) -> None:
        with self._lock:
            if message.service == "heartbeat":
                self._beats += 1
                if self._beats > 1:
                    return
        self._say(f"{self._clock()} {message.service.upper():<9} {message.title}")
        for line in message.text.splitlines():
            if line.strip():
                self._say(f"{' ' * 19}{line}")

    def _clock(self) -> str:
        minutes, seconds = divmod(int(max(self._passed(), 0.0)), 60)
        return f"{minutes:02d}:{seconds:02d}"


@contextmanager
def good_day(providers: SimulatedProviders) -> Generator[None]:
    """Let something go wrong at a provider now and then, as it does on a good day."""

    def reject() -> None:
        providers.set_fault("openai", ProviderFault.REJECTED_PROMPT, times=1)

    rejecting = Repeated(reject, REJECTED_EVERY_SECONDS)
    rejecting.start()
    try:
        yield
    finally:
        rejecting.stop()


def check_possible(preparation: Preparation) -> None:
    """Refuse a preparation that this machine does not permit.

    Raises:
        faults.Unavailable: It needs a mount namespace.
    """
    if not preparation.mounts:
        return
    try:
        tried = subprocess.run(
            ["unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except FileNotFoundError:
        raise faults.Unavailable(
            "this fault needs a mount namespace, which only Linux has: choose another fault"
        ) from None
    if tried.returncode:
        raise faults.Unavailable(
            "this fault needs a mount namespace of the service's own, which is not permitted here "
            f"({tried.stderr.strip()}); choose another fault, or allow user namespaces"
        )


@contextmanager
def throw_away_home() -> Generator[Path]:
    """Make a directory for everything that a rehearsal writes, and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="asset-forge-demo-") as home:
        yield Path(home)
