"""Every error response: one map from faults and framework errors to RFC 9457 problem details."""

from __future__ import annotations

import http
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec

from asset_forge import faults
from asset_forge.observability import context
from asset_forge.observability.tracing import mark

MEDIA_TYPE: Final = "application/problem+json"

ReportError = Callable[[Request[Any, Any, Any], Exception], None]
"""Takes an error that nobody foresaw and the request that met it; never raises."""

_MISSING_PARAMETER: Final = re.compile(r"Missing required \w+ parameter '([^']+)'")
_WRONG_FIELDS: Final = re.compile(
    r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL
)

_log = logging.getLogger(__name__)


class FieldProblem(msgspec.Struct, rename="camel"):
    """What is wrong with one field of a request."""

    field: str
    message: str


class Problem(msgspec.Struct, rename="camel", omit_defaults=True):
    """Problem details (RFC 9457), with the ids to find the request in logs and traces by."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    request_id: str | None = None
    trace_id: str | None = None
    errors: list[FieldProblem] = []


STATUSES: Final[Mapping[type[faults.Fault], int]] = {
    faults.InvalidRequest: 422,
    faults.NotSignedIn: 401,
    faults.NotAllowed: 403,
    faults.NotFound: 404,
    faults.Conflict: 409,
    faults.TooLarge: 413,
    faults.UnsupportedMedia: 415,
    faults.QuotaExceeded: 413,
    faults.TooManyRequests: 429,
    faults.Unavailable: 503,
}
"""The status of each fault; of several that fit, the most derived."""

_DESCRIPTIONS: Final[Mapping[int, str]] = {
    400: "The body is no valid JSON",
    401: "There is no valid session",
    403: "The session's role does not suffice",
    404: "There is no such thing, or it is somebody else's",
    405: "The path does not take this method",
    409: "It contradicts what is already there",
    413: "The body is too large, or a quota is reached",
    415: "The media type is not one that is taken here",
    416: "The range lies outside of the file",
    422: "A field is missing, malformed or outside of what is allowed",
    429: "Too many attempts; Retry-After says when to try again",
    500: "A fault of the service; its operators have been told",
    503: "A part that this needs is not available; Retry-After says when to try again",
    507: "The data volume is full",
}

ALWAYS: Final = (400, 405, 413, 422, 500, 503)
"""What any route may answer."""


def problem_responses(*statuses: int) -> dict[int, ResponseSpec]:
    """Describe the error responses of a route for the OpenAPI document."""
    return {
        status: ResponseSpec(
            Problem,
            generate_examples=False,
            description=_DESCRIPTIONS[status],
            media_type=MEDIA_TYPE,
        )
        for status in sorted({*ALWAYS, *statuses})
    }


def status_of(fault: faults.Fault) -> int:
    """Return the HTTP status of a fault."""
    if isinstance(fault, faults.QuotaExceeded) and fault.scope == "system":
        return 507
    return next(STATUSES[kind] for kind in type(fault).__mro__ if kind in STATUSES)


def on_fault(request: Request[Any, Any, Any], fault: faults.Fault) -> Response[Problem]:
    """Answer a fault of the service's own vocabulary."""
    status = status_of(fault)
    headers: dict[str, str] = {}
    if isinstance(fault, faults.TooManyRequests | faults.Unavailable):
        headers["retry-after"] = str(max(1, round(fault.retry_after)))
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    detail = fault.message if fault.field is None else f"{fault.field} {fault.message}"
    errors = [FieldProblem(fault.field, fault.message)] if fault.field else []
    return _respond(request, status, detail, errors, headers)


def on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """Answer an error that the framework found: no such route, wrong method, malformed input."""
    if isinstance(error, ValidationException):
        mark("validate")  # what passes says so itself, see `Body`
        errors = _field_problems(error)
        detail = "; ".join(f"{e.field}: {e.message}" for e in errors) or str(error.detail)
        return _respond(request, 422, detail, errors)
    headers = dict(error.headers or {})
    status = error.status_code
    if status == 404:
        return _respond(request, 404, f"There is nothing at {_short_path(request)}", [], headers)
    if status == 405:
        allowed = headers.get("allow") or headers.get("Allow") or "another method"
        detail = f"{request.method} is not possible here; use {allowed}"
        return _respond(request, 405, detail, [], headers)
    return _respond(request, status, str(error.detail), [], headers)


def on_unexpected(
    report: ReportError,
) -> Callable[[Request[Any, Any, Any], Exception], Response[Problem]]:
    """Answer errors that nobody foresaw; the error itself goes to `report` alone."""

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
        report(request, error)
        _log.error("unhandled error", exc_info=error)
        detail = "The service failed; its operators have been told. Name the requestId to them"
        return _respond(request, 500, detail, [])

    return answer


def on_framework_error(
    report: ReportError,
) -> Callable[[Request[Any, Any, Any], HTTPException], Response[Problem]]:
    """Answer what the framework raised; a fault of its own (5xx) as any that nobody foresaw."""
    unexpected = on_unexpected(report)

    def answer(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
        handle = unexpected if error.status_code >= 500 else on_http_exception
        return handle(request, error)

    return answer


def _field_problems(error: ValidationException) -> list[FieldProblem]:
    missing = _MISSING_PARAMETER.match(str(error.detail))
    if missing is not None:
        return [FieldProblem(missing[1], "is missing")]
    extra = cast("list[dict[str, str]] | None", error.extra)
    return [
        _field_problem(item.get("key", ""), item.get("message", "is invalid"))
        for item in (extra if isinstance(extra, list) else ())
    ]


def _field_problem(key: str, message: str) -> FieldProblem:
    """Name the field as its sender does; `data` is the handler's name for the whole body."""
    path = "" if key == "data" else key
    wrong = _WRONG_FIELDS.fullmatch(message)
    if wrong is None:
        return FieldProblem(path or "body", message)
    field = f"{path}.{wrong[2]}" if path else wrong[2]
    said = "is missing" if wrong[1].startswith("missing") else "is no field of this request"
    return FieldProblem(field[:100] or "body", said)


def _short_path(request: Request[Any, Any, Any]) -> str:
    return request.scope["path"][:200]


def _respond(
    request: Request[Any, Any, Any],
    status: int,
    detail: str,
    errors: list[FieldProblem],
    headers: Mapping[str, str] | None = None,
) -> Response[Problem]:
    scope = context.current()
    problem = Problem(
        type="about:blank",
        title=http.HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=_short_path(request),
        request_id=scope.request_id,
        trace_id=scope.trace_id,
        errors=errors,
    )
    return Response(problem, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))
