"""`make bench`: everything, with the results in `benchmarks/RESULTS.md`."""

from __future__ import annotations

import argparse

from benchmarks import load, requests_per_second

ROUNDS, QUICK_ROUNDS = 7, 1


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round, nothing is written")
    arguments = parser.parse_args()
    load.stay_on_client_core()
    for cost in requests_per_second.compare(QUICK_ROUNDS if arguments.quick else ROUNDS):
        print(
            f"{cost.framework:10} {cost.name:42} keeps {cost.per_second.ratio:6.1%} "
            f"+{cost.cpu_seconds.difference * 1e6:6.1f} us"
        )


if __name__ == "__main__":
    main()
