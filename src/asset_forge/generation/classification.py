"""What an answer or a broken connection of a provider means, told from status and body together.

The vendors' own codes, from their public API references: OpenAI `error.code` and `error.type`,
Anthropic `error.type`, ElevenLabs `detail.status`, Meshy `message`. The same status means different
things: OpenAI's 429 is a rate or an empty account, ElevenLabs answers 401 when credit is used up.
"""

from __future__ import annotations

import email.utils
import json
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from asset_forge.error_types import ErrorType
from asset_forge.generation.failures import GenerationFailed, ProviderFailed

MESSAGE_LIMIT: Final = 300
"""Characters of a vendor's own message that are shown."""

_READ_CHARACTERS: Final = 2000

_CODES: Final[Mapping[str, ErrorType]] = {
    # OpenAI
    "insufficient_quota": ErrorType.QUOTA_EXHAUSTED,
    "billing_hard_limit_reached": ErrorType.QUOTA_EXHAUSTED,
    "billing_not_active": ErrorType.QUOTA_EXHAUSTED,
    "rate_limit_exceeded": ErrorType.RATE_LIMITED,
    "content_policy_violation": ErrorType.CONTENT_REJECTED,
    "moderation_blocked": ErrorType.CONTENT_REJECTED,
    "invalid_api_key": ErrorType.AUTHENTICATION,
    "account_deactivated": ErrorType.AUTHENTICATION,
    # Anthropic
    "authentication_error": ErrorType.AUTHENTICATION,
    "permission_error": ErrorType.AUTHENTICATION,
    "billing_error": ErrorType.QUOTA_EXHAUSTED,
    "rate_limit_error": ErrorType.RATE_LIMITED,
    "overloaded_error": ErrorType.OVERLOADED,
    # ElevenLabs
    "quota_exceeded": ErrorType.QUOTA_EXHAUSTED,
    "payment_required": ErrorType.QUOTA_EXHAUSTED,
    "too_many_concurrent_requests": ErrorType.CONCURRENCY_LIMITED,
    "concurrent_limit_exceeded": ErrorType.CONCURRENCY_LIMITED,
    "system_busy": ErrorType.OVERLOADED,
    "missing_permissions": ErrorType.AUTHENTICATION,
    "detected_unusual_activity": ErrorType.AUTHENTICATION,
    "bad_prompt": ErrorType.CONTENT_REJECTED,
    "bad_composition_plan": ErrorType.CONTENT_REJECTED,
    "content_against_policy": ErrorType.CONTENT_REJECTED,
    "unsafe_content": ErrorType.CONTENT_REJECTED,
    # Meshy
    "NoMoreConcurrentTasks": ErrorType.CONCURRENCY_LIMITED,
    "NoMorePendingTasks": ErrorType.CONCURRENCY_LIMITED,
    "RateLimitExceeded": ErrorType.RATE_LIMITED,
}

_OUT_OF_MONEY: Final = re.compile(
    r"credit balance|insufficient (credit|fund)|exceeded your current quota|usage limit"
    r"|spend(ing)? limit|quota exceeded|payment required|out of credits",
    re.IGNORECASE,
)

_PHRASES: Final = (
    (_OUT_OF_MONEY, ErrorType.QUOTA_EXHAUSTED),
    (
        re.compile(r"concurren|NoMorePendingTasks|pending tasks", re.IGNORECASE),
        ErrorType.CONCURRENCY_LIMITED,
    ),
    (
        re.compile(
            r"moderation|content polic|usage polic|content filter|safety system|nsfw"
            r"|(violat|against|breach)\w* .{0,40}(polic|terms|guideline)|prohibited content"
            r"|inappropriate|harmful|sensitive content",
            re.IGNORECASE,
        ),
        ErrorType.CONTENT_REJECTED,
    ),
)

_STATUSES: Final[Mapping[int, ErrorType]] = {
    401: ErrorType.AUTHENTICATION,
    402: ErrorType.QUOTA_EXHAUSTED,
    403: ErrorType.AUTHENTICATION,
    407: ErrorType.UNAVAILABLE,
    408: ErrorType.TIMEOUT,
    425: ErrorType.UNAVAILABLE,
    429: ErrorType.RATE_LIMITED,
    503: ErrorType.OVERLOADED,
    504: ErrorType.TIMEOUT,
    529: ErrorType.OVERLOADED,
}

