"""A form with one file, read as it comes in: no part of the file is held back in memory."""

# `multipart` is untyped wherever python-multipart, which takes the same name, is installed too.
# pyright: reportAttributeAccessIssue=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Collection
from typing import Any, Final

from litestar import Request
from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from asset_forge.faults import InvalidRequest, TooLarge

FIELD_LIMIT: Final = 64 * 1024
"""Bytes of one text field: enough for the longest description."""

PARTS_LIMIT: Final = 64
OVERHEAD: Final = 1024 * 1024
"""Bytes that a body may have beside the file: fields, headers and boundaries."""

_Event = MultipartSegment | bytes | bytearray | None


class ClientLeft(Exception):
    """The client closed the connection before its body had come; nobody waits for an answer."""


async def body_of(request: Request[Any, Any, Any], *, limit: int) -> AsyncIterator[bytes]:
    """Yield a request's body as it comes in.

    Raises:
        TooLarge: It has more bytes than the limit, or says so beforehand.
        ClientLeft: The connection was closed before the end.
    """
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and len(announced) < 20 and int(announced) > limit:
        raise _too_large(limit)
    size, more = 0, True
    while more:
        message = await request.receive()
        if message["type"] != "http.request":
            raise ClientLeft
        chunk = message["body"]
        more = message["more_body"]
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        if chunk:
            yield chunk


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The body has more than {limit} bytes, which is what one upload may have "
        "(MAX_UPLOAD_BYTES, and a mebibyte for the form). Send a smaller file"
    )


class UploadForm:
    """A `multipart/form-data` body with text fields and one file, in any order.

    First `open_file`, then all of `chunks`, then `read_fields`.
    """

    def __init__(
        self,
        body: AsyncIterator[bytes],
        content_type: str,
        *,
        file_field: str,
        fields: Collection[str],
    ) -> None:
        self._file_field = file_field
        self._allowed = fields
        self._values: dict[str, list[str]] = {}
        self._events = self._parse(body, _boundary(content_type))
        self.filename = ""
        self.content_type = ""

    async def open_file(self) -> None:
        """Read up to the file's first byte.

        Raises:
            InvalidRequest: The form is malformed, has an unknown field or no file.
        """
        if not await self._next_file():
            raise InvalidRequest(
                f"is missing; send the file as the form's part {self._file_field!r}",
                field=self._file_field,
            )

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the file's bytes."""
        async for event in self._events:
            if event is None:
                return
            yield bytes(_data(event))

    async def read_fields(self) -> dict[str, list[str]]:
        """Read to the end of the form and return the text fields with their values.

        Raises:
            InvalidRequest: The form is malformed, cut short, or has an unknown field or a second
                file.
        """
        if await self._next_file():
            raise InvalidRequest("is there twice; send one file at a time", field=self._file_field)
        return self._values

    async def _next_file(self) -> bool:
        async for event in self._events:
            if event is None or isinstance(event, bytes | bytearray):
                continue
            name = event.name or ""
            if name == self._file_field:
                self.filename = str(event.filename or "")
                self.content_type = str(event.content_type or "")
                return True
            if name not in self._allowed:
                allowed = ", ".join([self._file_field, *sorted(self._allowed)])
                raise InvalidRequest(
                    f"is no field of this form; its fields are {allowed}",
                    field=name[:100] or "form",
                )
            self._values.setdefault(name, []).append(await self._text(name))
        return False

    async def _text(self, name: str) -> str:
        data = bytearray()
        async for event in self._events:
            if event is None:
                break
            data += _data(event)
            if len(data) > FIELD_LIMIT:
                raise InvalidRequest(f"has more than {FIELD_LIMIT} bytes", field=name)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            raise InvalidRequest("is not UTF-8", field=name) from None

    async def _parse(
        self, body: AsyncIterator[bytes], boundary: str
    ) -> AsyncGenerator[_Event, None]:
        try:
            with PushMultipartParser(boundary, max_segment_count=PARTS_LIMIT) as parser:
                async for chunk in body:
                    if parser.closed:
                        continue
                    for event in parser.parse(chunk):
                        yield event
        except MultipartError as error:
            raise InvalidRequest(
                f"The form is malformed or cut short ({error}). Send a whole multipart/form-data "
                f"body of at most {PARTS_LIMIT} parts, whose boundary is that of its Content-Type"
            ) from error


def _boundary(content_type: str) -> str:
    _, options = parse_options_header(content_type)
    boundary = options.get("boundary", "")
    if not 1 <= len(boundary) <= 70 or not boundary.isascii() or "\n" in boundary:
        raise InvalidRequest(
            "has no usable boundary; send multipart/form-data; boundary=… of 1 to 70 characters",
            field="Content-Type",
        )
    return boundary


def _data(event: _Event) -> bytes | bytearray:
    if not isinstance(event, bytes | bytearray):
        raise TypeError(f"bytes of a part were expected, not {event!r}")
    return event
