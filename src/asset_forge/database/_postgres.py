"""A Postgres connection on which nothing waits without end."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from psycopg import AsyncConnection, OperationalError, errors
from psycopg.abc import PQGen
from psycopg.waiting import wait_async

STATEMENT_SECONDS = 4.0
"""How long a statement may take, a wait for a lock included: 503 within five seconds."""

CONNECT_SECONDS = 3

_INTERVAL_SECONDS = 0.1

_Result = TypeVar("_Result")


class BoundedConnection(AsyncConnection[Any]):
    """A connection that is closed when the server does not answer in time.

    The server's own `statement_timeout` ends what a working server does for too long. A server that
    is stopped or cut off answers to nothing, neither to a statement nor to its cancellation, for
    which psycopg would wait another ten seconds; only giving up the socket ends that wait.
    """

    answer_seconds = STATEMENT_SECONDS + 0.5

    async def wait(
        self,
        gen: PQGen[_Result],
        interval: float = _INTERVAL_SECONDS,
        timeout: float | None = None,  # noqa: ASYNC109 - psycopg's signature
    ) -> _Result:
        """Wait for the server's answer, for `answer_seconds` at most.

        Raises:
            OperationalError: The server did not answer; the connection is closed.
        """
        limit = self.answer_seconds if timeout is None else min(timeout, self.answer_seconds)
        try:
            return await wait_async(gen, self.pgconn.socket, interval=interval, timeout=limit)
        except errors._WaitTimeout as error:  # pyright: ignore[reportPrivateUsage]
            self.pgconn.finish()
            raise OperationalError(f"the server has not answered for {limit:g} s") from error
        except (asyncio.CancelledError, KeyboardInterrupt):
            self.pgconn.finish()  # SQLAlchemy discards the connection of a canceled statement
            raise


def connect_arguments() -> dict[str, object]:
    """Return the arguments of psycopg's `connect` that bound every wait."""
    milliseconds = int(STATEMENT_SECONDS * 1000)
    return {
        "async_creator_fn": BoundedConnection.connect,
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "asset-forge",
        # A server that vanished without a word is noticed also while no statement runs.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "options": (
            f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} "
            "-c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
        ),
    }
