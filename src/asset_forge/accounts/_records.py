"""Users and sessions as callers see them, and as the audit log does."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from asset_forge.accounts._principal import Principal, Role
from asset_forge.accounts._sign_in import MAX_LOGIN, is_login
from asset_forge.database.models import User
from asset_forge.faults import InvalidRequest

_MAX_NAME = 200
_MAX_QUOTA = 2**63 - 1  # what the column holds


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A user, without what is secret."""

    id: str
    provider: str
    login: str
    display_name: str
    role: Role
    quota_bytes: int | None
    disabled_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. The token is nowhere else: only its hash is stored."""

    token: str
    expires_at: datetime
    principal: Principal


def principal_of(user: User, session: str | None) -> Principal:
    """Return the principal of a user, with the hash of the session's token."""
    role = cast("Role", user.role)
    return Principal(user.id, role, user.display_name, user.subject, user.provider, session)


def record_of(user: User) -> UserRecord:
    """Return what of a user may be shown."""
    return UserRecord(
        id=user.id,
        provider=user.provider,
        login=user.subject,
        display_name=user.display_name,
        role=cast("Role", user.role),
        quota_bytes=user.quota_bytes,
        disabled_at=user.disabled_at,
        created_at=user.created_at,
    )


def check_user(subject: str, display_name: str, quota_bytes: int | None) -> None:
    """Refuse a user who could not be stored, shown or typed.

    Raises:
        InvalidRequest: A value is not acceptable; the fault names the field.
    """
    if not is_login(subject):
        raise InvalidRequest(
            f"{subject[:50]!r} is not usable: give 1 to {MAX_LOGIN} printable characters without "
            "spaces",
            field="login",
        )
    if not (1 <= len(display_name) <= _MAX_NAME and display_name.isprintable()):
        raise InvalidRequest(
            f"{display_name[:50]!r} is not usable: give 1 to {_MAX_NAME} printable characters",
            field="displayName",
        )
    if quota_bytes is not None and not 0 <= quota_bytes <= _MAX_QUOTA:
        raise InvalidRequest(
            f"is {quota_bytes} bytes: 0 to {_MAX_QUOTA} are allowed", field="quotaBytes"
        )


def audited(provider: str, account: str, outcome: str) -> dict[str, str]:
    """Return the fields of an audit line; the account as a hash, which links its lines only."""
    hashed = hashlib.sha256(account.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return {"provider": provider, "account": hashed, "outcome": outcome}
