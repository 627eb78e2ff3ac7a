"""When a provider is left alone, and when a request is sent again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.error_types import ErrorType
from asset_forge.generation.breaker import FAILURES_TO_OPEN, CircuitBreaker, State
from asset_forge.generation.failures import LATER, GenerationFailed, ProviderFailed
from asset_forge.generation.retries import RetryPolicy


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def breaker(clock: Clock, told: list[State] | None = None) -> CircuitBreaker:
    changes = told if told is not None else []
    return CircuitBreaker(
        "vendor", open_seconds=30.0, on_change=lambda state, _: changes.append(state), now=clock
    )


def failure(type_: ErrorType, **details: object) -> ProviderFailed:
    return ProviderFailed(type_, "no", **({"definite": True} | details))  # pyright: ignore[reportArgumentType]


def test_it_opens_after_so_many_failures_in_a_row_and_lets_one_through_later() -> None:
    clock, told = Clock(), list[State]()
    guarded = breaker(clock, told)
    for _ in range(FAILURES_TO_OPEN):
        guarded.admit()
        guarded.failed(failure(ErrorType.UNAVAILABLE))
    with pytest.raises(ProviderFailed) as refused:
        guarded.admit()
    assert (refused.value.type, refused.value.definite) == (ErrorType.UNAVAILABLE, True)
    assert refused.value.retry_after is None, "an outage is not waited out in the queue"
    assert "for 30 more seconds" in refused.value.message
    clock.seconds += 31
    guarded.admit()
    with pytest.raises(ProviderFailed):
        guarded.admit()  # one trial at a time
    guarded.succeeded()
    guarded.admit()
    assert told == [State.OPEN, State.HALF_OPEN, State.CLOSED]


def test_a_success_in_between_starts_the_count_anew() -> None:
    guarded = breaker(Clock())
    for _ in range(FAILURES_TO_OPEN * 3):
        guarded.failed(failure(ErrorType.TIMEOUT))
        guarded.succeeded()
    assert guarded.state is State.CLOSED


@pytest.mark.parametrize("type_", [ErrorType.AUTHENTICATION, ErrorType.QUOTA_EXHAUSTED])
def test_a_refused_key_and_an_empty_account_open_it_at_once_and_for_long(
    type_: ErrorType,
) -> None:
    clock = Clock()
    guarded = breaker(clock)
    guarded.failed(failure(type_))
    clock.seconds += 299
    assert guarded.state is State.OPEN
    clock.seconds += 2
    assert guarded.state is State.HALF_OPEN


@pytest.mark.parametrize("type_", [ErrorType.CONTENT_REJECTED, ErrorType.INVALID_REQUEST])
def test_what_the_caller_did_wrong_never_opens_it(type_: ErrorType) -> None:
    guarded = breaker(Clock())
    for _ in range(50):
        guarded.failed(failure(type_))
    assert guarded.state is State.CLOSED


def test_a_retry_after_closes_the_way_for_as_long_as_it_says() -> None:
    clock = Clock()
    guarded = breaker(clock)
    guarded.failed(failure(ErrorType.RATE_LIMITED, retry_after=12.0))
    clock.seconds += 11
    with pytest.raises(ProviderFailed) as refused:
        guarded.admit()
    assert refused.value.retry_after == pytest.approx(1.0)
    clock.seconds += 2
    guarded.admit()


def test_it_stays_open_for_longer_each_time_up_to_a_limit() -> None:
    clock = Clock()
    guarded = breaker(clock)
    waits: list[float] = []
    for _ in range(8):
        for _ in range(FAILURES_TO_OPEN):
            guarded.failed(failure(ErrorType.UNAVAILABLE))
        began = clock.seconds
        while guarded.state is State.OPEN:
            clock.seconds += 1
        waits.append(clock.seconds - began)
    assert waits == sorted(waits)
    assert waits[-1] <= 300.0


def test_a_trial_that_is_cancelled_makes_room_for_the_next() -> None:
    clock = Clock()
    guarded = breaker(clock)
    guarded.failed(failure(ErrorType.AUTHENTICATION))
    clock.seconds += 301
    guarded.admit()
    guarded.left()
    guarded.admit()


POLICY = RetryPolicy()
TYPES = st.sampled_from(list(ErrorType))


@given(TYPES, st.integers(1, 10), st.booleans(), st.floats(0, 1))
def test_a_paid_request_that_may_have_been_executed_is_never_repeated(
    type_: ErrorType, attempt: int, free: bool, draw: float
) -> None:
    lost = failure(type_, definite=False)
    wait = POLICY.wait(lost, attempt, free=free, random=lambda: draw)
    assert free or wait is None


@given(TYPES, st.integers(1, 10), st.floats(0, 1), st.none() | st.floats(0, 1e6))
def test_there_are_at_most_three_repetitions_and_no_wait_is_long(
    type_: ErrorType, attempt: int, draw: float, asked: float | None
) -> None:
    refused = failure(type_, retry_after=asked)
    wait = POLICY.wait(refused, attempt, free=False, random=lambda: draw)
    if wait is not None:
        assert attempt <= 3
        assert type_ in LATER
        assert (asked or 0) <= wait <= POLICY.longest_wait_seconds


def test_waits_grow_and_are_never_the_same_for_all() -> None:
    busy = failure(ErrorType.OVERLOADED)
    low = [POLICY.wait(busy, n, free=False, random=lambda: 0.0) for n in (1, 2, 3)]
    high = [POLICY.wait(busy, n, free=False, random=lambda: 1.0) for n in (1, 2, 3)]
    assert low == [0.5, 1.0, 2.0]
    assert high == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("type_", [ErrorType.AUTHENTICATION, ErrorType.CONTENT_REJECTED])
def test_what_does_not_pass_is_not_repeated(type_: ErrorType) -> None:
    assert POLICY.wait(failure(type_), 1, free=True, random=lambda: 0.5) is None


def test_a_failure_that_is_no_providers_is_not_repeated() -> None:
    own = GenerationFailed(ErrorType.TIMEOUT, "ours")
    assert POLICY.wait(own, 1, free=True, random=lambda: 0.5) is None
