"""Label values outside of what a metric declares, and more series than it may have."""

from __future__ import annotations

import sys
import threading

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from asset_forge.observability.metrics import (
    CounterDeclaration,
    HistogramDeclaration,
    Label,
    Registry,
)

CLOSED = CounterDeclaration("closed_total", "Closed.", (Label("status", ("success", "failure")),))
WITH_OTHER = CounterDeclaration("verbs_total", "Verbs.", (Label("verb", ("GET", "other")),))
OPEN = CounterDeclaration(
    "open_total", "Open.", (Label("path"), Label("ok", ("yes", "no"))), series_limit=3
)


def overflows(registry: Registry, metric: str) -> float:
    return registry.value("metrics_series_overflow_total", metric=metric) or 0.0


def test_a_value_outside_a_closed_set_overflows() -> None:
    registry = Registry([CLOSED], strict=True)
    registry.counter(CLOSED).labels("exploded").inc()
    assert registry.value("closed_total", status="__overflow__") == 1.0
    assert overflows(registry, "closed_total") == 1.0


def test_a_value_outside_a_closed_set_with_other_is_other() -> None:
    registry = Registry([WITH_OTHER], strict=True)
    registry.counter(WITH_OTHER).labels("BREW").inc()
    assert registry.value("verbs_total", verb="other") == 1.0
    assert overflows(registry, "verbs_total") == 1.0


def test_a_declared_value_is_not_counted_as_overflow() -> None:
    registry = Registry([WITH_OTHER], strict=True)
    registry.counter(WITH_OTHER).labels("other").inc()
    assert overflows(registry, "verbs_total") == 0.0


def test_past_the_limit_open_labels_overflow_and_closed_ones_stay() -> None:
    registry = Registry([OPEN], strict=True)
    for number in range(10):
        registry.counter(OPEN).labels(f"/{number}", "yes").inc()
    assert registry.value("open_total", path="/2", ok="yes") == 1.0
    assert registry.value("open_total", path="/3", ok="yes") is None
    assert registry.value("open_total", path="__overflow__", ok="yes") == 7.0
    assert overflows(registry, "open_total") == 7.0


def test_known_series_go_on_past_the_limit() -> None:
    registry = Registry([OPEN], strict=True)
    for number in range(10):
        registry.counter(OPEN).labels(f"/{number}", "yes").inc()
    registry.counter(OPEN).labels("/0", "yes").inc()
    assert registry.value("open_total", path="/0", ok="yes") == 2.0


def test_counters_of_closed_labels_start_at_zero() -> None:
    registry = Registry([CLOSED], strict=True)
    assert registry.value("closed_total", status="failure") == 0.0


def test_counters_of_open_labels_start_with_what_they_name() -> None:
    declaration = CounterDeclaration("x_total", "X.", (Label("path"),), initial=(("/a",),))
    registry = Registry([declaration], strict=True)
    assert registry.value("x_total", path="/a") == 0.0


def test_start_at_zero_can_be_declined() -> None:
    declaration = CounterDeclaration("x_total", "X.", (Label("a", ("b",)),), start_at_zero=False)
    assert Registry([declaration], strict=True).value("x_total", a="b") is None


def test_many_combinations_do_not_start_at_zero_by_themselves() -> None:
    sizes = tuple(str(number) for number in range(30))
    declaration = CounterDeclaration("x_total", "X.", (Label("a", sizes), Label("b", sizes)))
    assert declaration.starting_series() == ()


def test_histograms_do_not_start_at_zero() -> None:
    declaration = HistogramDeclaration("x_seconds", "X.", (Label("a", ("b",)),), buckets=(1.0,))
    assert Registry([declaration]).value("x_seconds_count", a="b") is None


@given(st.text(st.characters(), max_size=20) | st.just("\ud800") | st.just("x" * 10_000))
def test_any_text_is_a_safe_label_value(value: str) -> None:
    declaration = CounterDeclaration("x_total", "X.", (Label("text"),))
    registry = Registry([declaration], strict=True)
    registry.counter(declaration).labels(value).inc()
    registry.counter(declaration).labels(value).inc()
    (family, *_) = text_string_to_metric_families(registry.render().decode())
    (sample,) = family.samples
    assert sample.value == 2.0
    assert sample.labels == {"text": value.encode("utf-8", "replace").decode()}


def test_label_values_too_long_to_keep_overflow() -> None:
    declaration = CounterDeclaration("x_total", "X.", (Label("text"),))
    registry = Registry([declaration], strict=True)
    registry.counter(declaration).labels("x" * 1_000_000).inc()
    assert registry.value("x_total", text="__overflow__") == 1.0
    assert overflows(registry, "x_total") == 1.0


def test_what_is_folded_while_the_registry_counts_for_itself_is_counted_too() -> None:
    dropped = CounterDeclaration(
        "telemetry_dropped_total", "Lost.", (Label("sink"),), series_limit=1
    )
    registry = Registry([dropped, CLOSED])
    registry.counter(dropped).labels("log")
    registry.counter(CLOSED).labels("success").inc(-1)
    assert registry.value("telemetry_dropped_total", sink="__overflow__") == 1.0
    assert overflows(registry, "telemetry_dropped_total") == 1.0


def test_overflows_in_several_threads_at_once_are_all_counted() -> None:
    registry = Registry([CLOSED], strict=True)
    rounds = 2_000

    def overflow() -> None:
        for _ in range(rounds):
            registry.counter(CLOSED).labels("exploded").inc()

    threads = [threading.Thread(target=overflow) for _ in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert overflows(registry, "closed_total") == 4 * rounds
