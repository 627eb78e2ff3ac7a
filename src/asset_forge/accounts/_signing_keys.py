"""Keys that an identity provider signs its tokens with: one that is set up, or the ones it lists.

A listing is a JSON Web Key Set (RFC 7517), fetched over HTTP and kept for a while.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Protocol

import httpx
import msgspec

from asset_forge.faults import Unavailable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

ALGORITHM: Final = "ES256"
"""ECDSA on the curve P-256 with SHA-256; no other algorithm is ever accepted."""

_FRESH_SECONDS: Final = 600.0
_STALE_SECONDS: Final = 3600.0
"""For so long the keys fetched last are used while the provider does not answer."""
_AGAIN_SECONDS: Final = 30.0
"""The least time between two fetches: tokens with invented key ids must not cause one each."""
_FETCH_SECONDS: Final = 3.0
_LIMIT_BYTES: Final = 64 * 1024
_LIMIT_KEYS: Final = 32

_log = logging.getLogger(__name__)


class UnknownKey(Exception):
    """The provider signs with no key of this id."""


class SigningKeys(Protocol):
    """Finds the key that a token says it was signed with."""

    async def find(self, key_id: str | None) -> EllipticCurvePublicKey:
        """Return the key of an id.

        Raises:
            UnknownKey: There is none.
            Unavailable: The provider does not say.
        """
        ...


class FixedKey:
    """One key for all tokens, whatever id they name."""

    def __init__(self, key: EllipticCurvePublicKey) -> None:
        self._key = key

    async def find(self, key_id: str | None) -> EllipticCurvePublicKey:
        """Return the key."""
        return self._key


class PublishedKeys:
    """The keys that a provider lists at a URL.

    They are fetched when the first token comes, every ten minutes while tokens come, and when one
    names an unknown key: one fetch at a time, of at most 64 KiB, for at most three seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._url = url
        self._transport = transport
        self._clock = clock
        self._keys: dict[str, EllipticCurvePublicKey] = {}
        self._fetched_at = self._asked_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def find(self, key_id: str | None) -> EllipticCurvePublicKey:
        """Return the key of an id, as the provider lists it.

        Raises:
            UnknownKey: It lists none of that id.
            Unavailable: It does not answer, and what is known of its keys does not suffice.
        """
        if self._age() > _FRESH_SECONDS or key_id not in self._keys:
            await self._refresh()
        key = self._keys.get(key_id or "")
        if key is not None and self._age() <= _STALE_SECONDS:
            return key
        if self._fetched_at < self._asked_at:
            raise Unavailable(
                "The sign-in provider does not answer, so that its token cannot be checked; try "
                "again in a moment"
            )
        raise UnknownKey

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    async def _refresh(self) -> None:
        async with self._fetching:
            if self._clock() - self._asked_at < _AGAIN_SECONDS:
                return
            self._asked_at = self._clock()
            try:
                async with asyncio.timeout(_FETCH_SECONDS):
                    self._keys = _read_keys(await self._fetch())
            except (httpx.HTTPError, TimeoutError, ValueError) as error:
                said = str(error) or type(error).__name__
                _log.warning("cannot fetch the keys of the sign-in provider: %s", said)
            else:
                self._fetched_at = self._asked_at

    async def _fetch(self) -> bytes:
        async with (
            httpx.AsyncClient(transport=self._transport, timeout=_FETCH_SECONDS) as client,
            client.stream("GET", self._url, headers={"accept": "application/json"}) as answer,
        ):
            answer.raise_for_status()
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _LIMIT_BYTES:
                    raise ValueError(f"the answer has more than {_LIMIT_BYTES} bytes")
            return bytes(body)


class _KeySet(msgspec.Struct):
    keys: list[dict[str, Any]]


def _read_keys(document: bytes) -> dict[str, EllipticCurvePublicKey]:
    """Return the keys for ES256 in a key set, by their ids; others are left out.

    Raises:
        ValueError: It is no key set, or has no such key.
    """
    listed = msgspec.json.decode(document, type=_KeySet).keys
    import jwt  # slow to import, and needed only for this
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    found: dict[str, EllipticCurvePublicKey] = {}
    for entry in listed[:_LIMIT_KEYS]:
        try:
            key = jwt.PyJWK(entry, algorithm=ALGORITHM).key
        except (jwt.PyJWTError, AttributeError, TypeError, KeyError, ValueError):
            continue
        if isinstance(key, EllipticCurvePublicKey) and isinstance(entry.get("kid"), str):
            found[entry["kid"]] = key
    if not found:
        raise ValueError("the answer has no key for ES256")
    return found
