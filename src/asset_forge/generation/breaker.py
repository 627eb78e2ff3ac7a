"""A circuit breaker for each provider: who keeps failing is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import Final

from asset_forge.error_types import ErrorType
from asset_forge.generation.failures import PROVIDER_FAULTS, ProviderFailed

FAILURES_TO_OPEN: Final = 5
"""Operations in a row that fail before the provider is left alone."""

LONGEST_FACTOR: Final = 10
"""How many times its first time a breaker that opens again and again stays open at most."""

LONGEST_PAUSE_SECONDS: Final = 900.0
"""The longest that a `Retry-After` is followed before the provider is asked again."""

_CALLERS: Final = frozenset({ErrorType.INVALID_REQUEST, ErrorType.CONTENT_REJECTED})
_AT_ONCE: Final = frozenset({ErrorType.AUTHENTICATION, ErrorType.QUOTA_EXHAUSTED})
_UNCOUNTED: Final = frozenset(
    {ErrorType.OUTCOME_UNKNOWN, ErrorType.RATE_LIMITED, ErrorType.CONCURRENCY_LIMITED}
)


class State(Enum):
    """Whether operations are let through; the value is what the metric shows."""

    CLOSED = 0.0
    HALF_OPEN = 0.5
    OPEN = 1.0


class CircuitBreaker:
    """Closed until a provider fails five times in a row, then open, then half-open for one trial.

    A refused key or an empty account opens it at once and for long. A `Retry-After` closes the way
    for as long as it says. Rejected prompts and bad requests are the caller's and change nothing.
    One event loop may use it.
    """

    def __init__(
        self,
        provider: str,
        *,
        open_seconds: float,
        on_change: Callable[[State, ErrorType | None], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provider = provider
        self._open_seconds = open_seconds
        self._on_change = on_change
        self._now = now
        self._failures = 0
        self._times_opened = 0
        self._open_until = 0.0
        self._reason: ErrorType | None = None
        self._asked_for = False  # whether the provider said for how long
        self._trial_until = 0.0
        self._told = State.CLOSED

    @property
    def state(self) -> State:
        """Whether the next operation would be let through."""
        if self._reason is None:
            return State.CLOSED
        return State.OPEN if self._now() < self._open_until else State.HALF_OPEN

    @property
    def reason(self) -> ErrorType | None:
        """The failure that opened it; None while it is closed."""
        return self._reason

    def admit(self) -> None:
        """Let an operation through, or refuse it; half-open lets one at a time through.

        Raises:
            ProviderFailed: The breaker is open; nothing was sent. It has a `retry_after` where the
                provider asked for the pause.
        """
        state, now = self.state, self._now()
        self._tell(state)
        if state is State.CLOSED:
            return
        if state is State.HALF_OPEN and now >= self._trial_until:
            self._trial_until = now + self._open_seconds
            return
        wait = max(self._open_until - now, self._trial_until - now, 0.1)
        assert self._reason is not None  # noqa: S101 - as the state says
        failure = ProviderFailed(
            self._reason,
            f"{self._provider} is left alone for {wait:.0f} more seconds after it failed "
            f"({self._reason.value})",
            definite=True,
            # Only what throttles is waited for: during an outage jobs fail, and that is seen.
            retry_after=wait if self._asked_for else None,
        )
        failure.unexpected = False  # what opened it was reported
        raise failure

    def succeeded(self) -> None:
        """Close it."""
        self._failures = self._times_opened = 0
        self._reason = None
        self._trial_until = 0.0
        self._tell(State.CLOSED)

    def left(self) -> None:
        """Take note that an operation ended without telling anything, as one that was cancelled."""
        self._trial_until = 0.0

    def failed(self, failure: BaseException) -> None:
        """Take note of a failed operation, and open the breaker where it is time to."""
        type_ = getattr(failure, "type", None)
        self._trial_until = 0.0
        if type_ in _CALLERS:
            self.succeeded()
        if not isinstance(type_, ErrorType) or type_ not in PROVIDER_FAULTS:
            return
        if isinstance(failure, ProviderFailed) and failure.retry_after:
            self._open(type_, min(failure.retry_after, LONGEST_PAUSE_SECONDS), asked_for=True)
            return
        if type_ in _UNCOUNTED:
            return
        self._failures += 1
        if type_ in _AT_ONCE:
            self._open(type_, self._open_seconds * LONGEST_FACTOR)
        elif self._failures >= FAILURES_TO_OPEN:
            factor = min(2**self._times_opened, LONGEST_FACTOR)
            self._times_opened += 1
            self._open(type_, self._open_seconds * factor)

    def _open(self, reason: ErrorType, seconds: float, *, asked_for: bool = False) -> None:
        self._reason = reason
        self._asked_for = asked_for
        self._open_until = max(self._open_until, self._now() + seconds)
        self._tell(State.OPEN)

    def _tell(self, state: State) -> None:
        if state is not self._told:
            self._told = state
            self._on_change(state, self._reason)
