"""Spans, phases and the decision what is kept, on a clock that the test turns."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable

import pytest

from asset_forge.observability import context
from asset_forge.observability.redaction import Redactor
from asset_forge.observability.tracing import (
    SpanReader,
    Tracer,
    TraceStore,
    add_phase,
    current_exemplar,
    current_trace_id,
    current_traceparent,
    keep_trace,
    mark,
    parse_traceparent,
    phase,
    span,
)

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{}"


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tracer_of(clock: Clock) -> Callable[..., Tracer]:
    def build(**options: object) -> Tracer:
        store = TraceStore(SpanReader(Redactor(known_secrets=["open-sesame"])))
        return Tracer(store, clock=clock, wall_clock=lambda: 1e9 + clock(), **options)  # type: ignore[arg-type]

    return build


def run(tracer: Tracer, traceparent: str | None = None, **options: float) -> str:
    with tracer.continue_trace(traceparent, "work", **options) as trace:
        return trace.trace_id


def test_spans_know_their_parents_times_and_attributes(tracer_of, clock: Clock) -> None:
    tracer = tracer_of(sample_ratio=1.0)
    with tracer.continue_trace(None, "work") as trace:
        clock.seconds += 1
        with span("outer", "client", {"db.system.name": "sqlite"}) as outer:
            clock.seconds += 2
            with span("inner") as inner:
                inner.set("rows", 3)
        clock.seconds += 1
    found = tracer.store.get(trace.trace_id)
    assert found is not None
    root, first, second = found.spans
    assert [root.name, first.name, second.name] == ["work", "outer", "inner"]
    assert root.parent_span_id is None
    assert first.parent_span_id == root.span_id
    assert second.parent_span_id == first.span_id == f"{outer.id:016x}"
    assert (first.start_seconds, first.duration_seconds) == (1.0, 2.0)
    assert (root.duration_seconds, found.trace.duration_seconds) == (4.0, 4.0)
    assert first.attributes == {"db.system.name": "sqlite"}
    assert second.attributes == {"rows": 3}
    assert (first.kind, second.kind, root.kind) == ("client", "internal", "consumer")


def test_setting_an_attribute_leaves_the_callers_mapping_alone(tracer_of) -> None:
    shared: dict[str, str | int] = {"db.system.name": "sqlite"}
    with tracer_of().continue_trace(None, "work"), span("one", attributes=shared) as one:
        one.set("rows", 1)
        one.update({"more": 2})
    assert shared == {"db.system.name": "sqlite"}


def test_an_exception_marks_its_span_and_passes_on(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=0.0)
    with (
        pytest.raises(LookupError),
        tracer.continue_trace(None, "work") as trace,
        span("step"),
    ):
        raise LookupError("no open-sesame here")
    found = tracer.store.get(trace.trace_id)
    assert found is not None
    assert found.trace.error
    assert {(one.name, one.error, one.error_message) for one in found.spans} == {
        ("work", "LookupError", "no [redacted] here"),
        ("step", "LookupError", "no [redacted] here"),
    }


def test_a_message_that_cannot_be_read_marks_its_span_all_the_same(tracer_of) -> None:
    class Hostile(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    tracer = tracer_of(sample_ratio=0.0)
    with pytest.raises(Hostile), tracer.continue_trace(None, "work") as trace:
        raise Hostile
    found = tracer.store.get(trace.trace_id)
    assert found is not None
    assert found.spans[0].error_message == "[unreadable: RuntimeError]"


def test_a_handled_failure_can_be_named_without_an_exception(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=1.0)
    with tracer.continue_trace(None, "work") as trace, span("call") as call:
        call.fail("rate_limited", "asked too often")
    found = tracer.store.get(trace.trace_id)
    assert found is not None
    assert (found.spans[1].error, found.trace.error) == ("rate_limited", False)


def test_nothing_is_kept_that_is_neither_sampled_nor_failed_nor_slow(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=0.0)
    assert tracer.store.get(run(tracer)) is None


def test_what_is_slow_is_kept_where_a_limit_is_set(tracer_of, clock: Clock) -> None:
    tracer = tracer_of(sample_ratio=0.0)
    with tracer.continue_trace(None, "work", slow_seconds=1.0) as slow:
        clock.seconds += 1
    with tracer.continue_trace(None, "work") as unlimited:
        clock.seconds += 1
    assert tracer.store.get(slow.trace_id) is not None
    assert tracer.store.get(unlimited.trace_id) is None


@pytest.mark.parametrize(("flags", "ratio", "kept"), [("01", 0.0, True), ("00", 1.0, False)])
def test_the_callers_decision_counts(tracer_of, flags: str, ratio: float, kept: bool) -> None:
    tracer = tracer_of(sample_ratio=ratio)
    trace_id = run(tracer, CALLER.format(flags))
    assert trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert (tracer.store.get(trace_id) is not None) is kept


def test_without_following_the_caller_the_trace_id_decides_as_anywhere(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=1.0, follow_caller=False)
    assert tracer.store.get(run(tracer, CALLER.format("00"))) is not None


def test_the_share_that_is_sampled_is_the_ratio(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=0.25)
    apart = contextvars.copy_context()
    sampled = sum(apart.run(tracer.begin, None, "server", 0.0).sampled for _ in range(4_000))
    assert 800 < sampled < 1_200


@pytest.mark.parametrize("ratio", [-0.1, 1.1, float("nan")])
def test_a_ratio_that_is_no_share_is_refused(tracer_of, ratio: float) -> None:
    with pytest.raises(ValueError, match="choose a share from 0 to 1"):
        tracer_of(sample_ratio=ratio)


def test_a_trace_that_code_asks_for_is_kept_and_tells_those_it_calls(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=0.0)
    with tracer.continue_trace(None, "work") as trace:
        assert (current_traceparent() or "").endswith("-00")
        keep_trace()
        assert (current_traceparent() or "").endswith("-01")
    assert tracer.store.get(trace.trace_id) is not None


def test_an_exemplar_names_only_a_trace_that_is_kept(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=0.0)
    with tracer.continue_trace(None, "work") as trace, span("inner"):
        assert current_exemplar() is None
        keep_trace()
        assert current_exemplar() == {"trace_id": trace.trace_id}
    with tracer.continue_trace(None, "work") as failed:
        failed.fail("timeout")
        assert current_exemplar() == {"trace_id": failed.trace_id}
    assert (trace.kept, failed.kept) == (True, True)


def test_a_job_joins_the_trace_of_the_request_that_queued_it(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=1.0)
    with tracer.continue_trace(None, "request", "server"), span("enqueue", "producer") as enqueue:
        stored = current_traceparent()
    with tracer.continue_trace(stored, "step"), span("provider"):
        pass
    (only,) = tracer.store.list().items
    found = tracer.store.get(only.trace_id)
    assert found is not None
    names = {one.span_id: one.name for one in found.spans}
    parents = {one.name: names.get(one.parent_span_id or "") for one in found.spans}
    assert parents == {
        "request": None,
        "enqueue": "request",
        "step": "enqueue",
        "provider": "step",
    }
    assert parse_traceparent(stored or "") == (only.trace_id, enqueue.id, True)


def test_an_unreadable_traceparent_begins_a_trace(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=1.0)
    assert tracer.store.get(run(tracer, "junk\n" * 100)) is not None


def test_logs_inside_carry_the_trace(tracer_of) -> None:
    with context.scope(job_id="7"), tracer_of().continue_trace(None, "work") as trace:
        assert (context.current().trace_id, context.current().job_id) == (trace.trace_id, "7")
        assert current_trace_id() == trace.trace_id


def test_outside_a_trace_everything_does_nothing() -> None:
    with span("nothing", attributes={"a": 1}) as nothing, phase("auth"):
        nothing.set("b", 2)
        nothing.update({"c": 3})
        nothing.fail("timeout")
        mark("parse")
        add_phase("database", 1.0)
        keep_trace()
    assert (current_traceparent(), current_trace_id(), nothing.traceparent()) == (None, None, "")


def test_phases_add_up_and_a_span_may_count_for_one(tracer_of, clock: Clock) -> None:
    with tracer_of().continue_trace(None, "work") as trace:
        for _ in range(2):
            with phase("auth"), span("select", phase="database"):
                clock.seconds += 0.5
        add_phase("database", 0.25)
    assert trace.phases == {"auth": 1.0, "database": 1.25}


def test_marks_share_the_time_among_phases(tracer_of, clock: Clock) -> None:
    with tracer_of().continue_trace(None, "work") as trace:
        clock.seconds += 0.25
        mark("parse")
        clock.seconds += 0.5
        mark("auth")
        clock.seconds += 1.0
        mark("parse")
    assert trace.phases == {"parse": 1.25, "auth": 0.5}


async def test_spans_of_tasks_side_by_side_are_siblings(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=1.0)

    async def work(name: str, other: asyncio.Event, own: asyncio.Event) -> None:
        with span(name):
            own.set()
            await other.wait()

    with tracer.continue_trace(None, "work") as trace:
        one, two = asyncio.Event(), asyncio.Event()
        await asyncio.gather(work("a", two, one), work("b", one, two))
        with span("after"):
            pass
    found = tracer.store.get(trace.trace_id)
    assert found is not None
    assert {one.parent_span_id for one in found.spans[1:]} == {found.spans[0].span_id}


async def test_a_thread_sees_the_span_it_was_called_from(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=1.0)

    def work() -> None:
        with span("in thread"):
            pass

    with tracer.continue_trace(None, "work") as trace, span("call"):
        await asyncio.to_thread(work)
    found = tracer.store.get(trace.trace_id)
    assert found is not None
    by_name = {one.name: one for one in found.spans}
    assert by_name["in thread"].parent_span_id == by_name["call"].span_id


async def test_a_generator_closed_in_another_task_ends_its_span_without_a_fault(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=1.0)

    async def numbers():
        with span("stream"):
            while True:
                yield 1

    with tracer.continue_trace(None, "work") as trace:
        stream = numbers()
        await anext(stream)
        await asyncio.create_task(stream.aclose())
    found = tracer.store.get(trace.trace_id)
    assert found is not None
    assert [one.name for one in found.spans] == ["work", "stream"]


def test_a_span_that_ends_after_its_trace_was_kept_still_gets_there(tracer_of) -> None:
    tracer = tracer_of(sample_ratio=1.0)
    with tracer.continue_trace(None, "work") as trace:
        late = span("background").__enter__()
    late.__exit__(None, None, None)
    found = tracer.store.get(trace.trace_id)
    assert found is not None
    assert [one.name for one in found.spans] == ["work", "background"]


def test_the_first_spans_of_an_endless_loop_are_kept_and_the_rest_is_counted(tracer_of) -> None:
    lost: list[int] = []
    tracer = tracer_of(sample_ratio=1.0, on_lost=lost.append)
    with tracer.continue_trace(None, "work") as trace:
        for _ in range(600):
            with span("query"):
                pass
    found = tracer.store.get(trace.trace_id)
    assert found is not None
    assert (len(found.spans), found.lost_spans, lost) == (513, 88, [88])
