"""Files fetched from where a provider says they are: streamed into the storage and checked."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, Final

from asset_forge import faults
from asset_forge.assets import FileType, GeneratedAssets, Inspector, StagedFile
from asset_forge.error_types import ErrorType
from asset_forge.generation.failures import ProviderFailed
from asset_forge.generation.providers.connections import KEPT_CONNECTIONS
from asset_forge.storage import DamagedObject

if TYPE_CHECKING:
    import httpx

LARGEST_BYTES: Final = 1 << 30
"""The largest file that is taken from a provider; what claims to be larger is a mistake."""

_CONNECT_SECONDS: Final = 10.0
_SILENT_SECONDS: Final = 30.0
_REDIRECTS: Final = 3
_MD5 = re.compile(r"[0-9a-f]{32}")


class Downloads:
    """Downloads with no key: the addresses are the provider's, signed, and may be anybody's."""

    def __init__(self, assets: GeneratedAssets) -> None:
        self._assets = assets
        self._client: httpx.AsyncClient | None = None

    async def fetch(self, url: str, file_type: str, *, generation_id: str, run: int) -> StagedFile:
        """Download one file into the storage, under the key of the job's run.

        Raises:
            ProviderFailed: download_failed: the file is not there, is cut short, differs from the
                length or hash that came with it, or is of another format.
            Exception: httpx's own, of a connection that failed.
        """
        if not re.match(r"https?://", url):
            raise _failed("the provider gave no address that a file can be fetched from")
        async with self._open().stream("GET", url) as response:
            if response.status_code != 200:
                await response.aread()
                raise _failed(
                    f"the server answered {response.status_code}", status=response.status_code
                )
            checked = _Checked(response, file_type)
            try:
                staged = await self._assets.stage(
                    generation_id,
                    checked.chunks(),
                    run=run,
                    expected_length=_length(response),
                )
            except DamagedObject as error:
                raise _failed(str(error)) from error
        return staged

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            import httpx

            self._client = httpx.AsyncClient(
                timeout=httpx.Timeout(_SILENT_SECONDS, connect=_CONNECT_SECONDS),
                follow_redirects=True,
                max_redirects=_REDIRECTS,
                limits=httpx.Limits(max_keepalive_connections=KEPT_CONNECTIONS),
                # Compressed transfers have no length to be checked against.
                headers={"Accept-Encoding": "identity"},
            )
        return self._client


class _Checked:
    """The chunks of one answer, whose end is reached only if the whole file is what it should be.

    The check comes before the last chunk is handed on: the storage publishes what has ended.
    """

    def __init__(self, response: httpx.Response, file_type: str) -> None:
        self._response = response
        self._file_type = file_type
        self._inspector = Inspector()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._size = 0

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield the file's bytes."""
        async for chunk in self._raw():
            self._size += len(chunk)
            if self._size > LARGEST_BYTES:
                raise _failed(f"it is larger than {LARGEST_BYTES} bytes")
            self._md5.update(chunk)
            self._inspector.feed(chunk)
            yield chunk
        self._check()

    async def _raw(self) -> AsyncIterator[bytes]:
        async for chunk in self._response.aiter_raw(64 * 1024):
            yield chunk

    def _check(self) -> None:
        length = _length(self._response)
        if length is not None and self._size != length:
            raise _failed(f"it was cut short: {self._size} of {length} bytes came")
        if (announced := _md5_of(self._response)) and announced != self._md5.hexdigest():
            raise _failed("its bytes have another hash than the server says")
        try:
            found = self._inspector.finish().file_type
        except faults.Fault as fault:
            raise _failed(f"the file {fault.message}") from fault
        if found is not FileType(self._file_type):
            raise _failed(f"it is of the type {found.value}, and not {self._file_type}")


def _length(response: httpx.Response) -> int | None:
    text = response.headers.get("content-length", "")
    return int(text) if text.isdigit() else None


def _md5_of(response: httpx.Response) -> str | None:
    """Return the MD5 that a server names: `Content-MD5`, or S3's ETag of a file put in one part."""
    if text := response.headers.get("content-md5"):
        try:
            digest = base64.b64decode(text, validate=True)
        except ValueError:
            return None
        return digest.hex() if len(digest) == 16 else None
    tag = response.headers.get("etag", "").strip('"').lower()
    of_s3 = "x-amz-request-id" in response.headers
    return tag if of_s3 and _MD5.fullmatch(tag) else None


def _failed(why: str, *, status: int | None = None) -> ProviderFailed:
    return ProviderFailed(
        ErrorType.DOWNLOAD_FAILED,
        f"The finished file could not be downloaded: {why}",
        definite=False,
        status=status,
    )
