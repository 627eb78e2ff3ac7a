"""The logger that the code calls: structlog's, with levels kept by the standard library's tree."""

from __future__ import annotations

import logging

import structlog

from ._levels import TRACE

__all__ = ["Logger"]


class Logger(structlog.BoundLoggerBase):
    """A structlog logger whose wrapped logger is a `logging.Logger`: names, levels and inheritance
    are the standard's.

    The event is a constant text and everything variable a keyword: ``log.info("asset stored",
    asset_id=…, bytes=…)``. Positional arguments fill in the text the way `logging` does, for code
    that was written for it. No call raises.
    """

    _logger: logging.Logger

    def trace(self, event: object, /, *args: object, **fields: object) -> None:
        """Log at Pino's level 10."""
        if self._logger.isEnabledFor(TRACE):
            self._emit("trace", event, args, fields)

    def debug(self, event: object, /, *args: object, **fields: object) -> None:
        """Log at Pino's level 20."""
        if self._logger.isEnabledFor(logging.DEBUG):
            self._emit("debug", event, args, fields)

    def info(self, event: object, /, *args: object, **fields: object) -> None:
        """Log at Pino's level 30."""
        if self._logger.isEnabledFor(logging.INFO):
            self._emit("info", event, args, fields)

    def warning(self, event: object, /, *args: object, **fields: object) -> None:
        """Log at Pino's level 40."""
        if self._logger.isEnabledFor(logging.WARNING):
            self._emit("warning", event, args, fields)

    def error(self, event: object, /, *args: object, **fields: object) -> None:
        """Log at Pino's level 50."""
        if self._logger.isEnabledFor(logging.ERROR):
            self._emit("error", event, args, fields)

    def exception(self, event: object, /, *args: object, **fields: object) -> None:
        """Log at Pino's level 50 with the exception that is being handled."""
        if self._logger.isEnabledFor(logging.ERROR):
            fields.setdefault("exc_info", True)
            self._emit("error", event, args, fields)

    def critical(self, event: object, /, *args: object, **fields: object) -> None:
        """Log at Pino's level 60."""
        if self._logger.isEnabledFor(logging.CRITICAL):
            self._emit("critical", event, args, fields)

    warn = warning
    fatal = critical

    def is_enabled_for(self, level: int) -> bool:
        """Whether a line of this level (one of `logging`'s numbers) would be written; to save
        making costly fields.
        """
        return self._logger.isEnabledFor(level)

    def _emit(
        self, level: str, event: object, args: tuple[object, ...], fields: dict[str, object]
    ) -> None:
        if args:
            try:
                event = str(event) % args
            except Exception:  # noqa: BLE001 - the text's placeholders or an argument's code
                fields["args"] = args
        if "event" in fields:
            fields["event_"] = fields.pop("event")
        fields["event"] = event
        if self._context:
            fields = {**self._context, **fields}
        try:
            for process in self._processors:
                process(self._logger, level, fields)
        except structlog.DropEvent:
            return
