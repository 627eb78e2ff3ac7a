"""Error tracking: captured once, grouped by fault, free of secrets, kept here and sent to Sentry
where configured.
 store = ErrorStore(data_dir / "errors.db") tracker = ErrorTracker(store=store, redactor=redactor,
sentry=sentry_sink(dsn, environment="production")) tracker.add_breadcrumb("starting generation",
category="generation", data={"asset_type": "prop"}) tracker.capture(error,
endpoint="/api/generation", method="POST", severity="error") tracker.close()
"""

from __future__ import annotations

from ._declarations import (
    ERRORS_CAPTURED,
    SEVERITIES,
    TELEMETRY_DROPPED,
    Counter,
    CounterFamily,
    Severity,
)
from ._fingerprint import fingerprint, normalize
from ._model import ErrorDetails, ErrorGroup, ErrorPage, GroupStatus, Occurrence
from ._sentry import SentrySink, check_dsn, sentry_sink
from ._store import ErrorStore
from ._tracker import BreadcrumbLevel, ErrorTracker
from ._unhandled import capture_unhandled

__all__ = [
    "ERRORS_CAPTURED",
    "SEVERITIES",
    "TELEMETRY_DROPPED",
    "BreadcrumbLevel",
    "Counter",
    "CounterFamily",
    "ErrorDetails",
    "ErrorGroup",
    "ErrorPage",
    "ErrorStore",
    "ErrorTracker",
    "GroupStatus",
    "Occurrence",
    "SentrySink",
    "Severity",
    "capture_unhandled",
    "check_dsn",
    "fingerprint",
    "normalize",
    "sentry_sink",
]
