"""Limits on failed logins, shared by all replicas through the database.

Every attempt is counted before it is verified, so that a burst cannot pass the check together, and
a success takes its count back. Three counters, each over a fixed window that starts with its first
failure:

- by client: one address that tries many accounts;
- by account and client: one address that tries one account;
- by account: many addresses that try one account. This one does not bind a client that has signed
  in to the account within `remembered`, so that an attacked user still gets in from the usual
  places; from others the user gets in again when the window is over. Nothing locks an account
  beyond the window, and attempts that are refused do not prolong it.

The client is the peer's address as the server or a trusted proxy states it; what the client itself
says of its address is not taken into account here or anywhere. An IPv6 client counts by its /64,
which is what one subscriber has. Keys are hashes: the table names neither accounts nor addresses.

A token names its account only once it is verified, and an invented one could name anybody's. So an
attempt with a token counts by client alone.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from asset_forge.database import Database
from asset_forge.database.models import LoginLimit
from asset_forge.faults import TooManyRequests


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """How many failures are allowed within the window, and how long a good client is remembered."""

    per_client: int = 50
    per_account: int = 20
    per_account_and_client: int = 10
    window: timedelta = timedelta(minutes=15)
    remembered: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The keys under which one attempt counts; those of an account are empty for a token."""

    client: str
    account: str = ""
    pair: str = ""
    remembered: str = ""
    is_remembered: bool = False


class LoginLimiter:
    """Counts attempts and refuses those beyond the limits."""

    def __init__(self, database: Database, limits: LoginLimits) -> None:
        self._database = database
        self._limits = limits

    async def begin(self, account: str | None, client: str, now: datetime) -> Attempt:
        """Count an attempt as failed until `succeed` or `withdraw` says otherwise.

        `account` is None where only a token could tell.

        Raises:
            TooManyRequests: A limit was reached; `retry_after` is when its window ends.
        """
        network = _network(client)
        attempt = Attempt(_key("client", network))
        if account is not None:
            attempt = Attempt(
                client=attempt.client,
                account=_key("account", account),
                pair=_key("pair", account, network),
                remembered=_key("remembered", account, network),
            )
        async with self._database.transaction() as session:
            # In this order everywhere, so that two attempts never wait for each other's rows.
            refused = await self._count(session, attempt.client, self._limits.per_client, now)
            if refused is None and attempt.account:
                attempt = await self._recognize(session, attempt, now)
                if not attempt.is_remembered:
                    limit = self._limits.per_account
                    refused = await self._count(session, attempt.account, limit, now)
            if refused is None and attempt.pair:
                limit = self._limits.per_account_and_client
                refused = await self._count(session, attempt.pair, limit, now)
        if refused is not None:
            seconds = max(1, math.ceil((refused - now).total_seconds()))
            raise TooManyRequests(
                f"Too many failed logins: try again in {seconds} s", retry_after=float(seconds)
            )
        return attempt

    async def succeed(self, session: AsyncSession, attempt: Attempt, now: datetime) -> None:
        """Take the attempt's counts back, and remember the client as a good one."""
        await self._uncount(session, attempt)
        if not attempt.pair:
            return
        await session.execute(delete(LoginLimit).where(LoginLimit.key == attempt.pair))
        until = now + self._limits.remembered
        insert = self._insert(attempt.remembered, failures=0, expires_at=until)
        await session.execute(
            insert.on_conflict_do_update(index_elements=["key"], set_={"expires_at": until})
        )

    async def withdraw(self, attempt: Attempt) -> None:
        """Take back an attempt that nobody could judge."""
        async with self._database.transaction() as session:
            await self._uncount(session, attempt)
            await session.execute(_one_less(attempt.pair))

    async def _uncount(self, session: AsyncSession, attempt: Attempt) -> None:
        await session.execute(_one_less(attempt.client))
        if not attempt.is_remembered:
            await session.execute(_one_less(attempt.account))

    async def _recognize(self, session: AsyncSession, attempt: Attempt, now: datetime) -> Attempt:
        known = await session.scalar(
            select(LoginLimit.key).where(
                LoginLimit.key == attempt.remembered, LoginLimit.expires_at > now
            )
        )
        if known is None:
            return attempt
        return Attempt(attempt.client, attempt.account, attempt.pair, attempt.remembered, True)

    async def _count(
        self, session: AsyncSession, key: str, limit: int, now: datetime
    ) -> datetime | None:
        """Count one more; return the end of the window when that is beyond the limit."""
        insert = self._insert(key, failures=1, expires_at=now + self._limits.window)
        over = LoginLimit.expires_at <= now
        statement = insert.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "failures": case((over, 1), else_=LoginLimit.failures + 1),
                "expires_at": case((over, insert.excluded.expires_at), else_=LoginLimit.expires_at),
            },
        ).returning(LoginLimit.failures, LoginLimit.expires_at)
        failures, expires_at = (await session.execute(statement)).one()
        return expires_at if failures > limit else None

    def _insert(
        self, key: str, *, failures: int, expires_at: datetime
    ) -> sqlite.Insert | postgresql.Insert:
        dialect = sqlite if self._database.dialect == "sqlite" else postgresql
        return dialect.insert(LoginLimit).values(key=key, failures=failures, expires_at=expires_at)


def _one_less(key: str) -> Update:
    return (
        update(LoginLimit)
        .where(LoginLimit.key == key, LoginLimit.failures > 0)
        .values(failures=LoginLimit.failures - 1)
    )


def _network(client: str) -> str:
    """Return the part of an address that stands for one subscriber."""
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _key(*parts: str) -> str:
    """Return the hash of the parts; lengths keep neighbors apart."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
