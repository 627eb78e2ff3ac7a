"""Headers that each request to a provider carries: the trace, and the claim that it belongs to.

A hook for the HTTP clients of httpx and httpx2, which the vendors' SDKs take as `http_client`.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

from asset_forge.observability.tracing import current_traceparent

claim: ContextVar[str] = ContextVar("claim", default="")
"""Names the paid request that is being sent; empty for a free one."""


class _Headers(Protocol):
    def __setitem__(self, name: str, value: str) -> None: ...


class _Request(Protocol):
    @property
    def headers(self) -> _Headers: ...


async def mark_request(request: _Request) -> None:
    """Add `traceparent`, and `X-Client-Request-Id`, by which a vendor's support finds a request.

    None of the vendors promises to execute requests of the same id once; that is what claims are
    for.
    """
    if traceparent := current_traceparent():
        request.headers["traceparent"] = traceparent
    if name := claim.get():
        request.headers["X-Client-Request-Id"] = name
