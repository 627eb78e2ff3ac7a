"""Sign-in providers: what proves who somebody is."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select, update

from asset_forge.accounts._passwords import MAX_CHARACTERS, PasswordHasher
from asset_forge.catalog import LoginFailure
from asset_forge.database import Database
from asset_forge.database.models import User

MAX_LOGIN = 320  # the longest address of RFC 5321, for logins that are one


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a user brings: an account and the secret for it.

    For a provider whose token names the account, `account` is empty, and nobody knows of whom the
    token speaks before it was verified.
    """

    account: str
    secret: str


class SignInRefused(Exception):
    """The credentials prove nobody; `reason` is for the metric, the message for the caller."""

    def __init__(self, reason: LoginFailure, message: str) -> None:
        super().__init__(message)
        self.reason: LoginFailure = reason
        self.message = message


class SignInProvider(Protocol):
    """One way to sign in."""

    @property
    def name(self) -> str:
        """The provider's name, as in the request and in `users.provider`."""
        ...

    @property
    def creates_members(self) -> bool:
        """Whether somebody who signs in for the first time becomes a member."""
        ...

    async def verify(self, credentials: Credentials) -> str:
        """Return the subject of the user that the credentials prove.

        Raises:
            SignInRefused: They prove nobody.
            Unavailable: That cannot be found out at the moment.
        """
        ...


class LocalSignIn:
    """Logins with passwords kept here.

    An unknown login takes the same work as a known one and gets the same answer.
    """

    name = "local"
    creates_members = False

    def __init__(self, database: Database, hasher: PasswordHasher) -> None:
        self._database = database
        self._hasher = hasher

    async def verify(self, credentials: Credentials) -> str:
        """Return the login if the password is right; renew a hash made with older parameters.

        Raises:
            SignInRefused: The login or the password is wrong.
        """
        subject = normalized_login(credentials.account)
        password = credentials.secret
        stored: str | None = None
        if is_login(subject) and len(password) <= MAX_CHARACTERS:
            stored = await self._stored_hash(subject)
        if not await self._hasher.verify(stored, password[:MAX_CHARACTERS]) or stored is None:
            raise SignInRefused("bad_credentials", "the login or the password is wrong")
        if self._hasher.needs_rehash(stored):
            await self._replace_hash(subject, stored, await self._hasher.hash(password))
        return subject

    async def _stored_hash(self, subject: str) -> str | None:
        query = select(User.password_hash).where(
            User.provider == self.name, User.subject == subject
        )
        async with self._database.reading() as session:
            return await session.scalar(query)

    async def _replace_hash(self, subject: str, old: str, new: str) -> None:
        # Only the hash that was verified: the password may have been changed in the meantime.
        statement = (
            update(User)
            .where(User.provider == self.name, User.subject == subject, User.password_hash == old)
            .values(password_hash=new)
        )
        async with self._database.transaction() as session:
            await session.execute(statement)


def normalized_login(login: str) -> str:
    """Return the one spelling of a login under which it is stored, limited and looked up."""
    folded = unicodedata.normalize("NFKC", login).casefold()
    return unicodedata.normalize("NFKC", folded).casefold().strip()


def subject_of(provider: str, login: str) -> str:
    """Return under what a user is stored: a login in one spelling, a provider's id as it is."""
    return normalized_login(login) if provider == LocalSignIn.name else login.strip()


def is_login(subject: str) -> bool:
    """Say whether a normalized login can be one: 1 to 320 printable characters, no spaces."""
    return 1 <= len(subject) <= MAX_LOGIN and all(
        character.isprintable() and not character.isspace() for character in subject
    )
