"""Counters, gauges and histograms as code uses them."""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability.metrics import (
    CounterDeclaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Label,
    Merge,
    Registry,
)

COUNT = CounterDeclaration("things_total", "Things.", (Label("kind"),))
LEVEL = GaugeDeclaration("level", "A level.", (Label("place"),))
TIME = HistogramDeclaration("time_seconds", "A time.", (Label("kind"),), buckets=(0.1, 1.0, 10.0))
BUILD = InfoDeclaration("build_info", "The build.", (Label("version"),))
ALL = (COUNT, LEVEL, TIME, BUILD)


def registry(*, strict: bool = True) -> Registry:
    return Registry(ALL, strict=strict)


def test_labels_are_taken_by_position_and_by_name() -> None:
    subject = registry()
    family = subject.counter(COUNT)
    assert family.labels("a") is family.labels(kind="a")


@pytest.mark.parametrize("given_labels", [(), ("a", "b")])
def test_a_wrong_number_of_labels_is_refused(given_labels: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="label values given, 1 needed"):
        registry().counter(COUNT).labels(*given_labels)


def test_a_wrong_label_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"labels \['knd'\] given, \['kind'\] needed"):
        registry().counter(COUNT).labels(knd="a")


@pytest.mark.parametrize("amount", [-1.0, -1e-300, math.nan, math.inf, -math.inf])
def test_a_counter_refuses_what_is_negative_or_not_finite(amount: float) -> None:
    subject = registry()
    counter = subject.counter(COUNT).labels("a")
    counter.inc(2.5)
    with pytest.raises(ValueError, match="finite amounts from 0 up"):
        counter.inc(amount)
    assert subject.value("things_total", kind="a") == 2.5


@pytest.mark.parametrize(
    "misuse",
    [
        lambda subject: subject.counter(COUNT).labels("a").inc(-1),
        lambda subject: subject.counter(COUNT).labels("a").inc("many"),
        lambda subject: subject.histogram(TIME).labels("a").observe(math.nan),
        lambda subject: subject.histogram(TIME).labels("a").observe(None),
        lambda subject: subject.gauge(LEVEL).labels("a").set("high"),
        lambda subject: subject.gauge(LEVEL).labels("a").inc(object()),
        lambda subject: subject.counter(COUNT).labels("too", "many").inc(),
    ],
)
def test_a_fault_does_not_reach_the_caller_and_is_counted(
    misuse: Callable[[Registry], None],
) -> None:
    subject = registry(strict=False)
    misuse(subject)
    assert subject.value("telemetry_dropped_total", sink="metrics") == 1.0


def test_a_fault_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    counter = registry(strict=False).counter(COUNT).labels("a")
    for _ in range(3):
        counter.inc(-1)
    assert [record.getMessage() for record in caplog.records] == [
        "things_total: inc(-1): a counter takes finite amounts from 0 up"
    ]


def test_a_refused_observation_leaves_no_trace_in_the_histogram() -> None:
    subject = registry(strict=False)
    histogram = subject.histogram(TIME).labels("a")
    histogram.observe(0.5)
    for value in (math.nan, math.inf, -math.inf):
        histogram.observe(value)
    assert subject.value("time_seconds_sum", kind="a") == 0.5
    assert subject.value("time_seconds_count", kind="a") == 1.0


def test_a_duration_that_a_clock_stepping_back_made_negative_counts_as_zero() -> None:
    subject = registry()
    subject.histogram(TIME).labels("a").observe(-3.0)
    assert subject.value("time_seconds_bucket", kind="a", le="0.1") == 1.0
    assert subject.value("time_seconds_sum", kind="a") == 0.0


@given(st.lists(st.floats(0.0, 1e6) | st.sampled_from((0.1, 1.0, 10.0)), max_size=50))
def test_a_histogram_counts_each_value_into_the_buckets_that_reach_it(values: list[float]) -> None:
    subject = registry()
    for value in values:
        subject.histogram(TIME).labels("a").observe(value)
    for bound in (*TIME.buckets, math.inf):
        reached = sum(value <= bound for value in values)
        assert (subject.value("time_seconds_bucket", kind="a", le=str(bound)) or 0) == reached
    assert (subject.value("time_seconds_count", kind="a") or 0) == len(values)
    assert math.isclose(subject.value("time_seconds_sum", kind="a") or 0.0, math.fsum(values))


