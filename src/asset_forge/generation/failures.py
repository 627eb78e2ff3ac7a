"""How a generation can fail, as the exceptions that its steps end with."""

from __future__ import annotations

from asset_forge.error_types import ErrorType


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
