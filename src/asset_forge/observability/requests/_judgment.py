"""What counts as failed and as slow: one answer for the log and the trace."""

from __future__ import annotations

from typing import Final

from asset_forge.observability.http import RequestRecord

_FAILURES: Final = frozenset({"failed", "aborted"})

__all__ = ["answer_seconds", "is_failure"]


def answer_seconds(record: RequestRecord) -> float:
    """How long the client waited for its answer: to the last byte, of a stream to the first.

    How long a stream lasts, or a WebSocket stays open, says nothing about slowness.
    """
    if record.first_byte_at:
        return record.first_byte_at - record.started_at
    return 0.0 if record.status == 101 else record.duration_seconds


def is_failure(record: RequestRecord) -> bool:
    """Whether the server failed: a status from 500, an exception, a response broken off."""
    return record.status >= 500 or record.outcome in _FAILURES
