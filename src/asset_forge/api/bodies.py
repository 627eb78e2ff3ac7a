"""JSON bodies: what cannot be read is refused with 400, whatever is wrong with it."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.exceptions import ClientException, SerializationException


class ApiRequest(Request[Any, Any, Any]):
    """A request whose body, where it is JSON, is read with care."""

    async def json(self) -> Any:
        """Return what the body says.

        Raises:
            ClientException: It is no JSON, no UTF-8, or nested deeper than can be read.
        """
        try:
            return await super().json()
        except SerializationException as error:
            raise _unreadable(str(error)) from error
        except UnicodeDecodeError as error:
            raise _unreadable(f"it is not UTF-8 (byte {error.start})") from error
        except RecursionError as error:
            raise _unreadable("it is nested too deeply") from error


def _unreadable(reason: str) -> ClientException:
    return ClientException(f"The body is no valid JSON: {reason}")
