"""What a declaration accepts, and that it says everything that is wrong with it at once."""

from __future__ import annotations

import pytest

from asset_forge.observability.metrics import (
    CounterDeclaration,
    Declaration,
    DeclarationError,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Label,
    Registry,
)


def test_every_fault_of_a_declaration_is_reported_at_once() -> None:
    with pytest.raises(DeclarationError) as caught:
        HistogramDeclaration(
            "request seconds",
            " ",
            (Label("a-b"), Label("le"), Label("x", ()), Label("y", ("p", "p"))),
            series_limit=0,
            buckets=(1.0, 1.0),
        )
    text = str(caught.value)
    for subject in (
        "'request seconds'",
        "help",
        "'a-b'",
        "'le'",
        "'x'",
        "'y'",
        "series_limit",
        "buckets",
    ):
        assert subject in text
    assert len(caught.value.faults) == 8


@pytest.mark.parametrize(
    "buckets",
    [
        (),
        (float("inf"),),
        (float("nan"),),
        (2.0, 1.0),
        (1.0, 1.0),
        (1.0, float("inf")),
        (-1.0, 1.0),
    ],
)
def test_buckets_are_finite_and_rise(buckets: tuple[float, ...]) -> None:
    with pytest.raises(DeclarationError, match="buckets"):
        HistogramDeclaration("x_seconds", "A time.", buckets=buckets)


@pytest.mark.parametrize("name", ["x", "x_count", "_total", "9x_total", ""])
def test_a_counter_is_named_total(name: str) -> None:
    with pytest.raises(DeclarationError, match="name"):
        CounterDeclaration(name, "A count.")


@pytest.mark.parametrize("name", ["x_total", "x_sum", "x_count", "x_bucket", "x_info", "x_created"])
def test_a_gauge_does_not_take_the_ending_of_another_kind(name: str) -> None:
    with pytest.raises(DeclarationError, match="ending"):
        GaugeDeclaration(name, "A value.")


def test_an_info_is_named_info() -> None:
    with pytest.raises(DeclarationError, match="_info"):
        InfoDeclaration("build", "Facts.")


def test_a_unit_that_the_name_lacks_is_refused() -> None:
    with pytest.raises(DeclarationError, match="unit"):
        GaugeDeclaration("storage_used", "Bytes.", unit="bytes")
    with pytest.raises(DeclarationError, match="'bytes_used' has to end in its unit"):
        GaugeDeclaration("bytes_used", "Bytes.", unit="bytes")


def test_initial_combinations_are_checked_against_the_labels() -> None:
    with pytest.raises(DeclarationError) as caught:
        CounterDeclaration(
            "x_total", "A count.", (Label("s", ("a",)),), initial=(("b",), ("a", "a"))
        )
    assert len(caught.value.faults) == 2


def test_a_set_of_declarations_with_clashing_sample_names_is_refused() -> None:
    with pytest.raises(DeclarationError) as caught:
        Registry(
            [
                GaugeDeclaration("x_seconds", "A value."),
                HistogramDeclaration("x_seconds", "A time.", buckets=(1.0,)),
                CounterDeclaration("y_total", "A count."),
                GaugeDeclaration("y", "A value under the family name of the counter."),
            ]
        )
    assert "'x_seconds' is declared twice" in str(caught.value)
    assert "both write 'y'" in str(caught.value)


def test_an_undeclared_metric_is_named_in_the_error() -> None:
    registry = Registry([])
    with pytest.raises(KeyError, match="'x_total' is not declared"):
        registry.counter(CounterDeclaration("x_total", "A count."))


def test_a_metric_declared_differently_is_refused() -> None:
    registry = Registry([CounterDeclaration("x_total", "A count.")])
    with pytest.raises(KeyError, match="differently"):
        registry.counter(CounterDeclaration("x_total", "Another count."))


def test_a_registry_counter_with_other_labels_is_refused() -> None:
    with pytest.raises(DeclarationError, match="telemetry_dropped_total"):
        Registry([CounterDeclaration("telemetry_dropped_total", "Lost.", (Label("place"),))])


@pytest.mark.parametrize(
    ("name", "label", "said"),
    [
        ("telemetry_dropped_total", Label("sink", ("log",)), "lacks 'metrics'; add"),
        ("metrics_series_overflow_total", Label("metric", ("x_total",)), "lacks 'metrics_col"),
        ("metrics_collector_errors_total", Label("collector", ("db",)), "lacks 'directory', 'me"),
    ],
)
def test_a_closed_set_has_to_hold_what_the_registry_itself_counts(
    name: str, label: Label, said: str
) -> None:
    with pytest.raises(DeclarationError) as refused:
        Registry([CounterDeclaration(name, "Ours.", (label,))])
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("declaration", "unit"),
    [
        (CounterDeclaration("cost_usd_total", "Cost."), "usd"),
        (GaugeDeclaration("kept_bytes", "Kept."), "bytes"),
        (HistogramDeclaration("wait_seconds", "Wait.", buckets=(1.0,)), "seconds"),
        (GaugeDeclaration("heat_kelvins", "Heat.", unit="kelvins"), "kelvins"),
        (CounterDeclaration("jobs_total", "Jobs."), ""),
        (InfoDeclaration("bytes_info", "Of bytes."), ""),
    ],
)
def test_a_metric_has_the_unit_that_its_name_ends_in(declaration: Declaration, unit: str) -> None:
    assert declaration.unit == unit
    text = Registry([declaration]).render(openmetrics=True).decode()
    described = f"# UNIT {declaration.family_name} {unit}\n"
    assert (described in text) is bool(unit)
