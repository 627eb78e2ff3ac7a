"""JSON bodies: what cannot be read is refused with 400, whatever is wrong; the rest is timed."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import ClientException, SerializationException

from asset_forge.observability.tracing import mark


class Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What a request may say: nothing but the fields of the subclass.

    Only requests make one: that it is there tells that its fields are checked.
    """

    def __post_init__(self) -> None:
        """Count the time since the body was decoded as `validate`."""
        mark("validate")


class ApiRequest(Request[Any, Any, Any]):
    """A request whose body, where it is JSON, is read with care."""

    async def json(self) -> Any:
        """Return what the body says.

        Raises:
            ClientException: It is no JSON, no UTF-8, or nested deeper than can be read.
        """
        try:
            body = await super().json()
        except SerializationException as error:
            raise _unreadable(str(error)) from error
        except UnicodeDecodeError as error:
            raise _unreadable(f"it is not UTF-8 (byte {error.start})") from error
        except RecursionError as error:
            raise _unreadable("it is nested too deeply") from error
        mark("parse")
        return body


def _unreadable(reason: str) -> ClientException:
    return ClientException(f"The body is no valid JSON: {reason}")
