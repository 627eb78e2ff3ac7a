"""Puts the logs of a process together."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Literal, TypeVar

import structlog
from structlog.typing import Processor

from asset_forge.observability import context
from asset_forge.observability.redaction import Json, Redactor

from . import _console
from ._declarations import CounterFamily
from ._levels import LEVEL_NAMES, TRACE, to_level, to_name
from ._logger import Logger
from ._render import Late, LineBuilder, to_line
from ._standard import Adopted, StandardHandler, adopt
from ._writer import LineWriter

__all__ = ["LogSystem", "configure_logging"]

_EXIT_SECONDS = 2.0
_URGENT = frozenset({"error", "critical"})

F = TypeVar("F")


class LogSystem:
    """The logs of this process; made by :func:`configure_logging`."""

    def __init__(
        self,
        *,
        builder: LineBuilder,
        clock: Callable[[], float],
        fd: int,
        console: bool,
        max_lines: int,
        claimed: tuple[str, ...],
    ) -> None:
        self._builder = builder
        self._clock = clock
        self._console = console
        self._counts: dict[str, Callable[[], None]] = {}
        self._dropped: Callable[[int], None] = lambda _: None
        self._writer: LineWriter[Late[Any]] = LineWriter(
            fd,
            render=self._render_late,
            report=self._loss,
            on_lost=self._lose,
            max_lines=max_lines,
        )
        self._handler = StandardHandler(self.emit)
        self._root_level = logging.root.level
        self._root_handlers = list(logging.root.handlers)
        self._adopted: list[Adopted] = []
        self._claimed = claimed
        self._changed: dict[str, int] = {}
        self._closed = False

    def count_in(self, messages: CounterFamily | None, dropped: CounterFamily | None) -> None:
        """Count lines from now on in ``messages``, and those that were lost in ``dropped``."""
        if messages is not None:
            self._counts.update({name: messages.labels(name).inc for name in LEVEL_NAMES})
        if dropped is not None:
            self._dropped = dropped.labels("log").inc

    def emit(self, logger: str, level: str, event: MutableMapping[str, object]) -> None:
        """Write one event, whatever the logger's level is; ``event`` holds the message under
        ``event``. Never raises.
        """
        if level in self._counts:
            self._counts[level]()
        try:
            line = self._render(logger, level, event)
        except Exception as error:  # noqa: BLE001 - a line must not cost its caller the request
            line = self._unrendered(error)
        self._writer.write(line, urgent=level in _URGENT)

    def later(
        self, logger: str, message: str, fields: Callable[[F, context.Scope], Mapping[str, Json]]
    ) -> Callable[[str, F], None]:
        """Return a function of a level and facts that writes one event, whose fields
        ``fields(facts, scope)`` makes in the writer's thread, without secrets and named as in the
        line; time and scope are those of the call.

        For lines as frequent as those of an access log: it costs the caller a fifth of
        :meth:`emit`. ``facts`` are small and never change, because up to 10,000 of them wait.
        Never raises.
        """
        counts, clock, current = self._counts, self._clock, context.current
        write = self._writer.write_later

        def emit(level: str, facts: F) -> None:
            if level in counts:
                counts[level]()
            write((logger, level, message, fields, facts, clock(), current()))

        return emit

    def set_level(self, logger: str, level: str) -> None:
        """Set the level of a logger and of all below it that have none of their own; ``root`` is
        above all.

        ``level`` is one of trace, debug, info, warning, error, critical, or ``inherit`` to take the
        level from above again. Takes effect at once. Raises `ValueError` for any other.
        """
        name = "" if logger == "root" else logger
        number = logging.NOTSET if level == "inherit" and name else to_level(level)
        found = logging.getLogger(name or None)
        self._changed.setdefault(name, found.level)
        found.setLevel(number)

    def levels(self) -> dict[str, str]:
        """The levels that are set: ``root``'s, and of each logger that has one of its own."""
        named = {
            name: to_name(logger.level)
            for name, logger in sorted(logging.root.manager.loggerDict.items())
            if isinstance(logger, logging.Logger) and logger.level != logging.NOTSET
        }
        return {"root": to_name(logging.root.level), **named}

    def adopt(self) -> None:
        """Take over loggers of libraries that were set up with handlers of their own since;
        `configure_logging` does it once.
        """
        self._adopted += adopt(self._claimed)

    def flush(self, timeout: float = 1.0) -> bool:
        """Wait up to ``timeout`` seconds until all lines are written; False if some are not."""
        return self._writer.flush(timeout)

    def close(self, timeout: float = _EXIT_SECONDS) -> None:
        """Write what is queued for up to ``timeout`` seconds and put structlog and `logging` back.
        May be called twice.
        """
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.close)
        logging.captureWarnings(False)
        logging.root.removeHandler(self._handler)
        for handler in self._root_handlers:
            logging.root.addHandler(handler)
        for adopted in reversed(self._adopted):
            adopted.give_back()
        for name, level in self._changed.items():
            logging.getLogger(name or None).setLevel(level)
        logging.root.setLevel(self._root_level)
        self._writer.close(timeout)

    def install(self, level: str, levels: Mapping[str, str]) -> None:
        """Become the sink of structlog and of `logging`; called by :func:`configure_logging`."""
        logging.addLevelName(TRACE, "TRACE")
        logging.root.handlers[:] = [self._handler]
        logging.root.setLevel(to_level(level))
        for name, own in levels.items():
            self.set_level(name, own)
        logging.captureWarnings(True)
        self.adopt()
        processors: list[Processor] = []
        if structlog.is_configured():
            processors = structlog.get_config()["processors"]
        processors[:] = [self._process]  # in place: loggers that modules keep hold this very list
        structlog.configure(
            processors=processors,
            wrapper_class=Logger,
            context_class=dict,
            logger_factory=_standard_logger,
            cache_logger_on_first_use=True,
        )
        atexit.register(self.close)

    def _process(
        self, logger: logging.Logger, level: str, event: MutableMapping[str, object]
    ) -> str:
        self.emit(logger.name, level, event)
        return ""

    def _render(self, logger: str, level: str, event: MutableMapping[str, object]) -> bytes:
        if self._console:
            return _console.render(self._builder.fields(logger, level, event))
        return self._builder.encode(logger, level, event)

    def _render_late(self, late: Late[Any]) -> bytes:
        try:
            line = self._builder.late_fields(late)
            return _console.render(line) if self._console else to_line(line)
        except Exception as error:  # noqa: BLE001 - as in `emit`
            return self._unrendered(error)

    def _unrendered(self, error: Exception) -> bytes:
        return self._render(
            "asset_forge.logs",
            "error",
            {"event": "log line could not be rendered", "reason": type(error).__name__},
        )

    def _lose(self, lines: int) -> None:
        self._dropped(lines)

    def _loss(self, count: int, reason: str) -> bytes:
        return self._render(
            "asset_forge.logs",
            "warning",
            {"event": "log lines were lost", "lost": count, "reason": reason},
        )


