"""What SDKs are told in the types of their HTTP library. Imported with them, not before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import httpx2

from asset_forge.generation.providers.connections import KEPT_CONNECTIONS

LIMITS: Final = httpx2.Limits(max_keepalive_connections=KEPT_CONNECTIONS)

ANSWER_BYTES: Final = 64 << 20
"""The largest answer that is read: several times the largest image that is asked for."""


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, request: httpx2.Request) -> None:
        self._stream = stream
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > ANSWER_BYTES:
                raise httpx2.DecodingError(
                    f"the answer is larger than {ANSWER_BYTES} bytes", request=self._request
                )
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def bound(response: httpx2.Response) -> None:
    """Let the reading of an answer fail beyond the bound; a hook for responses."""
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream, response.request)
