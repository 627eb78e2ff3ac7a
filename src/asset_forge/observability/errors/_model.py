"""What the local store holds and gives out."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Literal

import msgspec

from asset_forge.observability.redaction import Json

from ._declarations import Severity

__all__ = ["ErrorDetails", "ErrorGroup", "ErrorPage", "GroupStatus", "Occurrence"]

GroupStatus = Literal["unresolved", "resolved"]


@dataclasses.dataclass(frozen=True, slots=True)
class Occurrence:
    """One failure on its way into the store; ``event`` is ``None`` where only the count is kept.

    ``seen_at`` is in seconds since the epoch, ``left_out`` the number of those before the event
    of which this process gave the count alone.
    """

    fingerprint: str
    type: str
    message: str
    culprit: str
    severity: Severity
    error_type: str | None
    seen_at: float
    event: dict[str, Json] | None
    left_out: int = 0


class ErrorGroup(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """All occurrences of one fault. ``message`` is that of the newest; times are UTC."""

    fingerprint: str
    type: str
    message: str
    culprit: str
    severity: Severity
    error_type: str | None
    count: int
    first_seen: datetime
    last_seen: datetime
    status: GroupStatus
    resolved_at: datetime | None


class ErrorDetails(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A group with its newest events, newest first, in the form of Sentry's event schema."""

    group: ErrorGroup
    events: list[msgspec.Raw]


class ErrorPage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Groups, the most recently seen first; ``next_cursor`` is ``None`` on the last page."""

    items: list[ErrorGroup]
    next_cursor: str | None
