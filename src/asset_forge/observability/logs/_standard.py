"""Brings lines of the standard library's `logging` into the same shape."""

from __future__ import annotations

import logging
from collections.abc import Callable, MutableMapping

from ._levels import to_name

__all__ = ["StandardHandler", "adopt"]

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}

Emit = Callable[[str, str, MutableMapping[str, object]], None]


class StandardHandler(logging.Handler):
    """Hands records of standard loggers to ``emit(logger, level, event)``; what came by `extra=`
    becomes fields.
    """

    def __init__(self, emit: Emit) -> None:
        super().__init__()
        self._emit = emit

    def createLock(self) -> None:
        """No lock: the queue behind has one, and a lock held over a fork would hang the child."""
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write ``record``; never raises."""
        event: dict[str, object] = {
            key: value for key, value in vars(record).items() if key not in _OWN
        }
        try:
            event["event"] = record.getMessage()
        except Exception as error:  # noqa: BLE001 - placeholders that do not fit, or an argument's code
            event["event"] = record.msg
            event["args"] = f"do not fit the message: {type(error).__name__}"
        if record.exc_info:
            event["exc_info"] = record.exc_info
        if record.stack_info:
            event["stack"] = record.stack_info
        self._emit(record.name, to_name(record.levelno), event)


def adopt() -> list[tuple[logging.Logger, list[logging.Handler], bool]]:
    """Take the handlers that write to streams from all named loggers and let the root's do it
    instead.

    Returns what was there, for putting it back.
    """
    before: list[tuple[logging.Logger, list[logging.Handler], bool]] = []
    for logger in list(logging.root.manager.loggerDict.values()):
        if not isinstance(logger, logging.Logger):
            continue
        streams = [
            handler
            for handler in logger.handlers
            if isinstance(handler, logging.StreamHandler)
            and not isinstance(handler, logging.FileHandler)
        ]
        if not streams:
            continue
        before.append((logger, streams, logger.propagate))
        for handler in streams:
            logger.removeHandler(handler)  # pyright: ignore[reportUnknownArgumentType]
        logger.propagate = True
    return before
