"""`make bench`: measures everything, and writes `benchmarks/RESULTS.md`."""

from __future__ import annotations

import argparse
import statistics
import sys
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
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    """Run, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="one round of each; nothing is written"
    )
    quick: bool = parser.parse_args().quick
    try:
        report = _run(QUICK_ROUNDS if quick else ROUNDS)
    except load.Missing as error:
        print(error, file=sys.stderr)
        return 2
    if not quick:
        RESULTS.write_text(report.text(), encoding="utf-8")
    return 0


def _run(rounds: int) -> Report:
    load.wrk()
    load.stay_on_client_core()
    report = Report()
    describe_run(report, rounds)
    report_of_blocks.write(report, rounds)
    costs_of_service(report, service.compare(rounds))
    storm(report, service.storm(rounds))
    soak.write(report, rounds)
    seconds = statistics.median(service.start_seconds(min(rounds, 5)))
    report.add(
        f"## Start\n\nReady {seconds:.2f} s after `asset-forge serve`, on an empty "
        "directory with embedded parts, on one core. Budget: 2 s.\n"
    )
    costs_of_requests(report, requests_per_second.compare(rounds))
    return report


if __name__ == "__main__":
    sys.exit(main())
