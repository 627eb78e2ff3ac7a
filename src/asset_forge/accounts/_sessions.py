"""Sessions: opaque tokens of which only the hash is kept, and a short memory of who they are."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import NamedTuple

from asset_forge.accounts._principal import Principal

_TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """Return a new token: 43 URL-safe characters for 32 random bytes."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> str | None:
    """Return what is stored of a token, or None for a text that can be no token."""
    if _TOKEN.fullmatch(token) is None:
        return None
    return hashlib.sha256(token.encode()).hexdigest()


class _Known(NamedTuple):
    principal: Principal
    fresh_until: datetime
    expires_at: datetime


class SessionCache:
    """Who the sessions seen lately belong to, so that a request costs no query.

    A logout in this process takes effect at once, one in another process within `fresh`.
    """

    def __init__(self, *, fresh: timedelta = timedelta(seconds=5), size: int = 4096) -> None:
        self._fresh = fresh
        self._size = size
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._changes = 0

    @property
    def changes(self) -> int:
        """How often sessions were forgotten; to be read before the database is."""
        return self._changes

    def find(self, session: str, now: datetime) -> Principal | None:
        """Return whose session it is, if that was read a moment ago."""
        known = self._known.get(session)
        if known is None:
            return None
        if now < min(known.fresh_until, known.expires_at):
            return known.principal
        del self._known[session]
        return None

    def store(
        self,
        session: str,
        principal: Principal,
        expires_at: datetime,
        *,
        now: datetime,
        changes: int,
    ) -> None:
        """Remember what was read, unless a session was ended since the reading began."""
        if changes != self._changes:
            return
        self._known[session] = _Known(principal, now + self._fresh, expires_at)
        if len(self._known) > self._size:
            self._known.popitem(last=False)

    def forget(self, session: str) -> None:
        """Forget a session that has ended."""
        self._changes += 1
        self._known.pop(session, None)

    def forget_user(self, user_id: str) -> None:
        """Forget all sessions of a user."""
        self._changes += 1
        for session in [
            session for session, known in self._known.items() if known.principal.user_id == user_id
        ]:
            del self._known[session]
