"""Users and their sessions."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.exc import IntegrityError

from asset_forge.accounts._limits import Attempt, LoginLimiter, LoginLimits
from asset_forge.accounts._passwords import PasswordHasher, check_password
from asset_forge.accounts._principal import Principal, Role
from asset_forge.accounts._records import (
    SignedIn,
    UserRecord,
    audited,
    check_user,
    principal_of,
    record_of,
)
from asset_forge.accounts._sessions import SessionCache, new_token, token_hash
from asset_forge.accounts._sign_in import (
    Credentials,
    LocalSignIn,
    SignInProvider,
    SignInRefused,
    normalized_login,
    subject_of,
)
from asset_forge.accounts._users import find_or_insert, new_user
from asset_forge.catalog import LOGIN_FAILURES, LOGINS, LoginFailure, SignInProviderName
from asset_forge.clock import Clock, utc_now
from asset_forge.database import Database
from asset_forge.database.models import LoginLimit, Session, User
from asset_forge.faults import (
    Conflict,
    InvalidRequest,
    NotFound,
    NotSignedIn,
    TooManyRequests,
    Unavailable,
)
from asset_forge.observability.metrics import Registry

LOCAL_OPERATOR = "local"
"""The subject of the built-in operator of a single-team installation."""

SESSION_LIFETIME = timedelta(hours=12)

_SHOWN_CHARACTERS = 200  # of a display name, for users of whom only an id is known

_audit = logging.getLogger("asset_forge.accounts.audit")


class AccountService:
    """Creates users, signs them in and says who a token belongs to.

    Args:
        providers: The ways to sign in; by default passwords only.
        limits: How many failed logins are allowed.
        session_lifetime: How long a session lasts; it is not prolonged by use.
        default_quota_bytes: The quota of members who are created by signing in.
    """

    def __init__(
        self,
        database: Database,
        *,
        registry: Registry,
        clock: Clock = utc_now,
        hasher: PasswordHasher | None = None,
        providers: Sequence[SignInProvider] | None = None,
        limits: LoginLimits | None = None,
        session_lifetime: timedelta = SESSION_LIFETIME,
        default_quota_bytes: int | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        if providers is None:
            providers = [LocalSignIn(database, self._hasher)]
        self._providers = {provider.name: provider for provider in providers}
        self._limiter = LoginLimiter(database, limits or LoginLimits())
        self._lifetime = session_lifetime
        self._default_quota_bytes = default_quota_bytes
        self._cache = SessionCache()
        self._logins = registry.counter(LOGINS)
        self._failures = registry.counter(LOGIN_FAILURES)
        self._anonymous: Principal | None = None

    @property
    def anonymous(self) -> Principal | None:
        """Who requests without a session act for: nobody, unless the built-in operator is used."""
        return self._anonymous

    @property
    def session_lifetime(self) -> timedelta:
        """How long a session lasts."""
        return self._lifetime

    async def create_user(
        self,
        login: str,
        password: str | None,
        *,
        provider: SignInProviderName = "local",
        role: Role = "member",
        display_name: str | None = None,
        quota_bytes: int | None = None,
    ) -> UserRecord:
        """Create a user who signs in with a password, or with whom another provider knows.

        `login` is then the user's id at that provider, and there is no password.

        Raises:
            InvalidRequest: The login, name, password or quota is not acceptable.
            Conflict: There is a user of that login.
        """
        subject = subject_of(provider, login)
        name = login.strip() if display_name is None else display_name.strip()
        check_user(subject, name, quota_bytes)
        user = new_user(provider, subject, name, role, self._clock())
        if password is not None:
            check_password(password)
            user.password_hash = await self._hasher.hash(password)
        user.quota_bytes = quota_bytes
        try:
            async with self._database.transaction() as session:
                session.add(user)
        except IntegrityError:
            raise Conflict(f"{subject!r} is taken: choose another one", field="login") from None
        return record_of(user)

    async def ensure_local_operator(self) -> Principal:
        """Let requests without a session act for the built-in operator, for a single team.

        Nobody can sign in as this user, who is created where needed.
        """
        user = new_user("local", LOCAL_OPERATOR, "Local operator", "operator", self._clock())
        async with self._database.transaction() as session:
            found = await find_or_insert(self._database, session, user)
        self._anonymous = principal_of(found, None)
        return self._anonymous

    async def list_users(self) -> list[UserRecord]:
        """Return all users, oldest first."""
        async with self._database.reading() as session:
            return [
                record_of(user) for user in await session.scalars(select(User).order_by(User.id))
            ]

    async def disable_user(
        self, login: str, *, provider: SignInProviderName = "local"
    ) -> UserRecord:
        """Take a user's access away and end the sessions; doing so again changes nothing.

        Raises:
            NotFound: There is no user of that login.
        """
        now = self._clock()
        query = select(User).where(
            User.provider == provider, User.subject == subject_of(provider, login)
        )
        async with self._database.transaction() as session:
            user = await session.scalar(query)
            if user is None:
                raise NotFound(f"there is no user {login[:50]!r}")
            if user.disabled_at is None:
                user.disabled_at = user.updated_at = now
            await session.execute(delete(Session).where(Session.user_id == user.id))
        self._cache.forget_user(user.id)
        return record_of(user)

    async def login(self, provider: str, credentials: Credentials, *, client: str) -> SignedIn:
        """Open a session for whom the credentials prove.

        `client` is the peer's address, as the server or a trusted proxy states it.

        Raises:
            InvalidRequest: There is no such provider here.
            NotSignedIn: The credentials prove nobody, or the user is disabled.
            TooManyRequests: There were too many failures.
            Unavailable: The provider cannot be asked; the attempt counts for no limit.
        """
        chosen = self._providers.get(provider)
        if chosen is None:
            names = ", ".join(sorted(self._providers)) or "none"
            raise InvalidRequest(
                f"{provider[:50]!r} is none that can be used here: {names}", field="provider"
            )
        account = normalized_login(credentials.account)
        limited = f"{provider}:{account}" if account else None
        try:
            attempt = await self._limiter.begin(limited, client, self._clock())
            subject = await self._verify(chosen, credentials, attempt)
            signed_in = await self._open(chosen, subject, attempt)
        except TooManyRequests:
            self._refuse(provider, account, "rate_limited")
            raise
        except SignInRefused as refused:
            self._refuse(provider, account, refused.reason)
            raise NotSignedIn(refused.message) from None
        except Exception:
            self._refuse(provider, account, "other")
            raise
        self._logins.labels(provider).inc()
        _audit.info("login", extra=audited(provider, subject, "success"))
        return signed_in

    async def _verify(
        self, chosen: SignInProvider, credentials: Credentials, attempt: Attempt
    ) -> str:
        try:
            return await chosen.verify(credentials)
        except Unavailable:
            await self._limiter.withdraw(attempt)
            raise

    def _refuse(self, provider: str, account: str, reason: LoginFailure) -> None:
        self._failures.labels(provider, reason).inc()
        _audit.warning("login refused", extra=audited(provider, account, reason))

    async def _open(self, chosen: SignInProvider, subject: str, attempt: Attempt) -> SignedIn:
        provider = chosen.name
        now = self._clock()
        token = new_token()
        hashed = cast("str", token_hash(token))
        async with self._database.transaction() as session:
            await self._limiter.succeed(session, attempt, now)
            user = await session.scalar(
                select(User).where(User.provider == provider, User.subject == subject)
            )
            if user is None and chosen.creates_members:
                shown = subject[:_SHOWN_CHARACTERS]
                new = new_user(provider, subject, shown, "member", now)
                new.quota_bytes = self._default_quota_bytes
                user = await find_or_insert(self._database, session, new)
            if user is not None and user.disabled_at is None:
                session.add(
                    Session(
                        token_hash=hashed,
                        user_id=user.id,
                        provider=provider,
                        created_at=now,
                        expires_at=now + self._lifetime,
                    )
                )
        if user is None:
            raise SignInRefused("other", "you have no account here: ask an operator for one")
        if user.disabled_at is not None:
            raise SignInRefused("disabled", "this account is disabled: ask an operator")
        return SignedIn(token, now + self._lifetime, principal_of(user, hashed))

    async def authenticate(self, token: str) -> Principal | None:
        """Return who a token belongs to, or None when it is unknown, expired or ended."""
        hashed = token_hash(token)
        if hashed is None:
            return None
        now = self._clock()
        known = self._cache.find(hashed, now)
        if known is not None:
            return known
        changes = self._cache.changes
        query = (
            select(User, Session.expires_at)
            .join(Session, Session.user_id == User.id)
            .where(
                Session.token_hash == hashed, Session.expires_at > now, User.disabled_at.is_(None)
            )
        )
        async with self._database.reading() as session:
            row = (await session.execute(query)).one_or_none()
        if row is None:
            return None
        user, expires_at = row
        principal = principal_of(user, hashed)
        self._cache.store(hashed, principal, expires_at, now=now, changes=changes)
        return principal

    async def logout(self, principal: Principal) -> None:
        """End the session that the principal came with, if it has not ended."""
        if principal.session is None:
            return
        async with self._database.transaction() as session:
            await session.execute(delete(Session).where(Session.token_hash == principal.session))
        self._cache.forget(principal.session)

    async def count_active_sessions(self) -> int:
        """Return how many sessions have neither expired nor ended."""
        query = select(func.count()).where(Session.expires_at > self._clock())
        async with self._database.reading() as session:
            return await session.scalar(query) or 0

    async def sweep(self) -> int:
        """Delete expired sessions and limits; return how many rows that were."""
        now = self._clock()
        deleted = 0
        async with self._database.transaction() as session:
            for table in (Session, LoginLimit):
                statement = delete(table).where(table.expires_at <= now)
                deleted += cast("CursorResult[Any]", await session.execute(statement)).rowcount
        return deleted