def configure_logging(
    *,
    level: str = "info",
    levels: Mapping[str, str] | None = None,
    redactor: Redactor | None = None,
    fd: int | None = None,
    style: Literal["auto", "json", "console"] = "auto",
    messages: CounterFamily | None = None,
    dropped: CounterFamily | None = None,
    clock: Callable[[], float] = time.time,
    hostname: str | None = None,
    max_lines: int = 10_000,
    claimed: tuple[str, ...] = ("dbos",),
) -> LogSystem:
    """Make this process write structured lines, from structlog's loggers and from the standard
    library's.

    ``level`` is the root's and ``levels`` those of single loggers (trace, debug, info, warning,
    error, critical). Lines go to the file descriptor ``fd``, or standard output; ``style`` ``auto``
    means JSON unless that is a terminal. ``messages`` (:data:`LOG_MESSAGES`) counts lines,
    ``dropped`` (`telemetry_dropped_total`, under `log`) those that were lost. ``clock`` returns
    seconds since the epoch. At most ``max_lines`` wait for the sink.

    Raises `ValueError` that lists all unknown levels. One system is in use at a time: close it
    before making another.
    """
    faults: list[str] = []
    for name, value in (("root", level), *(levels or {}).items()):
        try:
            to_level(value)
        except ValueError as fault:
            faults.append(f"{name}: {fault}")
    if faults:
        raise ValueError("; ".join(faults))
    target = sys.stdout.fileno() if fd is None else fd
    system = LogSystem(
        builder=LineBuilder(redactor or Redactor(), clock, hostname),
        clock=clock,
        fd=target,
        console=style == "console" or (style == "auto" and os.isatty(target)),
        max_lines=max_lines,
        claimed=claimed,
    )
    system.count_in(messages, dropped)
    system.install(level, levels or {})
    return system


def _standard_logger(*names: str) -> logging.Logger:
    return logging.getLogger(names[0] if names else "asset_forge")
