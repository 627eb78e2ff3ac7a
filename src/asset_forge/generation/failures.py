"""How a generation can fail: the closed set of error types, and the exception that carries one."""

from __future__ import annotations

from enum import StrEnum


class ErrorType(StrEnum):
    """Why a generation or a provider call failed; the `error_type` label and `error.type`."""

    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    CONCURRENCY_LIMITED = "concurrency_limited"
    QUOTA_EXHAUSTED = "quota_exhausted"
    OVERLOADED = "overloaded"
    AUTHENTICATION = "authentication"
    INVALID_REQUEST = "invalid_request"
    CONTENT_REJECTED = "content_rejected"
    MALFORMED_RESPONSE = "malformed_response"
    DOWNLOAD_FAILED = "download_failed"
    UNAVAILABLE = "unavailable"
    DNS = "dns"
    TLS = "tls"
    OUTCOME_UNKNOWN = "outcome_unknown"
    STORAGE_FULL = "storage_full"
    STORAGE_UNAVAILABLE = "storage_unavailable"
    POISONED = "poisoned"
    INTERNAL = "internal"


class GenerationFailed(Exception):
    """A step ended without a result. The message is shown to the job's owner: no secrets in it.

    `unexpected` marks a fault of the service's own side that its operators should see as an error
    event; a rejected prompt or a full quota is none.
    """

    def __init__(self, type: ErrorType, message: str, *, unexpected: bool = False) -> None:  # noqa: A002
        super().__init__(message)
        self.type = type
        self.message = message
        self.unexpected = unexpected


class GenerationCancelled(Exception):
    """The job's owner asked for it to end, and a step boundary was reached."""
