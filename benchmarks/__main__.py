"""`make bench`: measures everything, and writes `benchmarks/RESULTS.md`.

`make bench ARGS="--only service"` measures one part and prints it; nothing is written.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import load, report_of_blocks, requests_per_second, service, soak
from benchmarks.report import (
    Report,
    costs_of_requests,
    costs_of_service,
    describe_run,
    storm,
)

ROUNDS, QUICK_ROUNDS = 7, 1
START_SECONDS = 2.0
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    """Run, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="one round of each; nothing is written"
    )
    parser.add_argument("--only", choices=PARTS, help="this part alone; nothing is written")
    arguments = parser.parse_args()
    quick: bool = arguments.quick
    only: str | None = arguments.only
    try:
        report = _run(QUICK_ROUNDS if quick else ROUNDS, [only] if only else list(PARTS))
    except load.Missing as error:
        print(error, file=sys.stderr)
        return 2
    if not quick and only is None:
        RESULTS.write_text(report.text(), encoding="utf-8")
    return 0


def _run(rounds: int, parts: list[str]) -> Report:
    load.wrk()
    load.stay_on_client_core()
    report = Report()
    describe_run(report, rounds)
    for part in parts:
        PARTS[part](report, rounds)
    report.add(report.conclusion())
    return report


def _start(report: Report, rounds: int) -> None:
    seconds = statistics.median(service.start_seconds(min(rounds, 5)))
    verdict = report.judge("start to ready", seconds <= START_SECONDS)
    report.add(
        f"## Start\n\nReady {seconds:.2f} s after `asset-forge serve`, on an empty directory with "
        f"embedded parts, on one core. Budget: {START_SECONDS:g} s; {verdict}.\n"
    )


PARTS: dict[str, Callable[[Report, int], None]] = {
    "in-process": report_of_blocks.write,
    "service": lambda report, rounds: costs_of_service(report, service.compare(6 * rounds)),
    "storm": lambda report, rounds: storm(report, service.storm(rounds)),
    "soak": soak.write,
    "start": _start,
    "requests": lambda report, rounds: costs_of_requests(
        report, requests_per_second.compare(rounds)
    ),
}


if __name__ == "__main__":
    sys.exit(main())
