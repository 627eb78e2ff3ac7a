"""What code that does work calls; each of them does nothing where no trace is open."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from ._trace import AttributeValue, Phase, Span, SpanKind, Trace, position

__all__ = [
    "add_phase",
    "current_exemplar",
    "current_trace_id",
    "current_traceparent",
    "keep_trace",
    "mark",
    "phase",
    "span",
]


class _NoSpan(Span):
    """Stands for a span where there is no trace."""

    def __init__(self) -> None:
        """Nothing is kept, so nothing is needed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Nothing began."""

    def set(self, key: str, value: AttributeValue) -> None:
        """Nobody reads it."""

    def update(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Nobody reads them."""

    def fail(self, error: BaseException | str, message: str = "") -> None:
        """Nobody reads it."""

    def traceparent(self) -> str:
        """There is none: the empty text."""
        return ""


class _PhaseTimer:
    __slots__ = ("_name", "_started_at", "_trace")

    def __init__(self, trace: Trace, name: Phase) -> None:
        self._trace = trace
        self._name = name

    def __enter__(self) -> None:
        self._started_at = self._trace.now()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        trace = self._trace
        trace.add_phase(self._name, trace.now() - self._started_at)


_NO_SPAN = _NoSpan()


def span(
    name: str,
    kind: SpanKind = "internal",
    attributes: Mapping[str, AttributeValue] | None = None,
    *,
    phase: Phase | None = None,
) -> Span:
    """A span below the one that the code runs in, for a `with` block; its time also counts as
    ``phase``.

    An exception that leaves the block marks it as failed and goes on. ``name`` is short and has
    nothing in it that changes from call to call.

        with span("generate", "client", generation_attributes("openai"), phase="ai") as call:
            ...
            call.set("gen_ai.usage.input_tokens", 412)
    """
    here = position.get()
    return _NO_SPAN if here is None else Span(here, name, kind, attributes, phase)


def phase(name: Phase) -> _PhaseTimer | _NoSpan:
    """Count the time of a `with` block as a phase of the request.

    Phases may overlap: queries inside `handle` count for `database` too.
    """
    here = position.get()
    if here is None:
        return _NO_SPAN
    return _PhaseTimer(here if isinstance(here, Trace) else here.trace, name)


def add_phase(name: Phase, seconds: float) -> None:
    """Add to the time of a phase of the request that is being answered."""
    here = position.get()
    if here is not None:
        (here if isinstance(here, Trace) else here.trace).add_phase(name, seconds)


def mark(name: Phase) -> None:
    """Count the time since the last mark, or since the request's arrival, as the phase ``name``;
    for frameworks whose hooks tell when one phase becomes the next.

    What follows the mark `handle` until the response begins counts as `serialize`.
    """
    here = position.get()
    if here is not None:
        (here if isinstance(here, Trace) else here.trace).mark(name)


def keep_trace() -> None:
    """Keep the current trace whatever the sampling decided, and have all that is called from here
    on keep it too.
    """
    here = position.get()
    if here is not None:
        (here if isinstance(here, Trace) else here.trace).sampled = True


def current_traceparent() -> str | None:
    """The `traceparent` of the code that runs: a header for outgoing calls, or a text to store with
    a job, so that `Tracer.continue_trace` finds back.
    """
    here = position.get()
    if here is None:
        return None
    return here.traceparent(here.id) if isinstance(here, Trace) else here.traceparent()


def current_trace_id() -> str | None:
    """The id of the current trace, 32 hexadecimal digits."""
    here = position.get()
    if here is None:
        return None
    return here.trace_id if isinstance(here, Trace) else here.trace.trace_id


def current_exemplar() -> dict[str, str] | None:
    """The labels of an exemplar that names the current trace, or ``None`` where that may not be
    kept: nobody would find it.
    """
    here = position.get()
    if here is None:
        return None
    trace = here if isinstance(here, Trace) else here.trace
    return {"trace_id": trace.trace_id} if trace.sampled or trace.error_type else None