_NOT_EXECUTED: Final = frozenset({503, 521, 523, 525, 526, 529})
"""Server errors that say that the request was not begun, whoever on the way says so."""

_AMBIGUOUS: Final = frozenset({502, 504, 520, 522, 524})
"""Answers of something between us and the provider, which may still be at work."""

_SENTENCES: Final[Mapping[ErrorType, str]] = {
    ErrorType.RATE_LIMITED: "takes no more requests at the moment",
    ErrorType.CONCURRENCY_LIMITED: "works on as many requests at once as the account may have",
    ErrorType.QUOTA_EXHAUSTED: "says that the account's credit or quota is used up",
    ErrorType.OVERLOADED: "is overloaded",
    ErrorType.AUTHENTICATION: "does not accept the service's key for this",
    ErrorType.INVALID_REQUEST: "refuses the request",
    ErrorType.CONTENT_REJECTED: "rejects the prompt",
    ErrorType.TIMEOUT: "did not answer in time",
    ErrorType.UNAVAILABLE: "failed",
    ErrorType.MALFORMED_RESPONSE: "sent an answer that cannot be used",
    ErrorType.DNS: "cannot be found: its host name does not resolve",
    ErrorType.TLS: "cannot be reached over a trusted connection",
}

_SPEAKING: Final = frozenset({ErrorType.INVALID_REQUEST, ErrorType.CONTENT_REJECTED})
"""Failures whose vendor's message helps who asked; that of a refused key may quote the key."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a provider answered; `body` is text, parsed JSON or None."""

    status: int
    headers: Mapping[str, str]
    body: object


class AnswerRefused(Exception):
    """An answer that is no success, raised by an adapter that has no SDK to raise it."""

    def __init__(self, answer: Answered) -> None:
        super().__init__(f"HTTP {answer.status}")
        self.status_code = answer.status
        self.headers = answer.headers
        self.body = answer.body


