"""The spans of one trace as they happen: cheap enough to be noted whether they are kept or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from types import TracebackType
from typing import Final, Literal, Self, TypeAlias

from asset_forge.observability.context import Scope

from ._ids import random_bits
from ._traceparent import format_traceparent

__all__ = [
    "MAX_SPANS",
    "PHASES",
    "AttributeValue",
    "Node",
    "Phase",
    "Span",
    "SpanKind",
    "Trace",
    "position",
]

AttributeValue: TypeAlias = "str | bool | int | float | Sequence[str | int | float]"
"""What OpenTelemetry takes as the value of an attribute."""

SpanKind: TypeAlias = Literal["internal", "server", "client", "producer", "consumer"]

Phase: TypeAlias = Literal["parse", "auth", "validate", "handle", "database", "ai", "serialize"]
PHASES: Final[tuple[Phase, ...]] = (
    "parse",
    "auth",
    "validate",
    "handle",
    "database",
    "ai",
    "serialize",
)
"""The phases of a request until its response begins, in the order in which they are shown."""

MAX_SPANS: Final = 512
"""How many spans one request or step may hold; a loop over thousands of queries keeps its first
ones.
"""

_MAX_MESSAGE: Final = 1_256  # redacted and cut to 1,000 characters when it is shown
_NOTHING: Final[Mapping[str, AttributeValue]] = {}


class Node:
    """What the root of a trace and the spans below it have in common.

    Times are seconds of the tracer's clock; ``ended_at`` is 0 while it runs. ``error_type`` is the
    name of the exception or fault that ended it, or empty.
    """

    __slots__ = ()

    _id: int
    name: str
    kind: SpanKind
    started_at: float
    ended_at: float
    attributes: Mapping[str, AttributeValue]
    error_type: str
    error_message: str

    @property
    def id(self) -> int:
        """The id of the span, made when somebody wants to know: most spans are not kept."""
        self._id = self._id or random_bits(64) or 1
        return self._id

    def set(self, key: str, value: AttributeValue) -> None:
        """Give it an attribute, or another value to one."""
        self.attributes = {**self.attributes, key: value}

    def update(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Give it several attributes."""
        self.attributes = {**self.attributes, **attributes}

    def fail(self, error: BaseException | str, message: str = "") -> None:
        """Mark it as failed: by an exception, or by a constant such as `timeout` and a message."""
        if isinstance(error, str):
            self.error_type = error
            self.error_message = message[:_MAX_MESSAGE]
            return
        self.error_type = type(error).__qualname__
        try:
            self.error_message = str(error)[:_MAX_MESSAGE]
        except Exception as fault:  # noqa: BLE001 - somebody's __str__
            self.error_message = f"[unreadable: {type(fault).__name__}]"


class Trace(Node, Scope):
    """The part of a trace that one request, or one step of a job, contributes; it is its own root
    span, and may be the scope of that request.

    ``span_id`` is its id, or 0 for one that is made when it is wanted; ``parent_id`` the caller's,
    or 0. ``sampled`` is the decision at its head, told to everybody who is called; ``kept`` the one
    at its end, ``None`` until then. ``on_late`` gets spans that end after it was kept.
    """

    __slots__ = (
        "_id",
        "attributes",
        "ended_at",
        "error_message",
        "error_type",
        "head_at",
        "kept",
        "kind",
        "lost",
        "marked",
        "marked_at",
        "name",
        "now",
        "on_late",
        "parent_id",
        "phases",
        "sampled",
        "spans",
        "started_at",
        "wall_offset",
    )

    head_at: float
    """When the response began; 0 until then."""
    on_late: Callable[[Trace, Span], None]
    wall_offset: float
    """What has to be added to times of the clock to make them seconds since the epoch; known once
    it is kept.
    """

    def __init__(
        self,
        trace_id: str,
        span_id: int,
        parent_id: int,
        sampled: bool,
        kind: SpanKind,
        started_at: float,
        now: Callable[[], float],
    ) -> None:
        self.trace_id: str = trace_id  # pyright: ignore[reportIncompatibleVariableOverride]
        self._id = span_id
        self.parent_id = parent_id
        self.sampled = sampled
        self.kind = kind
        self.started_at = started_at
        self.now = now
        self.request_id = self.user_id = self.job_id = self.breadcrumbs = None
        self.made_here = False
        self.name = self.error_type = self.error_message = self.marked = ""
        self.ended_at = self.head_at = self.marked_at = 0.0
        self.attributes = _NOTHING
        self.kept: bool | None = None
        self.spans: list[Span] | None = None
        self.phases: dict[str, float] | None = None
        self.lost = 0

    def traceparent(self, span_id: int) -> str:
        """The header that makes what is called a child of the span ``span_id``."""
        return format_traceparent(self.trace_id, span_id, sampled=self.sampled)

    def add_phase(self, name: str, seconds: float) -> None:
        """Add to the time of a phase."""
        if self.phases is None:
            self.phases = {name: seconds}
        else:
            self.phases[name] = self.phases.get(name, 0.0) + seconds

    def mark(self, name: str) -> None:
        """Count the time since the last mark, or since the start, as the phase ``name``."""
        now = self.now()
        self.add_phase(name, now - (self.marked_at or self.started_at))
        self.marked_at = now
        self.marked = name

    def settle(self) -> None:
        """Make the ids of all spans: from here on several threads read them."""
        for node in (self, *(self.spans or ())):
            _ = node.id

    def take(self, span: Span) -> None:
        """Note a span that has ended."""
        if self.kept is None:
            if self.spans is None:
                self.spans = [span]
            elif len(self.spans) < MAX_SPANS:
                self.spans.append(span)
            else:
                self.lost += 1
        elif self.kept:
            self.on_late(self, span)


position: ContextVar[Trace | Span | None] = ContextVar("asset_forge_span", default=None)
"""Where the running code is: inside a span, at the root of a trace, or in none."""


class Span(Node):
    """One operation inside a trace; a context manager that begins and ends it."""

    # Defaults of the class, since most spans set hardly any.
    _id = 0
    ended_at = 0.0
    attributes = _NOTHING
    error_type = ""
    error_message = ""

    def __init__(
        self,
        outer: Trace | Span,
        name: str,
        kind: SpanKind,
        attributes: Mapping[str, AttributeValue] | None,
        phase: Phase | None,
    ) -> None:
        self.outer = outer
        self.trace: Trace = outer if type(outer) is Trace else outer.trace  # pyright: ignore[reportAttributeAccessIssue] - it is a Span then
        self.name = name
        self.kind: SpanKind = kind
        if attributes is not None:
            self.attributes = attributes
        self.phase = phase

    @property
    def parent_id(self) -> int:
        """The id of the span around it."""
        return self.outer.id

    def __enter__(self) -> Self:
        position.set(self)
        self.started_at = self.trace.now()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        trace = self.trace
        self.ended_at = trace.now()
        if error is not None and not self.error_type:
            self.fail(error)
        # No token: a generator that is closed elsewhere ends its spans in another context.
        if position.get() is self:
            position.set(self.outer)
        if self.phase is not None:
            trace.add_phase(self.phase, self.ended_at - self.started_at)
        trace.take(self)

    def traceparent(self) -> str:
        """The header that makes what is called a child of this span."""
        return self.trace.traceparent(self.id)
