"""What several processes noted of one trace comes together; here each has a store of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from asset_forge.observability.redaction import Redactor
from asset_forge.observability.siblings import Siblings
from asset_forge.observability.tracing import MachineTraces, SpanReader, Trace, TraceStore


class Process:
    """A store and its siblings, as each process has them."""

    def __init__(self, directory: Path, numbers: Iterator[int]) -> None:
        self.siblings = Siblings(directory)
        self.store = TraceStore(SpanReader(Redactor()), clock_ns=lambda: next(numbers))
        self.traces = MachineTraces(self.store, self.siblings)
        self.siblings.start()

    def keep(
        self, number: int, name: str, *, at: float, seconds: float = 1.0, error: str = ""
    ) -> None:
        trace = Trace(f"{number:032x}", number + int(at * 10), 0, True, "server", at, lambda: 0.0)
        trace.name = name
        trace.ended_at = at + seconds
        trace.wall_offset = 1e9
        trace.error_type = error
        trace.attributes = {"http.route": name} if name.startswith("/") else {}
        trace.kept = True
        self.store.add(trace)

    def listed(self, **filters: object) -> list[int]:
        found = self.traces.list(**filters)  # type: ignore[arg-type]
        return [int(one.trace_id, 16) for one in found.items]


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[list[Process]]:
    numbers = iter(range(1, 10_000))
    made = [Process(tmp_path / "siblings", numbers) for _ in range(3)]
    yield made
    for process in made:
        process.siblings.close()


def test_each_process_lists_the_traces_of_all_newest_first(processes: list[Process]) -> None:
    for number in range(1, 7):
        processes[number % 3].keep(number, "/a", at=float(number))
    for process in processes:
        assert process.listed() == [6, 5, 4, 3, 2, 1]


def test_pages_hold_each_trace_once_whoever_is_asked(processes: list[Process]) -> None:
    for number in range(1, 12):
        processes[number % 3].keep(number, "/a", at=float(number))
    seen: list[int] = []
    cursor = None
    for turn in range(6):
        page = processes[turn % 3].traces.list(limit=2, cursor=cursor)
        seen += [int(one.trace_id, 16) for one in page.items]
        cursor = page.next_cursor
    assert cursor is None
    assert seen == list(range(11, 0, -1))


def test_a_request_and_its_job_in_another_process_are_one_trace(processes: list[Process]) -> None:
    web, worker, _ = processes
    web.keep(7, "/api/generation", at=10.0, seconds=0.5)
    worker.keep(7, "step generate", at=12.0, seconds=3.0, error="TimeoutError")
    for process in processes:
        (summary,) = process.traces.list().items
        assert (summary.name, summary.route) == ("/api/generation", "/api/generation")
        assert (summary.duration_seconds, summary.span_count, summary.error) == (5.0, 2, True)
        details = process.traces.get(f"{7:032x}")
        assert details is not None
        assert details.trace == summary
        names = [(span.name, round(span.start_seconds, 6)) for span in details.spans]
        assert names == [("/api/generation", 0.0), ("step generate", 2.0)]


def test_filters_see_the_whole_trace(processes: list[Process]) -> None:
    web, worker, _ = processes
    web.keep(1, "/a", at=0.0)
    worker.keep(1, "step", at=9.0, error="Fault")
    web.keep(2, "/b", at=1.0)
    assert web.listed(min_seconds=9.5) == [1]
    assert web.listed(errors_only=True, route="/a") == [1]
    assert worker.listed(route="/b") == [2]
    assert worker.listed(errors_only=True, route="/b") == []


def test_a_trace_that_nobody_has_is_none(processes: list[Process]) -> None:
    assert processes[0].traces.get(f"{5:032x}") is None
    assert processes[0].traces.get("\u0663 no id") is None


def test_a_process_of_another_version_is_left_out(processes: list[Process], tmp_path: Path) -> None:
    odd = Siblings(tmp_path / "siblings")
    odd.answer("traces", lambda asked: b'[{"other": 1}]')
    odd.answer("trace", lambda asked: b"{}")
    odd.start()
    processes[0].keep(1, "/a", at=0.0)
    page, details = processes[1].traces.list(), processes[1].traces.get(f"{1:032x}")
    assert [one.name for one in page.items] == ["/a"]
    assert details is not None
    assert (page.silent_processes, details.silent_processes) == (1, 1)
    odd.close()


@pytest.mark.parametrize("cursor", ["", "x", "9" * 30])
def test_a_cursor_that_is_none_is_refused(processes: list[Process], cursor: str) -> None:
    with pytest.raises(ValueError, match="give the nextCursor of the page before"):
        processes[0].traces.list(cursor=cursor)
