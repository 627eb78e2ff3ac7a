"""Captures failures, each once, and hands them to the sinks."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from asset_forge.observability import context
from asset_forge.observability.redaction import Json, Limits, Redactor

from ._database import LIMIT_SECONDS
from ._declarations import SEVERITIES, CounterFamily, Severity
from ._event import Report, build_event, chain, describe, members
from ._fingerprint import fingerprint
from ._frames import FrameReader, walk
from ._limit import EventLimit
from ._model import Occurrence
from ._sentry import SentrySink
from ._store import ErrorStore
from ._tally import Sample

__all__ = ["BreadcrumbLevel", "ErrorTracker"]

BreadcrumbLevel = Literal["debug", "info", "warning", "error", "critical"]

_MARK = (
    "_asset_forge_captured"  # on the exception object: the fingerprint under which it was captured
)
_MAX_MEMBERS = 1_000
_BREADCRUMB = Limits(depth=4, width=20, length=512, nodes=60, total_length=4_096)


class ErrorTracker:
    """The one place where failures are reported: ``capture`` them where they are handled, or where
    nothing else did.

        try:
            ...
        except ProviderError as error:
            tracker.capture(error, user_id=user.id, endpoint="/api/assets", method="POST",
                            error_type="asset_generation_failed", severity="error",
                            tags={"asset_type": "character"}, extra={"params": params})

    ``store`` always gets every failure, ``sentry`` (if there is one) its event; both get at most
    the store's ``events_per_minute`` events of one fingerprint in a minute, from all processes that
    share the store's file together, and its count shows the rest. Everything is redacted before it
    leaves this class. ``captured`` is the family of :data:`ERRORS_CAPTURED`, ``dropped`` that of
    :data:`TELEMETRY_DROPPED`. ``in_app`` names the packages that are the application's own when
    they are installed among libraries.

    No method raises because of what it is given, nor waits for disk or network.
    """

    def __init__(
        self,
        *,
        store: ErrorStore,
        redactor: Redactor,
        sentry: SentrySink | None = None,
        captured: CounterFamily | None = None,
        dropped: CounterFamily | None = None,
        environment: str = "development",
        release: str | None = None,
        server_name: str | None = None,
        in_app: tuple[str, ...] = (),
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self._store = store
        self._redactor = redactor
        self._sentry = sentry
        self._counters = (
            {name: captured.labels(name) for name in SEVERITIES} if captured is not None else {}
        )
        self._dropped = dropped.labels("errors") if dropped is not None else None
        if self._dropped is not None and store.on_lost is None:
            store.on_lost = self._dropped.inc
        if dropped is not None and sentry is not None and sentry.on_lost is None:
            sentry.on_lost = dropped.labels("sentry").inc
        store.on_decided = self._decided
        self._installation: dict[str, Json] = {
            name: redactor.text(value)
            for name, value in (
                ("environment", environment),
                ("release", release),
                ("server_name", server_name),
            )
            if value
        }
        self._frames = FrameReader(redactor, in_app)
        self._limit = EventLimit(store.events_per_minute, LIMIT_SECONDS)
        self._clock = clock
        self._new_id = new_id
        self._mark_lock = threading.Lock()

    @property
    def store(self) -> ErrorStore:
        """The local store, to list and resolve groups."""
        return self._store

    def capture(
        self,
        error: BaseException | str,
        *,
        user_id: str | None = None,
        endpoint: str | None = None,
        method: str | None = None,
        error_type: str | None = None,
        severity: Severity = "error",
        params: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> str:
        """Report ``error`` (an exception, or a sentence where there is none) and return its
        fingerprint.

        An exception that was captured before, also by another layer or as the only content of a
        group, is not captured again. ``endpoint`` is the route's template, ``error_type`` a
        constant that tells faults of one exception class apart; user, request, trace and job are
        taken from the open scope where they are not given.
        """
        if severity not in SEVERITIES:  # misspelled in untyped code: no reason to lose the failure
            severity = "error"
        report = Report(
            severity, user_id, endpoint, method, error_type, params, tags or {}, extra or {}
        )
        try:
            return self._capture(error, report)
        except Exception:  # noqa: BLE001 - reporting a failure must not cause another; the loss is counted
            if self._dropped is not None:
                self._dropped.inc()
            return ""

    def add_breadcrumb(
        self,
        message: str,
        *,
        category: str = "default",
        level: BreadcrumbLevel = "info",
        data: Mapping[str, object] | None = None,
    ) -> None:
        """Note a step on the way; events captured later in the same scope, or in its tasks, carry
        the last fifty.
        """
        clean = self._redactor.value(message)
        crumb: dict[str, Json] = {
            "timestamp": self._clock(),
            "type": "default",
            "category": self._redactor.text(category),
            "level": "fatal" if level == "critical" else level,
            "message": clean if isinstance(clean, str) else repr(clean),
        }
        if data:
            crumb["data"] = self._redactor.value(data, limits=_BREADCRUMB)
        context.assign().trail().append(crumb)

    def flush(self, timeout: float = 2.0) -> None:
        """Wait up to ``timeout`` seconds for each sink to take what was captured."""
        self._store.flush(timeout)
        if self._sentry is not None:
            self._sentry.flush(timeout)

    def close(self, timeout: float = 2.0) -> None:
        """Give each sink up to ``timeout`` seconds to take what was captured, and close it; the
        rest is counted as lost.
        """
        self._store.close(timeout)
        if self._sentry is not None:
            self._sentry.close(timeout)

    def _capture(self, error: BaseException | str, report: Report) -> str:
        raised = error if isinstance(error, BaseException) else None
        message = self._redactor.text(describe(raised) if raised is not None else str(error))
        places = self._frames.places(walk(raised.__traceback__)) if raised is not None else []
        kinds = (
            [link.kind for link in chain(raised) if link.explicit]
            if raised is not None
            else ["message"]
        )
        found = fingerprint(kinds, places, message, report.error_type)
        if raised is not None:
            before = self._mark(raised, found)
            if before is not None:
                return before
        counter = self._counters.get(report.severity)
        if counter is not None:
            counter.inc()
        now = self._clock()
        left_out = self._limit.admit(found, now)
        event = (
            None if left_out is None else self._event(raised, message, report, found, now, left_out)
        )
        self._store.record(
            Occurrence(
                fingerprint=found,
                type=type(raised).__qualname__ if raised is not None else "Message",
                message=message[:500],
                culprit=places[-1] if places else self._redactor.text(report.endpoint or ""),
                severity=report.severity,
                error_type=report.error_type,
                seen_at=now,
                event=event,
                left_out=left_out or 0,
            )
        )
        return found

    def _decided(self, sample: Sample, kept: bool) -> None:
        """Send what the store keeps; called in the store's thread, since other processes count."""
        if not kept:
            self._limit.leave_out(sample.fingerprint, sample.left_out)
        elif self._sentry is not None:
            event: dict[str, Json] = msgspec.json.decode(sample.event)
            self._sentry.send(event)

    def _mark(self, error: BaseException, found: str) -> str | None:
        """Claim ``error``: the fingerprint under which another layer captured it, or ``None`` if
        this one is first.
        """
        with self._mark_lock:
            before = _captured(error)
            if before is None:
                BaseException.__setattr__(error, _MARK, found)
        return before

    def _event(
        self,
        error: BaseException | None,
        message: str,
        report: Report,
        found: str,
        now: float,
        left_out: int,
    ) -> dict[str, Json]:
        event = build_event(
            self._new_id(), error, message, report, context.current(), self._redactor, self._frames
        )
        event |= {"timestamp": now, "fingerprint": [found], **self._installation}
        tags = event["tags"]
        if left_out and isinstance(tags, dict):
            tags["left_out_before"] = str(left_out)
        return event


def _captured(error: BaseException) -> str | None:
    """The fingerprint under which ``error``, or all of the group that it is, was captured."""
    found: str | None = None
    waiting: list[BaseException] = [error]
    for _ in range(_MAX_MEMBERS):
        if not waiting:
            return found
        member = waiting.pop()
        mark: object = member.__dict__.get(_MARK)
        if isinstance(mark, str):
            found = mark
        elif held := members(member):
            waiting += held
        else:
            return None
    return None
