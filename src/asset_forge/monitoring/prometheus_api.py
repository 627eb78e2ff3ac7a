"""Questions to a Prometheus server over its HTTP API, each with a time limit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

import msgspec

if TYPE_CHECKING:  # imported when it is first needed: a seventh of a second of every start
    import httpx

T = TypeVar("T")

TIMEOUT_SECONDS: Final = 3.0
_SHOWN_CHARACTERS: Final = 200


class PrometheusError(Exception):
    """Prometheus does not answer, or not as one; the text says what happened, without secrets."""


class Point(msgspec.Struct, frozen=True):
    """A series of an instant vector: its labels, and (Unix seconds, value as text)."""

    metric: dict[str, str]
    value: tuple[float, str]

    @property
    def number(self) -> float:
        """The value; Prometheus writes `NaN`, `+Inf` and `-Inf` as text too."""
        return float(self.value[1])


class _Answer(msgspec.Struct):
    status: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""


class _Vector(msgspec.Struct, rename="camel"):
    result_type: str
    result: list[Point]


def shown_url(url: str) -> str:
    """Return a URL as it may be shown: without credentials, query and fragment."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))


class Prometheus:
    """One Prometheus server, by its base URL; `timeout_seconds` bounds each question as a whole."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self.shown = shown_url(url)
        self._url = url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._client: httpx.AsyncClient | None = None

    async def query(self, expression: str) -> list[Point]:
        """Evaluate an expression that gives an instant vector.

        Raises:
            PrometheusError: There is no answer in time, or another one.
        """
        return (await self.read("query", _Vector, query=expression)).result

    async def read(self, path: str, kind: type[T], **parameters: str) -> T:
        """Return the `data` of `/api/v1/{path}`.

        Raises:
            PrometheusError: There is no answer in time, or another one.
        """
        body = await self._get(f"{self._url}/api/v1/{path}", parameters)
        try:
            answer = msgspec.json.decode(body, type=_Answer)
            if answer.status != "success":
                said = answer.error[:_SHOWN_CHARACTERS]
                raise PrometheusError(f"Prometheus at {self.shown} refuses {path}: {said}")
            return msgspec.json.decode(answer.data, type=kind)
        except msgspec.DecodeError as error:
            raise PrometheusError(
                f"{self.shown} does not answer as Prometheus does ({path}: {error})"
            ) from None

    async def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _get(self, url: str, parameters: dict[str, str]) -> bytes:
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._timeout_seconds, trust_env=False)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._client.get(url, params=parameters)
        except (TimeoutError, httpx.TimeoutException):
            raise PrometheusError(
                f"Prometheus at {self.shown} did not answer within {self._timeout_seconds:g} s"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PrometheusError(
                f"Prometheus at {self.shown} cannot be reached ({error or type(error).__name__})"
            ) from None
        if response.status_code in (401, 403):
            raise PrometheusError(
                f"Prometheus at {self.shown} asks for credentials ({response.status_code}); "
                "write them into its URL"
            )
        return response.content
