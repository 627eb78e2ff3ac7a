"""A span as it leaves the process's memory: plain, complete and without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from asset_forge.observability.redaction import Kind, Redactor, classify

from ._trace import AttributeValue, Span, SpanKind, Trace

__all__ = ["SpanData", "SpanReader"]

MAX_ATTRIBUTES: Final = 64
MAX_TEXT: Final = 2_048
"""Characters of one value; what is longer is cut and says so."""
MAX_ITEMS: Final = 64

_CONTENT: Final = (
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.system_instructions",
    "gen_ai.prompt",
    "gen_ai.completion",
)


@dataclass(frozen=True, slots=True)
class SpanData:
    """One span. Times are nanoseconds since the epoch; ``parent_id`` is 0 for the first of a trace.

    ``error_type`` is empty unless it failed.
    """

    trace_id: str
    span_id: int
    parent_id: int
    name: str
    kind: SpanKind
    started_ns: int
    ended_ns: int
    attributes: Mapping[str, AttributeValue]
    error_type: str
    error_message: str
    sampled: bool


class SpanReader:
    """Turns the spans of a trace into data: redacts all text, cuts what is too long.

    What was sent to and came from a model is left out unless ``include_content``.
    """

    def __init__(self, redactor: Redactor, *, include_content: bool = False) -> None:
        self._redactor = redactor
        self._include_content = include_content

    def read(self, trace: Trace) -> list[SpanData]:
        """The root span of a trace that has ended, and those below it in the order of their
        ends.
        """
        return [self.read_one(trace, node) for node in (trace, *(trace.spans or ()))]

    def read_one(self, trace: Trace, node: Trace | Span) -> SpanData:
        """One span of a trace that was kept."""
        text = self._redactor.text
        offset = trace.wall_offset
        return SpanData(
            trace_id=trace.trace_id,
            span_id=node.id,
            parent_id=node.parent_id,
            name=text(node.name, limit=200),
            kind=node.kind,
            started_ns=int((node.started_at + offset) * 1e9),
            ended_ns=int((node.ended_at + offset) * 1e9),
            attributes=self._attributes(node.attributes),
            error_type=text(node.error_type, limit=200),
            error_message=text(node.error_message, limit=1_000) if node.error_type else "",
            sampled=trace.sampled,
        )

    def _attributes(self, attributes: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
        found: dict[str, AttributeValue] = {}
        for key, value in attributes.items():
            if len(found) >= MAX_ATTRIBUTES:
                found["attributes.left_out"] = len(attributes) - MAX_ATTRIBUTES
                break
            if not self._include_content and key.startswith(_CONTENT):
                continue
            found[self._redactor.text(key, limit=200)] = self._value(key, value)
        return found

    def _value(self, key: str, value: AttributeValue) -> AttributeValue:
        if classify(key) is Kind.PLAIN:
            if isinstance(value, str):
                return self._redactor.text(str.__str__(value), limit=MAX_TEXT)  # no subclass
            if isinstance(value, bool | int | float):
                return value
        clean = self._redactor.value(value, key=key)
        if isinstance(clean, str | bool | int | float):
            return clean
        if isinstance(clean, list) and all(isinstance(one, str | int | float) for one in clean):
            items = cast("list[str | int | float]", clean)
            # One type throughout, as OpenTelemetry's arrays have it.
            same = len({type(one) for one in items}) <= 1
            return (items if same else [str(one) for one in items])[:MAX_ITEMS]
        return self._redactor.text(str(clean), limit=MAX_TEXT)
