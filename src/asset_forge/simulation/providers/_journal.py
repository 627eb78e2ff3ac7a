"""What the simulated providers were asked, so that a test can count it."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime

from asset_forge.simulation.providers._faults import Fault, Provider

CLAIM_HEADERS = ("idempotency-key", "x-client-request-id", "x-asset-forge-claim")
"""Where a caller may name the claim that a request belongs to; the first one present counts."""
PROMPT_CHARACTERS = 4000
"""How much of a prompt is kept."""
BODY_CHARACTERS = 16_384
"""The largest JSON body that is kept, as written down."""


@dataclass(slots=True)
class SimulatedRequest:
    """One request as a provider received it; the API key is never kept."""

    number: int
    provider: Provider
    endpoint: str
    method: str
    path: str
    received_at: datetime
    claim: str | None
    """The value of the first of `CLAIM_HEADERS`."""
    prompt: str
    """The text that something was asked to be made from, or empty."""
    body: dict[str, object] = field(repr=False)
    """The JSON body as sent; empty where it has more than `BODY_CHARACTERS`."""
    fault: Fault | None = None
    status: int | None = None
    """What was answered; None while it is under way, or where nothing is ever answered."""
    charged: bool = False
    """Whether the vendor would put it on the bill, answered or not."""


class Journal:
    """The last requests, and counts of all of them; may be read from any thread.

    It keeps `capacity` requests that only read and as many others, so that polling does not drive
    out what was paid for.
    """

    def __init__(self, capacity: int = 10_000) -> None:
        self._lock = threading.Lock()
        self._reads: deque[SimulatedRequest] = deque(maxlen=capacity)
        self._others: deque[SimulatedRequest] = deque(maxlen=capacity)
        self._received = 0
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._under_way: Counter[str] = Counter()
        self._most: Counter[str] = Counter()

    @property
    def received(self) -> int:
        """How many requests there were in all."""
        return self._received

    @property
    def dropped(self) -> int:
        """How many of them are no longer kept."""
        with self._lock:
            return self._received - len(self._reads) - len(self._others)

    def requests(
        self,
        provider: str | None = None,
        *,
        endpoint: str | None = None,
        method: str | None = None,
        charged: bool | None = None,
    ) -> list[SimulatedRequest]:
        """Return the requests that fit, in the order in which they came."""
        with self._lock:
            kept = sorted((*self._reads, *self._others), key=lambda request: request.number)
        return [
            request
            for request in kept
            if provider in (None, request.provider)
            and endpoint in (None, request.endpoint)
            and method in (None, request.method)
            and charged in (None, request.charged)
        ]

    def counts(self) -> dict[str, int]:
        """Return how many requests each `provider method endpoint` had, dropped ones included."""
        with self._lock:
            return {" ".join(key): count for key, count in sorted(self._counts.items())}

    def charged_per_claim(self, provider: str | None = None) -> Counter[str]:
        """Count the requests that went on the bill by claim, or by prompt where none was named."""
        charged = self.requests(provider, charged=True)
        return Counter(request.claim or request.prompt for request in charged)

    def most_at_once(self, provider: str) -> int:
        """Return the largest number of requests that were under way at the same time."""
        with self._lock:
            return self._most[provider]

    def resize(self, capacity: int) -> None:
        """Keep at most this many requests of each kind from now on."""
        with self._lock:
            self._reads = deque(self._reads, maxlen=capacity)
            self._others = deque(self._others, maxlen=capacity)

    def clear(self) -> None:
        """Forget everything but what is under way."""
        with self._lock:
            self._reads.clear()
            self._others.clear()
            self._counts.clear()
            self._received = 0
            self._most = Counter(self._under_way)

    def begin(self, request: SimulatedRequest) -> None:
        """Write down a request that has just been received, and number it."""
        with self._lock:
            self._received += 1
            request.number = self._received
            is_read = request.method in ("GET", "HEAD")
            (self._reads if is_read else self._others).append(request)
            self._counts[request.provider, request.method, request.endpoint] += 1
            self._under_way[request.provider] += 1
            now = self._under_way[request.provider]
            self._most[request.provider] = max(now, self._most[request.provider])

    def end(self, request: SimulatedRequest) -> None:
        """Note that nothing more is done for a request."""
        with self._lock:
            self._under_way[request.provider] -= 1
