"""Throughput and CPU time that measuring costs, over HTTP, ours beside its peers."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Load, Server, serving
from benchmarks.pairs import Pairs
from benchmarks.peers import BARE, BUILDERS, PATH, variables_of


@dataclass(frozen=True, slots=True)
class Cost:
    """What one measurement costs a framework, against the same application bare."""

    framework: str
    name: str
    per_second: Pairs
    cpu_seconds: Pairs


def compare(rounds: int, seconds: int = 1) -> list[Cost]:
    """Measure every peer beside its bare application, framework by framework."""
    costs: list[Cost] = []
    for framework, builders in BUILDERS.items():
        with contextlib.ExitStack() as stack:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
            servers = {
                name: stack.enter_context(
                    serving(
                        "benchmarks.peer_server",
                        framework,
                        name,
                        variables=variables_of(name, home),
                    )
                )
                for name in builders
            }
            paths = dict.fromkeys(servers, PATH)
            costs.extend(measure(framework, servers, paths, rounds, seconds))
    return costs


def measure(
    framework: str,
    servers: dict[str, Server],
    paths: dict[str, str],
    rounds: int,
    seconds: int,
) -> list[Cost]:
    """Load one server after the other, as often as each other, in this order and backwards; those
    that are not loaded rest.
    """
    costs = {
        name: Cost(framework, name, Pairs([], []), Pairs([], []))
        for name in servers
        if name != BARE
    }
    for name, server in servers.items():
        server.load(paths[name], seconds=1)
        server.rest()
    for turn in range(rounds):
        loads: dict[str, Load] = {}
        for name in list(servers)[:: -1 if turn % 2 else 1]:
            servers[name].wake()
            loads[name] = servers[name].load(paths[name], seconds=seconds)
            servers[name].rest()
        for name, cost in costs.items():
            cost.per_second.reference.append(loads[BARE].per_second)
            cost.per_second.measured.append(loads[name].per_second)
            cost.cpu_seconds.reference.append(loads[BARE].cpu_per_request)
            cost.cpu_seconds.measured.append(loads[name].cpu_per_request)
    return list(costs.values())
