"""The report: what was measured, on what, with which versions, and how it compares."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from collections.abc import Iterable, Sequence

from benchmarks.load import CLIENT_CORE, SERVER_CORE
from benchmarks.pairs import Pairs
from benchmarks.peers import OURS
from benchmarks.requests_per_second import Cost
from benchmarks.service import SCRAPERS, Storm

_VERSIONS = (
    "uvicorn", "uvloop", "httptools", "litestar", "starlette", "fastapi", "prometheus-client",
    "prometheus-fastapi-instrumentator", "starlette-exporter", "starlette-prometheus",
    "opentelemetry-instrumentation-asgi", "opentelemetry-sdk",
)  # fmt: skip
_LEAD = """\
# Measured

Written by `make bench`; do not edit. Everything is measured in one run on one machine: the server
on one core, the load generator (wrk, 32 connections, loopback) on another, each thing in turn with
what it is compared to, and what is stated is the median over the pairs. Quartiles of the ratios are
in brackets. Ratios carry over to other machines, times do not.
"""


class Report:
    """Collects the parts of the report, and prints each as soon as it is there."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._budgets: list[tuple[str, bool]] = []

    def add(self, text: str) -> None:
        """Add a part."""
        self._parts.append(text)
        print(text, flush=True)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Add a table."""
        lines = [head, ["---"] * len(head), *rows]
        self.add("\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n")

    def judge(self, what: str, met: bool) -> str:
        """Note whether a budget is met; returns the word for it."""
        self._budgets.append((what, met))
        return "met" if met else "**missed**"

    def conclusion(self) -> str:
        """Say which budgets were missed."""
        missed = [what for what, met in self._budgets if not met]
        met = f"{len(self._budgets) - len(missed)} of {len(self._budgets)} budgets are met"
        listed = "; missed: " + ", ".join(missed) if missed else ""
        return f"## Budgets\n\n{met}{listed}.\n"

    def text(self) -> str:
        """Return all of it."""
        return "\n".join(self._parts)


def describe_run(report: Report, rounds: int) -> None:
    """Say what this is, on which machine, how busy it is, and with which versions."""
    report.add(_LEAD)
    one, five, _ = os.getloadavg()
    shared = " The two are one core here." if SERVER_CORE == CLIENT_CORE else ""
    report.add(
        f"{time.strftime('%Y-%m-%d', time.gmtime())}, {_processor()}, {os.cpu_count()} cores "
        f"(server on {SERVER_CORE}, load on {CLIENT_CORE}), {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, "
        f"{rounds} pairs of each.{shared} "
        f"Load of the machine before the run: {one:.1f} (1 minute), {five:.1f} (5 minutes); "
        "more than 0.5 means that others were at work, and that single figures scatter.\n"
    )
    versions = (f"{name} {_version(name)}" for name in _VERSIONS)
    report.add("Versions: " + ", ".join(versions) + ".\n")


def costs_of_requests(report: Report, costs: Sequence[Cost]) -> None:
    """Compare what libraries cost a request, framework by framework, and say where a peer wins."""
    report.add("## Requests, beside other libraries\n")
    report.table(
        ["framework", "measured by", "requests/s kept", "bare → measured", "CPU added a request"],
        [_cost_row(cost) for cost in costs],
    )
    report.add(
        "A row keeps the share of the requests per second that the same application serves bare. "
        "CPU is that of the server process. `by hand` is the least that one writes with "
        "prometheus_client: a gauge, a counter and a histogram in 25 lines, which take every "
        "client that leaves for an answer and see no sizes. OpenTelemetry records metrics alone, "
        "no spans.\n"
    )
    report.add(_wins(costs))


def costs_of_service(report: Report, costs: Sequence[Cost]) -> None:
    """Say what being observed costs the service's own route."""
    report.add("## The service's own `GET /api/assets/{id}`\n")
    budgets = {"metrics": 0.95, "everything": 0.88}
    verdicts = {
        cost.name: report.judge(
            f"requests/s kept, {cost.name}", cost.per_second.ratio >= budgets[cost.name]
        )
        for cost in costs
    }
    report.table(
        ["on", "requests/s kept", "bare → measured", "CPU added a request", "budget", ""],
        [
            [*_cost_row(cost)[1:], f"≥ {budgets[cost.name]:.0%}", verdicts[cost.name]]
            for cost in costs
        ],
    )


def storm(report: Report, found: Storm) -> None:
    """Say how other requests fare during a storm of scrapes."""
    pairs = found.p99_seconds
    verdict = report.judge("p99 in a storm of scrapes", pairs.ratio <= 1.5)
    report.add("## A storm of scrapes\n")
    report.add(
        f"{SCRAPERS} scrapers at once, each again a second after its answer "
        f"({found.scrapes_per_second:.0f} scrapes of 12,000 lines a second): the p99 of "
        f"`GET /api/assets/{{id}}` under full load goes from {pairs.against * 1e3:.1f} ms to "
        f"{pairs.value * 1e3:.1f} ms, {pairs.ratio:.2f} times {_quartiles(pairs)}. "
        f"Budget: 1.5 times; {verdict}.\n"
    )


def _cost_row(cost: Cost) -> list[str]:
    rate, cpu = cost.per_second, cost.cpu_seconds
    return [
        cost.framework,
        f"**{cost.name}**" if cost.name == OURS else cost.name,
        f"{rate.ratio:.1%} {_quartiles(rate, percent=True)}",
        f"{rate.against:,.0f} → {rate.value:,.0f}",
        f"{cpu.difference * 1e6:+.1f} µs ({cpu.ratio:.2f} ×)",
    ]


def _wins(costs: Sequence[Cost]) -> str:
    """Name every peer that keeps more than ours on the same framework, and say why."""
    lines: list[str] = []
    for ours in (cost for cost in costs if cost.name == OURS):
        for peer in (one for one in costs if one.framework == ours.framework and one is not ours):
            if peer.per_second.ratio > ours.per_second.ratio:
                low, high = peer.per_second.spread[0], ours.per_second.spread[1]
                scatter = " The quartiles overlap: the scatter may be all of it." * (low <= high)
                lead = (
                    f"- On {ours.framework}, {peer.name} keeps more requests per second than ours."
                )
                lines.append(f"{lead} {_LEAVES_OUT[peer.name]}{scatter}")
    return "\n".join(lines) + "\n" if lines else "No peer keeps more than ours in this run.\n"


_BY_HAND = "It sees the status alone: no sizes, no streams, no client that leaves, one known route."
_NO_SIZES = "It looks at less: no sizes and no client that leaves."
_LEAVES_OUT = {
    "prometheus_client, by hand": _BY_HAND,
    "prometheus_client, by hand, multiprocess": _BY_HAND,
    "starlette_exporter": _NO_SIZES,
    "starlette-prometheus": _NO_SIZES,
    "OpenTelemetry ASGI": "It takes sizes from headers alone, and does not see a client leave.",
    "prometheus-fastapi-instrumentator": "It takes sizes from headers alone.",
    "Litestar's PrometheusConfig": _NO_SIZES,
}


def _quartiles(pairs: Pairs, *, percent: bool = False) -> str:
    low, high = pairs.spread
    return f"({low:.0%}–{high:.0%})" if percent else f"({low:.2f}–{high:.2f})"


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    with open("/proc/cpuinfo", encoding="utf-8") as facts:  # noqa: PTH123
        names = [line.partition(":")[2].strip() for line in facts if line.startswith("model name")]
    return names[0] if names else platform.machine()
