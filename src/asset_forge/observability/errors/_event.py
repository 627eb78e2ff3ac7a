"""Describes a failure in the form of Sentry's event schema, without secrets."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import cast

from asset_forge.observability.context import Scope
from asset_forge.observability.redaction import Json, Limits, Redactor

from ._declarations import Severity
from ._frames import FrameReader, walk

__all__ = ["MAX_EXCEPTIONS", "Link", "Report", "build_event", "chain", "describe", "members"]

MAX_EXCEPTIONS = 10
"""Exceptions described of one failure: itself, its causes and the members of groups."""

_EXTRA = Limits(depth=6, width=50, length=4_096, nodes=1_000, total_length=65_536)
_LEVELS: dict[Severity, str] = {"critical": "fatal", "error": "error", "warning": "warning"}


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """What the caller of `capture` says about a failure."""

    severity: Severity
    user_id: str | None
    endpoint: str | None
    method: str | None
    error_type: str | None
    params: Mapping[str, object] | None
    tags: Mapping[str, str]
    extra: Mapping[str, object]


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """One exception of a chain: from which other it was reached, and through what."""

    error: BaseException
    parent: int | None
    source: str

    @property
    def kind(self) -> str:
        """Module and name of the exception's class."""
        return f"{type(self.error).__module__}.{type(self.error).__qualname__}"

    @property
    def explicit(self) -> bool:
        """Whether the code named it as part of the failure, and it did not just happen to be
        handled then.
        """
        return self.source != "__context__"


def describe(error: BaseException) -> str:
    """The message of ``error``, also if its `__str__` raises."""
    try:
        return str(error)
    except Exception as fault:  # noqa: BLE001 - somebody's __str__
        return f"[unreadable: {type(fault).__name__}]"


def members(group: BaseException) -> Sequence[BaseException]:
    """What ``group`` holds; nothing for an exception that is no group."""
    if not isinstance(group, BaseExceptionGroup):
        return ()
    return cast("tuple[BaseException, ...]", group.exceptions)  # pyright: ignore[reportUnknownMemberType]


def chain(error: BaseException) -> list[Link]:
    """``error`` first, then causes, contexts and group members, each once, at most
    :data:`MAX_EXCEPTIONS`.
    """
    links: list[Link] = []
    seen: set[int] = set()
    waiting = [Link(error, None, "")]
    while waiting and len(links) < MAX_EXCEPTIONS:
        link = waiting.pop(0)
        if id(link.error) in seen:
            continue
        seen.add(id(link.error))
        here = len(links)
        links.append(link)
        waiting += [
            Link(member, here, f"exceptions[{index}]")
            for index, member in enumerate(members(link.error))
        ]
        if link.error.__cause__ is not None:
            waiting.append(Link(link.error.__cause__, here, "__cause__"))
        elif link.error.__context__ is not None and not link.error.__suppress_context__:
            waiting.append(Link(link.error.__context__, here, "__context__"))
    return links


def build_event(
    event_id: str,
    error: BaseException | None,
    message: str,
    report: Report,
    scope: Scope,
    redactor: Redactor,
    frames: FrameReader,
) -> dict[str, Json]:
    """The event, without time, fingerprint and installation; ``message`` is redacted already."""
    clean = redactor.text
    known = {
        "error_type": report.error_type,
        "method": report.method,
        "request_id": scope.request_id,
        "job_id": scope.job_id,
    }
    tags: dict[str, Json] = {name: clean(value) for name, value in known.items() if value}
    for name, value in list(report.tags.items())[:50]:
        tags[clean(str(name))[:32]] = clean(str(redactor.value(value, key=name)))[:200]
    event: dict[str, Json] = {
        "event_id": event_id,
        "platform": "python",
        "level": _LEVELS[report.severity],
        "tags": tags,
        "extra": redactor.value(dict(report.extra), limits=_EXTRA),
        "breadcrumbs": {"values": [*(scope.breadcrumbs or ())]},
    }
    if error is None:
        event["logentry"] = {"formatted": message}
    else:
        event["exception"] = {"values": _exceptions(error, redactor, frames)}
    user = report.user_id or scope.user_id
    if user:
        event["user"] = {"id": clean(user)}
    if report.endpoint:
        event["transaction"] = clean(report.endpoint)
    contexts: dict[str, Json] = {}
    if report.endpoint or report.method or report.params:
        contexts["request_details"] = {
            "endpoint": clean(report.endpoint or ""),
            "method": clean(report.method or ""),
            "request_id": clean(scope.request_id or ""),
            "params": redactor.value(dict(report.params or {}), limits=_EXTRA),
        }
    if scope.trace_id and len(scope.trace_id) == 32:
        contexts["trace"] = {
            "type": "trace",
            "trace_id": clean(scope.trace_id),
            "span_id": event_id[:16],
        }
    event["contexts"] = contexts
    return event


def _exceptions(error: BaseException, redactor: Redactor, frames: FrameReader) -> list[Json]:
    described: list[Json] = []
    for index, link in enumerate(chain(error)):
        kind = type(link.error)
        mechanism: dict[str, Json] = {
            "type": "generic" if index == 0 else "chained",
            "handled": True,
        }
        mechanism["exception_id"] = index
        if link.parent is not None:
            mechanism |= {"parent_id": link.parent, "source": link.source}
        if members(link.error):
            mechanism["is_exception_group"] = True
        entry: dict[str, Json] = {
            "type": kind.__qualname__,
            "module": kind.__module__,
            "value": redactor.text(describe(link.error)),
            "mechanism": mechanism,
        }
        steps = walk(link.error.__traceback__)
        if steps:
            entry["stacktrace"] = {"frames": frames.describe(steps)}
        described.append(entry)
    described.reverse()  # the schema wants the oldest cause first
    return described
