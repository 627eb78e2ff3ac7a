"""Captures the exceptions that leave the application, which its own handlers never saw."""

from __future__ import annotations

from asset_forge.observability.errors import ErrorTracker
from asset_forge.observability.http import RequestObserver, RequestRecord

__all__ = ["UnhandledErrors"]


class UnhandledErrors(RequestObserver):
    """Hands to ``tracker`` what a request raised past everything, or after its response.

    That is a response that broke off, background work that failed, a layer around the framework.
    What was captured inside already is not captured again, nor is what a client caused by leaving.
    """

    def __init__(self, tracker: ErrorTracker) -> None:
        self._capture = tracker.capture

    def failed(self, record: RequestRecord, error: BaseException) -> None:
        """Capture what ended the request, unless the client's leaving brought it about."""
        if record.outcome != "client_left":
            self.failed_afterwards(record, error)

    def failed_afterwards(self, record: RequestRecord, error: BaseException) -> None:
        """Capture an exception, unless it is one that ends tasks."""
        if isinstance(error, Exception):
            self._capture(error, endpoint=record.route, method=record.method)
