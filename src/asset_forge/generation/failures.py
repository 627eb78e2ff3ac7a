"""How a generation can fail, as the exceptions that its steps end with."""

from __future__ import annotations

from typing import Final

from asset_forge.error_types import ErrorType

__all__ = [
    "ELSEWHERE",
    "LATER",
    "PROVIDER_FAULTS",
    "THROTTLED",
    "ErrorType",
    "GenerationCancelled",
    "GenerationFailed",
    "ProviderFailed",
]

THROTTLED: Final = frozenset({ErrorType.RATE_LIMITED, ErrorType.CONCURRENCY_LIMITED})
"""What says that there is too much at the moment, and nothing of the provider's health."""

LATER: Final = frozenset(
    {
        *THROTTLED,
        ErrorType.OVERLOADED,
        ErrorType.UNAVAILABLE,
        ErrorType.DNS,
        ErrorType.TIMEOUT,
    }
)
"""What passes by itself: a request that was refused for it may be sent again."""

ELSEWHERE: Final = frozenset(
    {
        ErrorType.AUTHENTICATION,
        ErrorType.QUOTA_EXHAUSTED,
        ErrorType.OVERLOADED,
        ErrorType.UNAVAILABLE,
        ErrorType.DNS,
        ErrorType.TLS,
        ErrorType.TIMEOUT,
    }
)
"""What another provider may well do. Limits on the rate are waited for, since they pass soon; a
rejected prompt is not taken elsewhere."""

PROVIDER_FAULTS: Final = frozenset(
    {
        *ELSEWHERE,
        *THROTTLED,
        ErrorType.MALFORMED_RESPONSE,
        ErrorType.DOWNLOAD_FAILED,
        ErrorType.OUTCOME_UNKNOWN,
    }
)
"""What says something of a provider's health; a bad request or a rejected prompt does not."""


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


class ProviderFailed(GenerationFailed):
    """A request to a provider failed.

    Attributes:
        definite: The provider has not executed it: it refused it, or never got it. Only then may
            it be sent again, here or elsewhere.
        status: The HTTP status of its answer, None where there was none.
        retry_after: Seconds that it asks to wait.
        resumable: It was a free request, such as a look at a task that is paid for, so that the
            job can go on from where it is, with the same provider and later.
    """

    resumable: bool = False

    def __init__(
        self,
        type: ErrorType,  # noqa: A002
        message: str,
        *,
        definite: bool,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        # A key that is refused is the one fault of these that an operator has to mend.
        super().__init__(type, message, unexpected=type is ErrorType.AUTHENTICATION)
        self.definite = definite
        self.status = status
        self.retry_after = retry_after


class GenerationCancelled(Exception):
    """The job's owner asked for it to end, and a step boundary was reached."""
