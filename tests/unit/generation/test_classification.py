"""What vendors' answers mean, from status and body; written after their API references."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.error_types import ErrorType
from asset_forge.generation.classification import Answered, Classifier, retry_after
from asset_forge.generation.failures import GenerationFailed, ProviderFailed

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
E = ErrorType


def classify(status: int, body: object, **headers: str) -> ProviderFailed:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    classifier = Classifier("vendor", redact=lambda text: text, now=lambda: NOW)
    return classifier.answer(Answered(status, named, body))


def openai(code: str | None = None, type_: str = "", message: str = "no") -> dict[str, Any]:
    return {"error": {"message": message, "type": type_, "code": code, "param": None}}


def anthropic(type_: str, message: str = "no") -> dict[str, Any]:
    return {"type": "error", "error": {"type": type_, "message": message}, "request_id": "r"}


def elevenlabs(status: str, message: str = "no") -> dict[str, Any]:
    return {"detail": {"status": status, "message": message}}


def meshy(message: str) -> dict[str, Any]:
    return {"message": message}


ANSWERS = [
    (401, openai("invalid_api_key", "invalid_request_error"), E.AUTHENTICATION),
    (403, openai("unsupported_country_region_territory"), E.AUTHENTICATION),
    (429, openai("rate_limit_exceeded", "requests"), E.RATE_LIMITED),
    (429, openai("insufficient_quota", "insufficient_quota"), E.QUOTA_EXHAUSTED),
    (400, openai("billing_hard_limit_reached", "invalid_request_error"), E.QUOTA_EXHAUSTED),
    (400, openai("content_policy_violation", "image_generation_user_error"), E.CONTENT_REJECTED),
    (400, openai("moderation_blocked", "image_generation_user_error"), E.CONTENT_REJECTED),
    (400, openai("invalid_value", "invalid_request_error"), E.INVALID_REQUEST),
    (404, openai("model_not_found", "invalid_request_error"), E.INVALID_REQUEST),
    (500, openai(None, "server_error"), E.UNAVAILABLE),
    (503, openai(None, "service_unavailable_error"), E.OVERLOADED),
    (401, anthropic("authentication_error"), E.AUTHENTICATION),
    (403, anthropic("permission_error"), E.AUTHENTICATION),
    (402, anthropic("billing_error"), E.QUOTA_EXHAUSTED),
    (
        400,
        anthropic("invalid_request_error", "Your credit balance is too low to access the API"),
        E.QUOTA_EXHAUSTED,
    ),
    (429, anthropic("rate_limit_error"), E.RATE_LIMITED),
    (
        429,
        anthropic("rate_limit_error", "This would exceed your organization's spend limit"),
        E.QUOTA_EXHAUSTED,
    ),
    (413, anthropic("request_too_large"), E.INVALID_REQUEST),
    (500, anthropic("api_error"), E.UNAVAILABLE),
    (529, anthropic("overloaded_error"), E.OVERLOADED),
    (401, elevenlabs("invalid_api_key"), E.AUTHENTICATION),
    (401, elevenlabs("quota_exceeded", "You have 3 credits remaining"), E.QUOTA_EXHAUSTED),
    (401, elevenlabs("missing_permissions"), E.AUTHENTICATION),
    (429, elevenlabs("too_many_concurrent_requests"), E.CONCURRENCY_LIMITED),
    (429, elevenlabs("system_busy"), E.OVERLOADED),
    (400, elevenlabs("bad_prompt", "mentions an artist"), E.CONTENT_REJECTED),
    (422, {"detail": [{"loc": ["body"], "msg": "too long", "type": "t"}]}, E.INVALID_REQUEST),
    (401, meshy("Invalid API key"), E.AUTHENTICATION),
    (402, meshy("Insufficient funds"), E.QUOTA_EXHAUSTED),
    (429, meshy("RateLimitExceeded"), E.RATE_LIMITED),
    (429, meshy("NoMoreConcurrentTasks"), E.CONCURRENCY_LIMITED),
    (400, meshy("The prompt was rejected by content moderation"), E.CONTENT_REJECTED),
    (400, meshy("target_polycount must be at least 100"), E.INVALID_REQUEST),
    (408, None, E.TIMEOUT),
    (302, None, E.UNAVAILABLE),
]


@pytest.mark.parametrize(("status", "body", "type_"), ANSWERS)
def test_status_and_body_together_say_what_an_answer_means(
    status: int, body: object, type_: ErrorType
) -> None:
    assert classify(status, body).type is type_


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 409, 422, 425, 429])
def test_a_request_that_is_refused_was_not_executed(status: int) -> None:
    assert classify(status, None).definite


@pytest.mark.parametrize("status", [503, 529, 521, 523])
def test_an_overloaded_provider_has_not_executed_the_request(status: int) -> None:
    assert classify(status, b"<html>").definite


@pytest.mark.parametrize("status", [500, 502, 504, 520, 524])
def test_nobody_knows_what_became_of_a_request_whose_answer_is_not_the_vendors(
    status: int,
) -> None:
    assert not classify(status, b"<html>a gateway</html>").definite


def test_a_server_error_in_the_vendors_own_words_is_definite() -> None:
    assert classify(500, openai(None, "server_error")).definite
    assert not classify(504, anthropic("timeout_error")).definite


def test_the_vendors_reason_is_shown_where_it_helps_and_never_that_of_a_refused_key() -> None:
    assert "artist" in classify(400, elevenlabs("bad_prompt", "names an artist")).message
    refused = classify(401, openai("invalid_api_key", message="Incorrect key: sk-abc"))
    assert "sk-abc" not in refused.message


def test_a_vendors_message_is_redacted_and_cut() -> None:
    classifier = Classifier("vendor", redact=lambda text: text.replace("hunter2", "[redacted]"))
    failure = classifier.answer(Answered(400, {}, meshy("hunter2 " + "x" * 5000)))
    assert "hunter2" not in failure.message
    assert len(failure.message) < 400


def broken(error: BaseException) -> GenerationFailed:
    return Classifier("vendor", redact=lambda text: text)(error)


@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_a_connection_that_fails_is_told_by_whether_the_request_went_out(library: Any) -> None:
    before = [library.ConnectError("refused"), library.ConnectTimeout("slow")]
    after = [
        library.ReadError("reset"),
        library.ReadTimeout("slow"),
        library.WriteError("reset"),
        library.RemoteProtocolError("peer closed connection"),
    ]
    failures = [broken(error) for error in (*before, *after)]
    assert [f.definite for f in failures if isinstance(f, ProviderFailed)] == [True] * 2 + [
        False
    ] * 4
    assert [f.type for f in failures] == [
        E.UNAVAILABLE,
        E.TIMEOUT,
        E.UNAVAILABLE,
        E.TIMEOUT,
        E.UNAVAILABLE,
        E.UNAVAILABLE,
    ]


def test_an_answer_that_cannot_be_read_is_malformed_and_may_have_been_paid() -> None:
    failure = broken(ValueError("no JSON"))
    assert isinstance(failure, ProviderFailed)
    assert (failure.type, failure.definite) == (E.MALFORMED_RESPONSE, False)


def test_a_mistake_of_our_own_is_an_error_for_the_operators() -> None:
    failure = broken(KeyError("oops"))
    assert (failure.type, failure.unexpected) == (E.INTERNAL, True)


@given(
    st.integers(300, 599),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=50),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["error", "detail", "message", "code", "type", "status", "msg"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
    | st.binary(max_size=100),
)
def test_any_answer_gets_a_type_and_a_message(status: int, body: object) -> None:
    failure = classify(status, body)
    assert failure.message.startswith("vendor ")
    assert failure.status == status
    assert failure.definite or status >= 500


@given(st.integers(0, 10**8))
def test_retry_after_is_read_in_seconds_and_as_a_date(seconds: int) -> None:
    assert retry_after({"Retry-After": str(seconds)}, NOW) == seconds
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after({"retry-after": date}, NOW) == seconds


@given(st.text(max_size=40))
def test_whatever_retry_after_says_is_no_fault(text: str) -> None:
    wait = retry_after({"Retry-After": text, "retry-after-ms": text}, NOW)
    assert wait is None or wait >= 0


def test_a_date_that_is_past_asks_for_no_wait() -> None:
    date = format_datetime(NOW - timedelta(hours=1), usegmt=True)
    assert retry_after({"Retry-After": date}, NOW) == 0


def test_milliseconds_win_over_seconds() -> None:
    assert retry_after({"retry-after-ms": "1500", "retry-after": "2"}, NOW) == 1.5