def test_a_gauge_goes_up_and_down() -> None:
    subject = registry()
    gauge = subject.gauge(LEVEL).labels("a")
    gauge.set(5)
    gauge.inc(2)
    gauge.dec()
    assert subject.value("level", place="a") == 6.0


def test_a_removed_gauge_is_gone_until_it_is_used_again() -> None:
    subject = registry()
    family = subject.gauge(LEVEL)
    family.labels("a").set(5)
    family.remove("a")
    assert subject.value("level", place="a") is None
    assert b'place="a"' not in subject.render()
    family.labels("a").inc()
    assert subject.value("level", place="a") == 1.0


@pytest.mark.parametrize("merge", list(Merge))
def test_what_a_kept_series_was_set_to_after_its_removal_stays(merge: Merge) -> None:
    level = GaugeDeclaration("level", "A level.", (Label("place"),), merge=merge)
    subject = Registry([level], strict=True)
    family = subject.gauge(level)
    kept = family.labels("a")
    kept.set(5)
    family.remove("a")
    kept.set(3)
    family.labels("a")
    assert subject.value("level", place="a") == 3
    family.clear()
    kept.set(4)
    family.clear()
    assert subject.value("level", place="a") is None


def test_clearing_removes_every_series_of_a_gauge() -> None:
    subject = registry()
    for place in "abc":
        subject.gauge(LEVEL).labels(place).set(1)
    subject.gauge(LEVEL).clear()
    assert b"level{" not in subject.render()


def test_an_info_is_the_constant_one() -> None:
    subject = registry()
    subject.info(BUILD, version="1.2.3")
    assert subject.value("build_info", version="1.2.3") == 1.0


def test_no_increment_is_lost_between_threads() -> None:
    """Eight threads and the owner, changing over every microsecond, on the same three series."""
    subject = registry()
    counter = subject.counter(COUNT).labels("a")
    gauge = subject.gauge(LEVEL).labels("a")
    histogram = subject.histogram(TIME).labels("a")
    rounds, start = 4_000, threading.Barrier(9)

    def hammer() -> None:
        start.wait()
        for _ in range(rounds):
            counter.inc()
            gauge.inc(2)
            gauge.dec()
            histogram.observe(0.5)

    threads = [threading.Thread(target=hammer) for _ in range(8)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        hammer()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert subject.value("things_total", kind="a") == 9 * rounds
    assert subject.value("level", place="a") == 9 * rounds
    assert subject.value("time_seconds_count", kind="a") == 9 * rounds
    assert subject.value("time_seconds_sum", kind="a") == 9 * rounds * 0.5


def test_no_two_threads_write_one_cell_without_the_lock() -> None:
    """What the thread hammer rests on: the owner's cell and that of the others are different."""
    subject = registry()
    counter = subject.counter(COUNT).labels("a")
    counter.inc(1)
    for _ in range(2):
        thread = threading.Thread(target=counter.inc, args=(10,))
        thread.start()
        thread.join()
    assert [cell.read(1) for cell in counter.cells] == [[1.0], [20.0]]


def test_series_may_be_created_by_several_threads_at_once() -> None:
    subject = registry()
    start = threading.Barrier(4)

    def create() -> None:
        start.wait()
        for number in range(300):
            subject.counter(COUNT).labels(str(number)).inc()

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {subject.value("things_total", kind=str(number)) for number in range(300)} == {4.0}


def test_an_exemplar_that_openmetrics_cannot_tell_is_refused_and_what_is_counted_counts() -> None:
    subject = registry(strict=False)
    for labels in ({"trace id": "x"}, {"a\nb": "x"}, {"": "x"}):
        subject.counter(COUNT).labels("a").inc(1, labels)
    assert b"# {" not in subject.render(openmetrics=True)
    assert subject.value("things_total", kind="a") == 3
    assert subject.value("telemetry_dropped_total", sink="metrics") == 3
    subject.counter(COUNT).labels("a").inc(1, {"trace_id": "\ud800"})
    assert b'# {trace_id="?"}' in subject.render(openmetrics=True)


def test_a_forked_child_names_none_of_its_parents_traces() -> None:
    subject = registry()
    subject.counter(COUNT).labels("a").inc(1, {"trace_id": "4bf9"})
    child = os.fork()
    if child == 0:
        try:
            inherited = b"4bf9" in subject.render(openmetrics=True)
            os._exit(1 if inherited else 0)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert b"4bf9" in subject.render(openmetrics=True)
