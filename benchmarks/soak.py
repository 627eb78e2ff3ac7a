"""What it costs when Sentry, the OTLP endpoint and standard output all hang under load."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx
from benchmarks.load import Server, serving, wrk
from benchmarks.pairs import Pairs, alternate
from benchmarks.report import Report
from prometheus_client.parser import text_string_to_metric_families

BUDGET = 0.9
_SCRIPT = Path(__file__).with_name("soak.lua")
_SINKS = {"sentry": "events", "traces": "spans", "log": "lines"}


@dataclass(frozen=True, slots=True)
class Soak:
    """Requests per second with free and with hanging sinks, and what the latter lost meanwhile."""

    per_second: Pairs
    p99_seconds: Pairs
    lost: dict[str, float]
    captured: float
    lines: float


def compare(rounds: int, seconds: int = 4) -> Soak:
    """Load both servers in turn; the hanging one keeps hanging from first to last."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        silent = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64))
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        sinks = {
            "SENTRY_DSN": f"http://key@{address}/1",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{address}",
        }
        module = "benchmarks.soak_server"
        free = stack.enter_context(serving(module, "free", str(home / "free")))
        hanging = stack.enter_context(
            serving(module, "hanging", str(home / "hanging"), variables=sinks)
        )
        p99 = Pairs([], [])
        paths = {server: _path_of_an_asset(server) for server in (free, hanging)}
        for server, path in paths.items():
            _load(server, path, 2)
        per_second = alternate(
            lambda: _noted(_load(free, paths[free], seconds), p99.reference),
            lambda: _noted(_load(hanging, paths[hanging], seconds), p99.measured),
            rounds,
        )
        return Soak(per_second, p99, *_counts(hanging))


def write(report: Report, rounds: int) -> None:
    """Measure, and say what was found."""
    found = compare(rounds)
    pairs, p99 = found.per_second, found.p99_seconds
    low, high = pairs.spread
    verdict = report.judge("requests/s kept, sinks that hang", pairs.ratio >= BUDGET)
    lost = ", ".join(f"{found.lost[sink]:,.0f} {what}" for sink, what in _SINKS.items())
    report.add("## Sinks that hang\n")
    report.add(
        "Sentry and the OTLP endpoint take connections and never answer, standard output is a full "
        "pipe that nobody reads, all at once and all the time; one request of a hundred fails, "
        f"each in its own way. The service keeps {pairs.ratio:.1%} ({low:.0%}–{high:.0%}) of the "
        "requests a second that it answers without Sentry and OTLP and with its log in a file "
        f"({pairs.against:,.0f} → {pairs.value:,.0f}; p99 {p99.against * 1e3:.1f} → "
        f"{p99.value * 1e3:.1f} ms). Budget: {BUDGET:.0%}; {verdict}. Counted as lost until then: "
        f"{lost}, of {found.captured:,.0f} errors and {found.lines:,.0f} lines.\n"
    )


def _noted(figures: tuple[float, float], into: list[float]) -> float:
    per_second, p99 = figures
    into.append(p99)
    return per_second


def _load(server: Server, path: str, seconds: int) -> tuple[float, float]:
    """Return requests per second and the p99; raises `RuntimeError` if one was not answered."""
    ran = subprocess.run(
        [wrk(), "-t1", "-c32", f"-d{seconds}s", "-s", str(_SCRIPT), server.url + path],
        check=True,
        capture_output=True,
        text=True,
        timeout=seconds + 30,
    )
    requests, micros, p99, failed, errors = map(int, ran.stdout.splitlines()[-1].split())
    if errors or not requests // 200 <= failed <= requests / 100 + 32:
        raise RuntimeError(f"{errors} errors, {failed} of {requests} answers above 399")
    return requests / (micros / 1e6), p99 / 1e6


def _path_of_an_asset(server: Server) -> str:
    files = {"file": ("note.json", b'{"a": 1}', "application/json")}
    fields = {"type": "dialogue", "name": "A note"}
    answer = httpx.post(f"{server.url}/api/assets", files=files, data=fields, timeout=30)
    answer.raise_for_status()
    return f"/api/assets/{answer.json()['id']}"


def _counts(server: Server) -> tuple[dict[str, float], float, float]:
    """Read what was lost by sink, the errors captured and the lines logged."""
    text = httpx.get(f"{server.url}/metrics/business", timeout=30).text
    totals: dict[str, float] = {}
    lost: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            totals[sample.name] = totals.get(sample.name, 0.0) + sample.value
            if sample.name == "telemetry_dropped_total":
                lost[sample.labels["sink"]] = sample.value
    return lost, totals["errors_captured_total"], totals["log_messages_total"]
