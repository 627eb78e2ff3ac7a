"""Which media types a request's body may have, checked before it is read."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request

from asset_forge import faults

_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})

MULTIPART: Final = {"media_type": "multipart/form-data"}
"""`opt` of a route that takes a form with files instead of JSON."""


async def check_media_type(request: Request[Any, Any, Any]) -> None:
    """Refuse a body that is not of the route's media type, JSON unless its `opt` says otherwise.

    Raises:
        faults.UnsupportedMedia: The Content-Type is another one.
        faults.InvalidRequest: The route takes JSON, and there is no body.
    """
    if request.method not in _WITH_BODY:
        return
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    expected: str = request.route_handler.opt.get("media_type", "application/json")
    has_body = request.headers.get("content-length", "0") != "0" or (
        "transfer-encoding" in request.headers
    )
    if not has_body and not sent:
        await _refuse_nothing(request)
        return
    if sent != expected and not (expected == "application/json" and sent.endswith("+json")):
        named = f"is {sent!r}" if sent else "is missing"
        raise faults.UnsupportedMedia(f"{named}; send {expected}", field="Content-Type")
    await _refuse_nothing(request)


async def _refuse_nothing(request: Request[Any, Any, Any]) -> None:
    if request.route_handler.parsed_data_field is not None and not await request.body():
        raise faults.InvalidRequest("is missing; send a JSON object", field="body")
