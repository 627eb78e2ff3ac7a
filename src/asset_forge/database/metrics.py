"""What the database measures: each statement once, the pool exactly, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, perf_counter
from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.pool import ConnectionPoolEntry

from asset_forge.catalog import (
    CONNECTION_WAIT,
    CONNECTIONS_ACTIVE,
    CONNECTIONS_IDLE,
    CONNECTIONS_MAX,
    DATABASE_FAILURES,
    QUERY_DURATION,
)
from asset_forge.database._statements import Kind, kind_of
from asset_forge.database._translation import FailureReason
from asset_forge.observability.metrics import Histogram, Registry
from asset_forge.observability.tracing import Span, database_attributes, span

SLOW_SECONDS: Final = 1.0
"""A statement that takes longer counts as slow for the health check; most take a millisecond."""

STRAIN_SECONDS: Final = 30.0
"""For so long the health check remembers what went wrong, longer than it waits between looks."""

_STARTED = "_asset_forge_started"
_SPAN = "_asset_forge_span"


class DatabaseMetrics:
    """The metrics of one `Database`, which attaches them to its engine."""

    def __init__(self, registry: Registry, *, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._strained: dict[str, float] = {}
        self._durations = registry.histogram(QUERY_DURATION)
        self._system = ""
        self._by_kind: dict[Kind, Histogram] = {}
        self._active = registry.gauge(CONNECTIONS_ACTIVE).labels()
        self._idle = registry.gauge(CONNECTIONS_IDLE).labels()
        self._max = registry.gauge(CONNECTIONS_MAX).labels()
        self._wait = registry.histogram(CONNECTION_WAIT).labels()
        self._failures = registry.counter(DATABASE_FAILURES)
        # By identity of the pool's entries, since a failed connect checks in what never was out.
        self._active_entries: set[int] = set()
        self._idle_entries: set[int] = set()

    def attach(self, engine: Engine, pool_size: int) -> None:
        """Observe the statements and the pool of an engine."""
        self._system = engine.dialect.name
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        event.listen(engine, "handle_error", self._failed)
        event.listen(engine, "checkout", self._checkout)
        event.listen(engine, "checkin", self._checkin)
        event.listen(engine, "close", self._close)
        self._max.set(pool_size)
        self._publish()

    def observe_wait(self, seconds: float) -> None:
        """Count the time that a transaction waited for its connection."""
        self._wait.observe(seconds)

    def count_failure(self, reason: FailureReason) -> None:
        """Count a transaction that the database ended."""
        self._failures.labels(reason).inc()
        self._strained[reason] = self._clock()

    def strains(self) -> list[str]:
        """Return what went wrong within the last half minute, for the health check.

        That is the reasons of `db_failures_total`, and `slow_queries`. A connection of its own, as
        the check has it, sees neither a pool that is used up nor a table that is locked.
        """
        since = self._clock() - STRAIN_SECONDS
        return sorted(reason for reason, at in self._strained.items() if at >= since)

    def _before(
        self,
        _connection: Connection,
        _cursor: object,
        statement: str,
        _parameters: object,
        context: ExecutionContext | None,
        _many: bool,
    ) -> None:
        if context is not None:
            setattr(context, _STARTED, perf_counter())
            kind = kind_of(context, statement)
            attributes = database_attributes(self._system, kind.operation, kind.table)
            current = span(f"{kind.operation} {kind.table}", "client", attributes, phase="database")
            current.__enter__()
            setattr(context, _SPAN, current)

    def _after(
        self,
        _connection: Connection,
        _cursor: object,
        statement: str,
        _parameters: object,
        context: ExecutionContext | None,
        _many: bool,
    ) -> None:
        self._observe(context, statement, None)

    def _failed(self, failure: ExceptionContext) -> None:
        error = failure.original_exception
        self._observe(failure.execution_context, failure.statement or "", error)

    def _observe(
        self, context: ExecutionContext | None, statement: str, error: BaseException | None
    ) -> None:
        started: float | None = getattr(context, _STARTED, None)
        if started is None:
            return
        elapsed = perf_counter() - started
        if elapsed > SLOW_SECONDS:
            self._strained["slow_queries"] = self._clock()
        current: Span = getattr(context, _SPAN)
        current.__exit__(type(error) if error else None, error, None)
        setattr(context, _STARTED, None)  # once, also where reading the rows fails after all
        kind = kind_of(context, statement)
        histogram = self._by_kind.get(kind)
        if histogram is None:
            histogram = self._by_kind[kind] = self._durations.labels(*kind)
        histogram.observe(elapsed)

    def _checkout(self, _connection: Any, entry: ConnectionPoolEntry, _proxy: object) -> None:
        self._idle_entries.discard(id(entry))
        self._active_entries.add(id(entry))
        self._publish()

    def _checkin(self, connection: Any, entry: ConnectionPoolEntry) -> None:
        self._active_entries.discard(id(entry))
        if connection is not None:  # None: it broke and was closed
            self._idle_entries.add(id(entry))
        self._publish()

    def _close(self, _connection: Any, entry: ConnectionPoolEntry) -> None:
        self._idle_entries.discard(id(entry))
        self._publish()

    def _publish(self) -> None:
        self._active.set(len(self._active_entries))
        self._idle.set(len(self._idle_entries))
