"""When a request to a provider is sent again, and how long is waited before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from asset_forge.error_types import ErrorType
from asset_forge.generation.failures import LATER, GenerationFailed, ProviderFailed

_READ_AGAIN = LATER | {ErrorType.MALFORMED_RESPONSE, ErrorType.DOWNLOAD_FAILED}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `retries` repetitions, each after a random part of a wait that doubles.

    A `Retry-After` is obeyed where it is no longer than `longest_wait_seconds`; beyond that the
    request is given up, so that its job can wait in the queue and not in a worker.
    `finds_seconds` are the waits before each look for a task of which it is not known whether it
    arrived, since a provider may list it with a delay.
    """

    retries: int = 3
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 10.0
    finds_seconds: tuple[float, ...] = (0.0, 2.0, 8.0, 20.0)

    def wait(
        self,
        failure: GenerationFailed,
        attempt: int,
        *,
        free: bool,
        random: Callable[[], float],
    ) -> float | None:
        """Return the seconds to wait after the failure of the attempt (from 1), None to give up.

        A `free` request changes nothing, so that it may be repeated whatever became of it.
        """
        if attempt > self.retries or not isinstance(failure, ProviderFailed):
            return None
        if failure.type not in (_READ_AGAIN if free else LATER):
            return None
        if not (failure.definite or free):
            return None
        if failure.retry_after is not None:
            # A little later than asked for, and not at the same moment as everybody else.
            wait = failure.retry_after + random() * self.first_wait_seconds
            return wait if wait <= self.longest_wait_seconds else None
        most = min(self.first_wait_seconds * 2.0**attempt, self.longest_wait_seconds)
        return most * (0.5 + 0.5 * random())
