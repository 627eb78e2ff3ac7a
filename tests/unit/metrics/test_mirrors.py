"""Metrics that show what another one counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from asset_forge.observability.metrics import (
    CounterDeclaration,
    Declaration,
    DeclarationError,
    GaugeDeclaration,
    HistogramDeclaration,
    Label,
    Mirror,
    Registry,
)

TIME = HistogramDeclaration(
    "time_seconds",
    "Time.",
    (Label("method"), Label("path"), Label("status")),
    buckets=(0.1, 0.5, 1.0, 5.0),
)
COUNT = CounterDeclaration(
    "requests_total",
    "Requests.",
    (Label("path"), Label("status")),
    mirror=Mirror("time_seconds", ("path", "status")),
)
COARSE = HistogramDeclaration(
    "coarse_seconds",
    "Time, in fewer buckets.",
    (Label("path"),),
    buckets=(0.5, 5.0),
    mirror=Mirror("time_seconds", ("path",)),
)
PLAIN = HistogramDeclaration("plain_seconds", "Time.", (Label("path"),), buckets=(0.5, 5.0))
DECLARATIONS = (COUNT, TIME, COARSE, PLAIN)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["GET", "PUT"]),
            st.sampled_from(["/a", "/b"]),
            st.floats(0.0, 10.0) | st.sampled_from(TIME.buckets),
        )
    )
)
def test_a_mirror_shows_what_would_have_been_counted_in_it(
    events: list[tuple[str, str, float]],
) -> None:
    registry = Registry(DECLARATIONS, strict=True)
    for method, path, seconds in events:
        registry.histogram(TIME).labels(method, path, "200").observe(seconds)
        registry.histogram(PLAIN).labels(path).observe(seconds)
    for path in ("/a", "/b"):
        total = registry.value("requests_total", path=path, status="200")
        assert total == registry.value("plain_seconds_count", path=path)
        for le in ("0.5", "5.0", "+Inf"):
            assert registry.value("coarse_seconds_bucket", path=path, le=le) == registry.value(
                "plain_seconds_bucket", path=path, le=le
            )
        assert registry.value("coarse_seconds_sum", path=path) == pytest.approx(
            registry.value("plain_seconds_sum", path=path)
        )


def test_a_mirror_is_written_as_any_other_metric() -> None:
    registry = Registry(DECLARATIONS, strict=True)
    registry.histogram(TIME).labels("GET", "/a", "200").observe(0.3)
    registry.histogram(TIME).labels("PUT", "/a", "200").observe(3.0)
    lines = registry.render().decode().splitlines()
    assert 'requests_total{path="/a",status="200"} 2.0' in lines
    assert [line for line in lines if line.startswith("coarse_seconds")] == [
        'coarse_seconds_bucket{path="/a",le="0.5"} 1',
        'coarse_seconds_bucket{path="/a",le="5.0"} 2',
        'coarse_seconds_bucket{path="/a",le="+Inf"} 2',
        'coarse_seconds_sum{path="/a"} 3.3',
        'coarse_seconds_count{path="/a"} 2',
    ]


def exemplars(registry: Registry, name: str) -> dict[tuple[str, str], str]:
    """Return the trace that each bucket of a histogram names, by path and bound."""
    text = registry.render(openmetrics=True, names=[f"{name}_bucket"]).decode()
    return {
        (sample.labels["path"], sample.labels["le"]): sample.exemplar.labels["trace_id"]
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.exemplar
    }


def test_a_mirror_names_the_newest_trace_that_falls_into_each_of_its_buckets() -> None:
    registry = Registry(DECLARATIONS, strict=True)
    time = registry.histogram(TIME)
    for number, (method, path, seconds) in enumerate(
        (
            ("GET", "/a", 0.4),
            ("GET", "/a", 0.05),  # newer, and in the same bucket of the mirror
            ("PUT", "/a", 2.0),
            ("GET", "/a", 0.7),  # newer, of another series of the source
            ("GET", "/b", 9.0),
        )
    ):
        time.labels(method, path, "200").observe(seconds, {"trace_id": f"trace-{number}"})
    time.labels("GET", "/b", "500").observe(0.2)
    assert exemplars(registry, "coarse_seconds") == {
        ("/a", "0.5"): "trace-1",
        ("/a", "5.0"): "trace-3",
        ("/b", "+Inf"): "trace-4",
    }


@given(
    st.lists(
        st.tuples(st.sampled_from(["/a", "/b"]), st.floats(0.0, 10.0) | st.sampled_from((0.5, 5.0)))
    )
)
def test_a_mirror_has_the_exemplars_that_it_would_have_been_given(
    events: list[tuple[str, float]],
) -> None:
    registry = Registry(DECLARATIONS, strict=True)
    for number, (path, seconds) in enumerate(events):
        trace = {"trace_id": str(number)}
        registry.histogram(TIME).labels("GET", path, "200").observe(seconds, trace)
        registry.histogram(PLAIN).labels(path).observe(seconds, trace)
    assert exemplars(registry, "coarse_seconds") == exemplars(registry, "plain_seconds")


def test_a_mirror_may_start_at_zero_and_count_for_itself() -> None:
    registry = Registry(DECLARATIONS, strict=True)
    counter = registry.counter(COUNT).labels("/a", "500")
    assert registry.value("requests_total", path="/a", status="500") == 0
    registry.histogram(TIME).labels("GET", "/a", "500").observe(0.3)
    assert registry.value("requests_total", path="/a", status="500") == 1
    counter.inc(2)
    assert registry.value("requests_total", path="/a", status="500") == 3


def test_mirrors_show_the_whole_group_also_where_nothing_was_counted(tmp_path: Path) -> None:
    members = [Registry(DECLARATIONS, directory=tmp_path, strict=True) for _ in range(3)]
    for member in members[:2]:
        member.histogram(TIME).labels("GET", "/a", "200").observe(0.3)
    members[0].counter(COUNT).labels("/a", "200")
    members[0].close()
    for member in members[1:]:
        assert member.value("requests_total", path="/a", status="200") == 2
        assert member.value("coarse_seconds_bucket", path="/a", le="0.5") == 2
    for member in members[1:]:
        member.close()


def test_a_mirror_that_only_another_member_declares_is_served(tmp_path: Path) -> None:
    declares = Registry(DECLARATIONS, directory=tmp_path, strict=True)
    declares.histogram(TIME).labels("GET", "/a", "200").observe(0.3)
    declares.counter(COUNT).labels("/a", "200")
    stranger = Registry([], directory=tmp_path, strict=True)
    assert stranger.value("requests_total", path="/a", status="200") == 1
    declares.close()
    stranger.close()


def test_a_counter_that_a_member_counts_where_others_mirror_is_left_out(tmp_path: Path) -> None:
    """An older release beside a newer one: its requests are in the source, and count once."""
    counted = CounterDeclaration(COUNT.name, COUNT.help, COUNT.labels)
    older = Registry([counted, TIME], directory=tmp_path, strict=True)
    older.histogram(TIME).labels("GET", "/a", "200").observe(0.3)
    older.counter(counted).labels("/a", "200").inc()
    newer = Registry(DECLARATIONS, directory=tmp_path)
    assert newer.value("requests_total", path="/a", status="200") == 1
    older.close()
    newer.close()


@pytest.mark.parametrize(
    ("declaration", "said"),
    [
        (
            CounterDeclaration("x_total", "X.", mirror=Mirror("nowhere", ())),
            "'x_total' mirrors 'nowhere', which has to be declared as a histogram of its own",
        ),
        (
            CounterDeclaration("x_total", "X.", (Label("a"),), mirror=Mirror("time_seconds", "a")),
            "which has no label ['a']; it has ('method', 'path', 'status')",
        ),
        (
            HistogramDeclaration("x", "X.", buckets=(0.2, 1.0), mirror=Mirror("time_seconds", ())),
            "which has no bucket [0.2]; it has (0.1, 0.5, 1.0, 5.0)",
        ),
        (
            CounterDeclaration("x_total", "X.", mirror=Mirror("coarse_seconds", ())),
            "which has to be declared as a histogram of its own",
        ),
    ],
)
def test_a_mirror_that_cannot_work_is_refused(declaration: Declaration, said: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        Registry([*DECLARATIONS, declaration])
    assert said in str(refused.value)


def test_only_counters_and_histograms_mirror() -> None:
    with pytest.raises(DeclarationError, match="only counters and histograms mirror another"):
        GaugeDeclaration("x", "X.", mirror=Mirror("time_seconds", ()))
    with pytest.raises(DeclarationError, match="name a label of 'time_seconds' for each of"):
        CounterDeclaration("x_total", "X.", (Label("a"),), mirror=Mirror("time_seconds", ()))
