"""Every query of the guide and of the dashboards returns data from a real Prometheus.

In the calm run each query returns data, a comparison its left side. The wholes of comparisons hold
while their faults last, which the drills see.
"""

from __future__ import annotations

import pytest
from tests.drills.calm import ERRORS, Calm, Evaluated
from tests.drills.comparisons import HELD_WHILE, ONLY_THEN
from tests.drills.conftest import Drills
from tests.drills.guide_queries import BLOCKS, DASHBOARD, GUIDE
from tests.drills.plays import PLAYS


def rows(evaluated: list[Evaluated]) -> list[str]:
    found: list[str] = []
    for number, one in enumerate(evaluated, 1):
        value = "no data" if one.value is None else f"{one.value:.6g}"
        whole = f", the whole {one.whole}" if one.compares else ""
        found.append(f"{number:>4} {one.left:>4} series{whole:<13} {value:>12}  {one.title}")
        found.append(f"          {one.expr}")
    return found


def test_the_guide_has_fifty_seven_queries() -> None:
    assert (len(BLOCKS), len(DASHBOARD)) == (51, 6)
    assert [one.title for one in GUIDE if one.corrected] == [
        "Success rate by type",
        "Slow generations (> 2 minutes)",
        "Connection pool exhaustion risk",
        "Increased Error Rate",
        "Asset Generation SLO",
        "Memory Leaks: heap",
    ]


def test_every_query_of_the_guide_returns_data(
    calm: Calm, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print("\nThe guide's queries under the demo's traffic:")
        print("\n".join(rows(calm.guide)))
    assert len(calm.guide) == 57
    assert [one.title for one in calm.guide if not one.left] == [ERRORS]


def test_every_query_of_every_panel_returns_data(
    calm: Calm, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print("\nThe panels' queries under the demo's traffic:")
        print("\n".join(rows(calm.ours)))
    assert calm.ours_without == {one.title for one in ONLY_THEN}


def test_every_comparison_holds_in_the_calm_run_or_while_its_fault_lasts(
    calm: Calm, drills: Drills, capsys: pytest.CaptureFixture[str]
) -> None:
    held = {one.title: shown for play in PLAYS for one, shown in drills.report(play).held}
    with capsys.disabled():
        print("\nComparisons, and what returns data only while something is wrong:")
        for one in HELD_WHILE:
            print(f"  {one.title}\n      {one.expr}\n      while {one.fault}: {held[one.title]}")
    nothing = {one.title for one in calm.guide if not one.whole}
    assert nothing <= set(held)
