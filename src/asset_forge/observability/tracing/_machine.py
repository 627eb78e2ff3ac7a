"""The traces of all processes of a machine as one: asked for when somebody looks at them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Final, TypeVar

import msgspec

from asset_forge.observability.siblings import Siblings

from ._store import TraceStore
from ._views import KeptTrace, SpanView, TraceDetails, TracePage, TraceSummary, page

__all__ = ["MachineTraces"]

_Said = TypeVar("_Said")
_WAIT_SECONDS: Final = 3.0
_LIST, _READ = "traces", "trace"

_log = logging.getLogger(__name__)
_kept = msgspec.json.Decoder(list[KeptTrace])
_details = msgspec.json.Decoder(TraceDetails | None)


class MachineTraces:
    """Lists and reads the traces that this process and its siblings hold.

    A request is traced where it was answered and each step of its job where it ran; what several
    processes noted of one trace comes together by its id. What a process has that does not answer
    in time is missing, and what is on other machines. Both methods block: call them off the loop.
    """

    def __init__(self, store: TraceStore, siblings: Siblings) -> None:
        self._store = store
        self._siblings = siblings
        siblings.answer(_LIST, lambda _: msgspec.json.encode(store.kept()))
        siblings.answer(_READ, lambda asked: msgspec.json.encode(store.get(asked.decode())))

    def list(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
        min_seconds: float = 0.0,
        errors_only: bool = False,
        route: str | None = None,
    ) -> TracePage:
        """A page of traces that lasted at least ``min_seconds``, failed, or belong to ``route``.

        ``cursor`` is the ``next_cursor`` of the page before. Raises `ValueError` for a cursor or
        limit that is none.
        """
        theirs, silent = self._ask(_LIST, b"", _kept)
        kept = [*self._store.kept(), *(one for some in theirs for one in some)]
        found = page(
            _merged(kept), limit, cursor, min_seconds, errors_only=errors_only, route=route
        )
        return msgspec.structs.replace(found, silent_processes=silent)

    def get(self, trace_id: str) -> TraceDetails | None:
        """One trace with the spans that all processes have of it, or None if none has any."""
        own = self._store.get(trace_id)
        theirs, silent = self._ask(_READ, trace_id[:64].encode(), _details)
        found = [one for one in (own, *theirs) if one is not None]
        if not found:
            return None
        summary = _together([one.trace for one in found])
        spans = [
            _shifted(span, (one.trace.started_at - summary.started_at).total_seconds())
            for one in found
            for span in one.spans
        ]
        return TraceDetails(
            trace=summary,
            spans=sorted(spans, key=lambda span: span.start_seconds),
            lost_spans=sum(one.lost_spans for one in found),
            silent_processes=silent,
        )

    def _ask(
        self, topic: str, question: bytes, decoder: msgspec.json.Decoder[_Said]
    ) -> tuple[list[_Said], int]:
        answers = self._siblings.ask(topic, question, seconds=_WAIT_SECONDS)
        said: list[_Said] = []
        for answer in answers.said:
            try:
                said.append(decoder.decode(answer))
            except msgspec.DecodeError:  # of another version, during an update
                _log.info("a process of another version told its traces in another form")
        return said, answers.silent + len(answers.said) - len(said)


def _merged(kept: Iterable[KeptTrace]) -> list[KeptTrace]:
    """Bring parts of one trace together, the trace that was kept last first."""
    by_id: dict[str, list[KeptTrace]] = {}
    for one in kept:
        by_id.setdefault(one.summary.trace_id, []).append(one)
    whole = [
        parts[0]
        if len(parts) == 1
        else KeptTrace(
            min(part.number for part in parts),
            [route for part in parts for route in part.routes],
            _together([part.summary for part in parts]),
        )
        for parts in by_id.values()
    ]
    return sorted(whole, key=lambda one: one.number, reverse=True)


def _together(parts: list[TraceSummary]) -> TraceSummary:
    """Sum parts up; the one that began first names the whole."""
    first = min(parts, key=lambda part: part.started_at)
    ends = (part.started_at + timedelta(seconds=part.duration_seconds) for part in parts)
    return msgspec.structs.replace(
        first,
        error=any(part.error for part in parts),
        duration_seconds=(max(ends) - first.started_at).total_seconds(),
        span_count=sum(part.span_count for part in parts),
    )


def _shifted(span: SpanView, seconds: float) -> SpanView:
    return msgspec.structs.replace(span, start_seconds=span.start_seconds + seconds)
