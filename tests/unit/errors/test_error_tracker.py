"""Capturing: once each, with its context, never in anybody's way."""

from __future__ import annotations

import asyncio
import json
import pickle
import threading
from collections.abc import Iterator

import pytest

from asset_forge.observability import context
from asset_forge.observability.errors import (
    ERRORS_CAPTURED,
    TELEMETRY_DROPPED,
    ErrorStore,
    ErrorTracker,
    Occurrence,
)
from asset_forge.observability.metrics import CounterDeclaration
from asset_forge.observability.redaction import Redactor


class Count:
    def __init__(self) -> None:
        self.value = 0.0

    def inc(self, amount: float = 1, /) -> None:
        self.value += amount


class Family:
    def __init__(self) -> None:
        self.series: dict[str, Count] = {}

    def labels(self, *values: str) -> Count:
        return self.series.setdefault(values[0], Count())


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Bench:
    """A tracker on memory, with its clock and counters at hand."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.captured = Family()
        self.dropped = Family()
        self.store = ErrorStore(None, clock=self.clock)
        self.tracker = ErrorTracker(
            store=self.store,
            redactor=Redactor(),
            captured=self.captured,
            dropped=self.dropped,
            clock=self.clock,
        )

    def count(self, fingerprint: str) -> int:
        details = self.store.group(fingerprint)
        return details.group.count if details else 0

    def events(self, fingerprint: str) -> list[dict[str, object]]:
        details = self.store.group(fingerprint)
        return [json.loads(bytes(event)) for event in details.events] if details else []


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.tracker.close()


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


def test_an_exception_that_several_layers_see_is_captured_once(bench: Bench) -> None:
    error = raised(ValueError("x"))
    first = bench.tracker.capture(error)

    assert bench.tracker.capture(error, severity="critical", error_type="other") == first
    assert bench.count(first) == 1
    assert {name: one.value for name, one in bench.captured.series.items()} == {
        "critical": 0,
        "error": 1,
        "warning": 0,
    }


def test_two_threads_that_capture_one_exception_count_it_once(bench: Bench) -> None:
    errors = [raised(ValueError("x")) for _ in range(50)]
    start = threading.Barrier(4)

    def capture() -> None:
        start.wait(10)
        for error in errors:
            bench.tracker.capture(error)

    threads = [threading.Thread(target=capture) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert bench.captured.series["error"].value == 50


def test_a_group_of_captured_exceptions_brings_nothing_new(bench: Bench) -> None:
    known = raised(ValueError("x"))
    fingerprint = bench.tracker.capture(known)

    assert bench.tracker.capture(ExceptionGroup("tasks", [known])) == fingerprint
    assert bench.tracker.capture(ExceptionGroup("tasks", [known, OSError("new")])) != fingerprint
    assert bench.captured.series["error"].value == 2


def test_an_exception_stays_captured_when_it_travels_between_processes(bench: Bench) -> None:
    error = ValueError("x")
    fingerprint = bench.tracker.capture(error)

    assert bench.tracker.capture(pickle.loads(pickle.dumps(error))) == fingerprint
    assert bench.count(fingerprint) == 1


class Frozen(Exception):
    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)


class Rude(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __str__


def test_exceptions_that_resist_are_captured_all_the_same(bench: Bench) -> None:
    for error in (Frozen("x"), Rude()):
        fingerprint = bench.tracker.capture(raised(error))
        assert bench.tracker.capture(error) == fingerprint
        assert bench.count(fingerprint) == 1

    assert bench.dropped.series["errors"].value == 0


def test_chains_and_groups_without_end_are_captured(bench: Bench) -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    members: list[Exception] = [KeyError("a")]
    group = ExceptionGroup("group", members)
    members[0].__cause__ = group
    deep: Exception = ValueError("leaf")
    for _ in range(500):
        deep = ExceptionGroup("nest", [deep])

    for error in (one, group, deep):
        assert bench.count(bench.tracker.capture(error)) == 1
    assert bench.dropped.series["errors"].value == 0


def recurse(depth: int) -> None:
    if depth == 0:
        raise RecursionError("maximum recursion depth exceeded")
    recurse(depth - 1)


def test_recursion_of_any_depth_is_one_fault_and_keeps_both_ends(bench: Bench) -> None:
    prints: set[str] = set()
    for depth in (5, 300):
        with pytest.raises(RecursionError) as caught:
            recurse(depth)
        prints.add(bench.tracker.capture(caught.value))

    (fingerprint,) = prints
    values = bench.events(fingerprint)[0]["exception"]["values"]  # type: ignore[index]
    assert len(values[0]["stacktrace"]["frames"]) == 60
    assert values[0]["stacktrace"]["frames"][-1]["function"] == "recurse"


def test_ten_events_a_minute_and_the_count_shows_the_rest(bench: Bench) -> None:
    fingerprint = ""
    for _ in range(1_000):
        fingerprint = bench.tracker.capture(raised(ValueError("x")))
    assert (bench.count(fingerprint), len(bench.events(fingerprint))) == (1_000, 10)

    bench.clock.now += 59
    bench.tracker.capture(raised(ValueError("x")))
    assert len(bench.events(fingerprint)) == 10

    bench.clock.now += 1
    bench.tracker.capture(raised(ValueError("x")))
    newest = bench.events(fingerprint)[0]
    assert len(bench.events(fingerprint)) == 11
    assert newest["tags"] == {"left_out_before": "991"}
    assert bench.count(fingerprint) == 1_002


def test_one_storm_takes_no_events_from_other_faults(bench: Bench) -> None:
    for _ in range(100):
        bench.tracker.capture(raised(ValueError("x")))
    other = bench.tracker.capture(raised(KeyError("y")))

    assert len(bench.events(other)) == 1


def test_a_sentence_without_an_exception_is_captured(bench: Bench) -> None:
    fingerprint = bench.tracker.capture(
        "job was given up", error_type="poisoned", severity="critical"
    )

    (event,) = bench.events(fingerprint)
    assert event["logentry"] == {"formatted": "job was given up"}
    assert event["level"] == "fatal"
    assert event["tags"] == {"error_type": "poisoned"}


def test_scope_and_arguments_end_up_in_the_event(bench: Bench) -> None:
    with context.scope(request_id="r-1", trace_id="a" * 32, user_id="u-1", job_id="j-1"):
        fingerprint = bench.tracker.capture(
            ValueError("x"),
            endpoint="/api/assets",
            method="POST",
            params={"page": 2},
            extra={"n": [1]},
        )

    (event,) = bench.events(fingerprint)
    assert event["tags"] == {"method": "POST", "request_id": "r-1", "job_id": "j-1"}
    assert event["user"] == {"id": "u-1"}
    assert event["transaction"] == "/api/assets"
    assert event["extra"] == {"n": [1]}
    contexts = event["contexts"]
    assert isinstance(contexts, dict)
    assert contexts["request_details"]["params"] == {"page": 2}
    assert contexts["trace"]["trace_id"] == "a" * 32


def test_prompts_stay_here(bench: Bench) -> None:
    prompt = "a rusty sword"
    fingerprint = bench.tracker.capture(
        raised(ValueError("x")), extra={"generation": {"prompt": prompt}}
    )

    assert "rusty" not in json.dumps(bench.events(fingerprint)[0]["extra"])


def crumbs_of(event: dict[str, object]) -> list[str]:
    return [crumb["message"] for crumb in event["breadcrumbs"]["values"]]  # type: ignore[index]


def test_breadcrumbs_are_a_bounded_trail_without_secrets(bench: Bench) -> None:
    with context.scope():
        for number in range(80):
            bench.tracker.add_breadcrumb(f"step {number}", data={"token": "s3cr3t", "n": number})
        fingerprint = bench.tracker.capture(ValueError("x"))

    (event,) = bench.events(fingerprint)
    assert crumbs_of(event) == [f"step {number}" for number in range(30, 80)]
    assert "s3cr3t" not in json.dumps(event)


async def test_breadcrumbs_follow_into_tasks_and_not_into_other_requests(bench: Bench) -> None:
    async def request(name: str) -> str:
        with context.scope(request_id=name):
            bench.tracker.add_breadcrumb(f"{name} begins")
            await asyncio.sleep(0)

            async def part() -> str:
                bench.tracker.add_breadcrumb(f"{name} in a task")
                return bench.tracker.capture(KeyError(name), error_type=name)

            return await asyncio.create_task(part())

    prints = await asyncio.gather(request("one"), request("two"))

    trails = [crumbs_of(bench.events(fingerprint)[0]) for fingerprint in prints]
    assert trails == [["one begins", "one in a task"], ["two begins", "two in a task"]]


def test_a_misspelled_severity_loses_no_failure(bench: Bench) -> None:
    fingerprint = bench.tracker.capture(ValueError("x"), severity="fatal")  # type: ignore[arg-type]

    assert bench.events(fingerprint)[0]["level"] == "error"


class BrokenStore(ErrorStore):
    def record(self, occurrence: Occurrence) -> None:
        raise RuntimeError("broken")


def test_a_fault_of_the_tracker_itself_is_counted_and_not_raised() -> None:
    dropped = Family()
    tracker = ErrorTracker(store=BrokenStore(None), redactor=Redactor(), dropped=dropped)

    assert tracker.capture(ValueError("x")) == ""
    assert dropped.series["errors"].value == 1
    tracker.close()


def test_the_declarations_say_what_the_catalog_promises() -> None:
    def shape(
        declaration: CounterDeclaration,
    ) -> tuple[str, list[tuple[str, tuple[str, ...] | None]]]:
        return declaration.name, [(label.name, label.values) for label in declaration.labels]

    assert shape(ERRORS_CAPTURED) == (
        "errors_captured_total",
        [("severity", ("critical", "error", "warning"))],
    )
    assert shape(TELEMETRY_DROPPED) == (
        "telemetry_dropped_total",
        [("sink", ("log", "errors", "sentry", "traces", "metrics"))],
    )
