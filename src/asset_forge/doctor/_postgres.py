"""Asks the Postgres server of `DATABASE_URL` how many connections it admits."""

from __future__ import annotations

import asyncio
from typing import Final

from asset_forge.doctor._evidence import Server

TIMEOUT_SECONDS: Final = 5
_RESERVED: Final = ("superuser_reserved_connections", "reserved_connections")  # the latter from 16
_ASK: Final = (
    "SELECT name, setting::int FROM pg_settings WHERE name = ANY(%s)"
    " UNION ALL SELECT 'in_use', count(*)::int FROM pg_stat_activity"
    " WHERE backend_type = 'client backend'"
)


async def ask_postgres(url: str) -> Server | None:
    """Return what the server says; None where the URL names none."""
    if not url.startswith("postgres"):
        return None
    return await asyncio.to_thread(_ask, url)


def _ask(url: str) -> Server:
    import psycopg

    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        with psycopg.connect(plain, connect_timeout=TIMEOUT_SECONDS) as connection:
            names = ["max_connections", *_RESERVED]
            found = dict(connection.execute(_ASK, (names,)).fetchall())
    except psycopg.Error as error:
        # The first line says what is wrong; what follows may repeat the address with its password.
        said = str(error).partition("\n")[0] or type(error).__name__
        return Server(fault=f"the database server does not answer ({said[:200]})")
    return Server(
        max_connections=found.get("max_connections", 0),
        reserved=sum(found.get(name, 0) for name in _RESERVED),
        in_use=found.get("in_use", 0),
    )
