"""Faults of a second instance beside the first: killed, crashing, of another version."""

from __future__ import annotations

import time
from typing import ClassVar, Final

from asset_forge.simulation.faults._model import Fault
from asset_forge.simulation.programs import Program
from asset_forge.simulation.stack import Stack

_STARTS: Final = 4
_UP_SECONDS: Final = 2.0
"""How long a crashing instance lives: long enough to be scraped at a drill's pace."""


class _WithReplica(Fault):
    """A fault of a second instance on the same data, which Prometheus scrapes beside the first."""

    revision: ClassVar[str] = ""

    def __init__(self) -> None:
        self._replica: Program | None = None

    def _add_replica(self, stack: Stack) -> Program:
        replica, address = stack.replica({"RAILWAY_DEPLOYMENT_ID": self.revision})
        self._replica = replica
        replica.start()
        stack.set_targets([stack.target, address])
        return replica

    def heal(self, stack: Stack) -> None:
        """Take the instance out of the targets, and end it."""
        stack.set_targets([stack.target])
        stack.wait_until_scraped()  # until then the instance is a target, and would be missed
        self.close()

    def close(self) -> None:
        """End the instance."""
        if self._replica is not None:
            self._replica.stop()


class InstanceKilled(_WithReplica):
    """One of two instances is killed."""

    name = "instance-killed"
    what = "a second instance is started, scraped, and killed"
    alerts = ("InstanceDown",)
    also = ("ScrapeFailing",)

    def inject(self, stack: Stack) -> None:
        """Start another instance; kill it once it was scraped."""
        replica = self._add_replica(stack)
        stack.wait_until_scraped()
        replica.kill()


class CrashLoop(_WithReplica):
    """One of two instances ends soon after each start."""

    name = "crash-loop"
    what = f"a second instance is started {_STARTS} times, and killed soon after each start"
    alerts = ("CrashLooping",)
    also = ("InstanceDown",)

    def inject(self, stack: Stack) -> None:
        """Let it crash, and leave it running after its last start."""
        replica = self._add_replica(stack)
        for _ in range(_STARTS - 1):
            stack.wait_until_scraped()
            time.sleep(_UP_SECONDS)
            replica.kill()
            replica.start()


class RolloutHalted(_WithReplica):
    """Two revisions run side by side."""

    name = "rollout-halted"
    what = "a second instance runs with another RAILWAY_DEPLOYMENT_ID"
    alerts = ("VersionSkew",)
    revision = "an-older-revision"

    def inject(self, stack: Stack) -> None:
        """Start it."""
        self._add_replica(stack)