class Classifier:
    """Turns whatever a request to one provider ended with into a `ProviderFailed`."""

    def __init__(
        self,
        provider: str,
        *,
        redact: Callable[[str], str],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._provider = provider
        self._redact = redact
        self._now = now

    def __call__(self, error: BaseException) -> GenerationFailed:
        """Classify an exception; one that is a failure already is returned as it is.

        The status errors of all three SDKs and httpx's own are known by what they share: a
        `response`, or `status_code`, `headers` and `body`.
        """
        if isinstance(error, GenerationFailed):
            return error
        answer = _answer_of(error)
        if answer is not None and not 200 <= answer.status < 300:
            return self.answer(answer)
        if answer is not None or isinstance(error, ValueError | EOFError):
            detail = str(error) if isinstance(error, ValueError) else ""
            return self._failed(ErrorType.MALFORMED_RESPONSE, definite=False, detail=detail)
        return self._connection(error)

    def answer(self, answer: Answered) -> ProviderFailed:
        """Classify an answer that is no success."""
        body = _json(answer.body)
        codes, message = _codes_and_message(body)
        type_ = _type_of(answer.status, codes, message)
        own = bool(codes or message)
        definite = answer.status < 500 or (
            answer.status in _NOT_EXECUTED or (own and answer.status not in _AMBIGUOUS)
        )
        return self._failed(
            type_,
            definite=definite,
            status=answer.status,
            retry_after=retry_after(answer.headers, self._now()),
            detail=message if type_ in _SPEAKING else "",
        )

    def _connection(self, error: BaseException) -> GenerationFailed:
        chain = list(_chain(error))
        names = {name for link in chain for name in _names(link)}
        # httpx and httpx2 are two packages with the same names of classes.
        unsent = bool(names & {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"})
        if any(isinstance(link, socket.gaierror) for link in chain):
            return self._failed(ErrorType.DNS, definite=True)
        if unsent and any(isinstance(link, ssl.SSLError) for link in chain):
            return self._failed(ErrorType.TLS, definite=True)
        if names & {"TimeoutException", "TimeoutError", "APITimeoutError"}:
            return self._failed(ErrorType.TIMEOUT, definite=unsent)
        if names & {"DecodingError"}:
            return self._failed(ErrorType.MALFORMED_RESPONSE, definite=False)
        if names & {"RequestError", "OSError", "APIConnectionError", "StreamError"}:
            return self._failed(ErrorType.UNAVAILABLE, definite=unsent)
        return GenerationFailed(
            ErrorType.INTERNAL,
            f"The service failed while it talked to {self._provider}; its operators have been told",
            unexpected=True,
        )

    def _failed(
        self,
        type_: ErrorType,
        *,
        definite: bool,
        status: int | None = None,
        retry_after: float | None = None,
        detail: str = "",
    ) -> ProviderFailed:
        shown = self._redact(" ".join(detail.split()))[:MESSAGE_LIMIT]
        sentence = f"{self._provider} {_SENTENCES.get(type_, 'failed')}"
        sentence += f" (HTTP {status})" if status is not None else ""
        return ProviderFailed(
            type_,
            f"{sentence}: {shown}" if shown else sentence,
            definite=definite,
            status=status,
            retry_after=retry_after,
        )


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Read how many seconds an answer asks to wait; None where it says nothing that can be read.

    `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or `retry-after-ms`, which OpenAI and
    Anthropic send beside it.
    """
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    try:
        if milliseconds := lower.get("retry-after-ms"):
            return _seconds(float(milliseconds) / 1000.0)
        text = lower.get("retry-after", "")
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
            return _seconds(float(text))
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _seconds((moment - now).total_seconds())


def _seconds(seconds: float) -> float | None:
    return max(seconds, 0.0) if seconds == seconds and seconds < 1e9 else None


def _type_of(status: int, codes: tuple[str, ...], message: str) -> ErrorType:
    # A missing permission is told apart from an empty account, both ElevenLabs' 401, by the code.
    # A limit on the rate that is one on the money does not pass by itself.
    if status == 429 and _OUT_OF_MONEY.search(message):
        return ErrorType.QUOTA_EXHAUSTED
    if status == 429 and "concurrent" in message.lower():
        return ErrorType.CONCURRENCY_LIMITED  # Anthropic has one code for this and for the rate
    for code in codes:
        if code in _CODES and not (status >= 500 and _CODES[code] is ErrorType.AUTHENTICATION):
            return _CODES[code]
    if status in (400, 401, 402, 403, 422, 429):
        for pattern, found in _PHRASES:
            if not pattern.search(message):
                continue
            if status == 429 and found is ErrorType.CONTENT_REJECTED:
                continue
            if status != 429 and found is ErrorType.CONCURRENCY_LIMITED:
                continue
            return found
    if status in _STATUSES:
        return _STATUSES[status]
    return ErrorType.UNAVAILABLE if status >= 500 or status < 400 else ErrorType.INVALID_REQUEST


def _answer_of(error: BaseException) -> Answered | None:
    response = getattr(error, "response", None)
    if response is not None:
        status, headers = getattr(response, "status_code", None), getattr(response, "headers", {})
        try:
            body: object = response.content
        except Exception:  # noqa: BLE001 - a stream that nobody read; the status alone has to do
            body = getattr(error, "body", None)
    else:
        status, headers = getattr(error, "status_code", None), getattr(error, "headers", {})
        body = getattr(error, "body", None)
    if not isinstance(status, int):
        return None
    return Answered(status, {str(k): str(v) for k, v in dict(headers or {}).items()}, body)


def _json(body: object) -> object:
    if isinstance(body, bytes | str):
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            return None
    return body


def _codes_and_message(body: object) -> tuple[tuple[str, ...], str]:
    """Find a vendor's codes, the most telling first, and its message, in the places that it has."""
    fields = _fields(body)
    for key in ("error", "detail"):
        inner = fields.get(key)
        if isinstance(inner, dict):
            return _codes_and_message(cast("object", inner))
        if isinstance(inner, str):
            return (), inner[:_READ_CHARACTERS]
        if isinstance(inner, list) and inner:  # what is wrong field by field, as ElevenLabs says it
            return ("validation_error",), _text(_fields(cast("list[object]", inner)[0]), "msg")
    codes = tuple(code for key in ("status", "code", "type") if (code := _text(fields, key)))
    return codes, _text(fields, "message")


def _fields(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _text(fields: Mapping[str, object], key: str) -> str:
    return str(fields.get(key) or "")[:_READ_CHARACTERS]


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in found and len(found) < 20:
        found.append(link)
        link = link.__cause__ or link.__context__
    return found


def _names(error: BaseException) -> list[str]:
    return [kind.__name__ for kind in type(error).__mro__]
