"""A gauge that the owner of the registry and other threads change at the same time."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability.metrics import Gauge, GaugeDeclaration, Merge, Registry

LEVEL = GaugeDeclaration("level", "A level.")


def elsewhere(call: Callable[[], None]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


def level() -> tuple[Registry, Gauge]:
    registry = Registry([LEVEL], strict=True)
    return registry, registry.gauge(LEVEL).labels()


NUMBERS = st.floats(-1e18, 1e18) | st.integers(-100, 100).map(lambda tenths: tenths / 10)
STEPS = st.tuples(st.sampled_from(["set", "inc", "dec"]), st.booleans(), NUMBERS)


@given(st.lists(STEPS, max_size=8), st.booleans(), NUMBERS)
def test_what_is_set_is_exactly_what_is_read_whoever_counted_before(
    steps: list[tuple[str, bool, float]], by_another: bool, value: float
) -> None:
    registry, gauge = level()
    for name, aside, amount in steps:
        step = getattr(gauge, name)
        elsewhere(lambda step=step, amount=amount: step(amount)) if aside else step(amount)
    elsewhere(lambda: gauge.set(value)) if by_another else gauge.set(value)
    assert registry.value("level") == value


def test_what_the_owner_adds_while_another_thread_sets_is_not_lost() -> None:
    registry, gauge = level()
    rounds, done = 20_000, threading.Event()
    sets = turns = 0
    deadline = time.monotonic() + 30

    def reset() -> None:
        nonlocal sets
        while not done.is_set():
            gauge.set(0.0)
            sets += 1

    thread = threading.Thread(target=reset)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        thread.start()
        while turns < rounds or (sets < 2 and time.monotonic() < deadline):  # it may start late
            gauge.inc()
            gauge.dec()
            turns += 1
        done.set()
        thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert sets > 1
    # The last set came between an inc and its dec, or not: nothing else can be left.
    assert registry.value("level") in {0.0, -1.0}


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_gauge_comes_back_from_a_value_that_is_no_number(value: float) -> None:
    registry, gauge = level()
    gauge.set(value)
    elsewhere(lambda: gauge.set(2.0))
    assert registry.value("level") == 2.0


def test_a_gauge_that_several_threads_used_is_hidden_and_starts_over_as_a_whole() -> None:
    registry, gauge = level()
    gauge.inc(3)
    elsewhere(lambda: gauge.inc(4))
    registry.gauge(LEVEL).clear()
    assert registry.value("level") is None
    assert registry.gauge(LEVEL).labels() is gauge
    assert registry.value("level") == 0.0


def test_a_sampled_gauge_has_one_value_for_all_threads() -> None:
    sampled = GaugeDeclaration("sampled", "A sample.", merge=Merge.NEWEST)
    registry = Registry([sampled], strict=True)
    gauge = registry.gauge(sampled).labels()
    gauge.set(3)
    elsewhere(lambda: gauge.inc(4))
    assert registry.value("sampled") == 7.0
    assert len(gauge.cells) == 1
