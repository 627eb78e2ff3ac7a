"""What the accounts measure."""

from __future__ import annotations

from typing import Literal, get_args

from asset_forge.observability.metrics import (
    CounterDeclaration,
    GaugeDeclaration,
    Label,
    Merge,
)

FailureReason = Literal[
    "bad_credentials", "rate_limited", "disabled", "expired_token", "invalid_token", "other"
]

FAILURE_REASONS: tuple[str, ...] = get_args(FailureReason)
PROVIDERS: tuple[str, ...] = ("local", "privy")

LOGINS = CounterDeclaration(
    "user_logins_total",
    "Successful logins, by sign-in provider.",
    (Label("provider", PROVIDERS),),
    endpoint="business",
)
LOGIN_FAILURES = CounterDeclaration(
    "login_failures_total",
    "Logins that were refused, by sign-in provider and reason.",
    (Label("provider", PROVIDERS), Label("reason", FAILURE_REASONS)),
    endpoint="business",
)
ACTIVE_SESSIONS = GaugeDeclaration(
    "user_active_sessions",
    "Sessions that have neither expired nor been signed out.",
    endpoint="business",
    merge=Merge.NEWEST,
)

DECLARATIONS = (LOGINS, LOGIN_FAILURES, ACTIVE_SESSIONS)
