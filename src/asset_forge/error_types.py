"""Why generations and provider calls fail: one closed set for records, metrics and alerts."""

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
