"""What can be wrong with a request, in the service's own words; `api/problems.py` maps it to HTTP.

Each message names the field or thing, what is wrong with it and what is allowed, since it is shown
to the caller as it stands.
"""

from __future__ import annotations


class Fault(Exception):
    """A request that cannot be fulfilled for a reason that its sender should read.

    `field` is the name of the request's field (camelCase, as sent), where there is one.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidRequest(Fault):
    """A value is missing, malformed or outside of what is allowed (422)."""


class NotSignedIn(Fault):
    """There is no valid session (401)."""


class NotAllowed(Fault):
    """The session's role does not suffice (403)."""


class NotFound(Fault):
    """There is no such thing, or it is somebody else's (404)."""


class Conflict(Fault):
    """The request contradicts what is already there (409)."""


class TooLarge(Fault):
    """The body is larger than the limit (413)."""


class UnsupportedMedia(Fault):
    """The file is of no type that is stored here, or not of the type that it claims (415)."""


class QuotaExceeded(Fault):
    """The quota of the user, the project or the volume does not hold the file (413 or 507).

    `scope` is user, project or system.
    """

    def __init__(self, message: str, *, scope: str) -> None:
        super().__init__(message)
        self.scope = scope


class TooManyRequests(Fault):
    """A limit on attempts was reached (429); `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(Fault):
    """A part that the request needs does not work at the moment (503); `retry_after` in seconds."""

    def __init__(self, message: str, *, retry_after: float = 5.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after
