"""How long a look at the group and the folding of its dead hold those who wait for their turn."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from asset_forge.observability.metrics import HistogramDeclaration, Label, Registry

TIME = HistogramDeclaration(
    "time_seconds", "A time.", (Label("of"),), buckets=tuple(float(edge) for edge in range(1, 16))
)
DEAD = 100
SERIES = 300


@pytest.fixture
def without_collections() -> Iterator[None]:
    """Keep the garbage collector out: how long it takes depends on all that the process holds."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def longest_step(directory: Path) -> float:
    """Return the CPU seconds of the longest step in which one member folds in many dead ones."""
    stays = Registry([TIME], directory=directory, strict=True)
    for _ in range(DEAD):
        leaves = Registry([TIME], directory=directory, strict=True)
        for number in range(SERIES):
            leaves.histogram(TIME).labels(str(number)).observe(0.1)
        leaves.close()
    gc.collect()
    assert stays._group is not None
    steps = stays._group.refresh({TIME.name: TIME})
    longest, over = 0.0, False
    while not over:
        began = time.thread_time()
        over = next(steps, "over") == "over"
        longest = max(longest, time.thread_time() - began)
    assert stays.value("time_seconds_count", of="0") == DEAD
    assert len(list(directory.glob("member-*"))) == 1
    stays.close()
    return longest


@pytest.mark.usefixtures("without_collections")
def test_no_step_of_folding_many_dead_members_is_long(tmp_path: Path) -> None:
    """In one of ten, because the machine may do something else in the middle of a step."""
    assert any(longest_step(tmp_path / str(turn)) < 0.005 for turn in range(10))
