"""Passwords: what is accepted, and Argon2id off the event loop."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from asset_forge.faults import InvalidRequest, Unavailable

MIN_CHARACTERS = 10
MAX_CHARACTERS = 1000  # so that nobody makes the hash expensive by its input

_AT_ONCE = 2  # one hash takes 64 MiB and a core for some 50 ms
_WAITING = 64  # some seconds of work; more would wait longer than a client does

_Result = TypeVar("_Result")


class PasswordHasher:
    """Hashes and verifies passwords in threads, a few at once.

    Args:
        parameters: Cost of the hash; argon2-cffi's default is RFC 9106's low-memory profile.
    """

    def __init__(self, parameters: argon2.Parameters | None = None) -> None:
        self._argon2 = (
            argon2.PasswordHasher()
            if parameters is None
            else argon2.PasswordHasher.from_parameters(parameters)
        )
        # Threads of its own: work that its caller abandoned still counts against the limit.
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="password")
        self._waiting = 0
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """Return the hash of a password, with its parameters and salt.

        Raises:
            Unavailable: Too many hashes are waiting already.
        """
        return await self._run(lambda: self._argon2.hash(_bytes(password)))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Say whether a password has the stored hash; without one, work as long and say no.

        Raises:
            Unavailable: Too many hashes are waiting already.
        """
        return await self._run(lambda: self._verify(stored, password))

    def needs_rehash(self, stored: str) -> bool:
        """Say whether a hash was made with other parameters than the current ones."""
        return self._argon2.check_needs_rehash(stored)

    def _verify(self, stored: str | None, password: str) -> bool:
        if stored is None:
            if self._nobody is None:
                self._nobody = self._argon2.hash(secrets.token_bytes(16))
            stored_or_nobody = self._nobody
        else:
            stored_or_nobody = stored
        try:
            self._argon2.verify(stored_or_nobody, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        if self._waiting >= _WAITING:
            raise Unavailable("Too many sign-ins at once; try again in a moment", retry_after=5.0)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def check_password(password: str) -> None:
    """Refuse a password that is too short to be worth hashing, or too long to be one.

    Raises:
        InvalidRequest: The length is not within the limits.
    """
    if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
        raise InvalidRequest(
            f"has {len(password)} characters: {MIN_CHARACTERS} to {MAX_CHARACTERS} are allowed",
            field="password",
        )


def _bytes(password: str) -> bytes:
    """Encode a password so that it is the same from every keyboard (NFKC, as RFC 8265 has it)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
