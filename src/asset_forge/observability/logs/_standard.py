"""Brings lines of the standard library's `logging` into the same shape."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass, field

from ._levels import to_name

__all__ = ["Adopted", "StandardHandler", "adopt"]

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

    def createLock(self) -> None:  # noqa: N802 - the name that `logging` calls
        """No lock: the queue behind has one, and a lock held over a fork would hang the child."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Emit without the lock, which the original insists on from Python 3.13 on."""
        passed = self.filter(record)
        if passed:
            self.emit(record)
        return passed

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


@dataclass(slots=True)
class Adopted:
    """How a logger was before it was taken over."""

    logger: logging.Logger
    propagate: bool
    taken: list[logging.Handler]
    given: list[logging.Handler] = field(default_factory=list[logging.Handler])

    def give_back(self) -> None:
        """Make the logger what it was."""
        self.logger.propagate = self.propagate
        for handler in self.given:
            self.logger.removeHandler(handler)
        for handler in self.taken:
            self.logger.addHandler(handler)


def adopt(claimed: Iterable[str]) -> list[Adopted]:
    """Take the handlers that write to streams from all named loggers: the root's does it instead.

    The ``claimed`` loggers get a handler that does nothing: their libraries would otherwise set up
    one of their own as soon as they start. Returns what was there, for putting it back.
    """
    for name in claimed:
        logging.getLogger(name)
    names = set(claimed)
    adopted: list[Adopted] = []
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if not isinstance(logger, logging.Logger):
            continue
        streams = [handler for handler in logger.handlers if _writes_to_a_stream(handler)]
        if not streams and (name not in names or logger.handlers):
            continue
        before = Adopted(logger, logger.propagate, streams)
        for handler in streams:
            logger.removeHandler(handler)
        if name in names:
            before.given.append(logging.NullHandler())
            logger.addHandler(before.given[0])
        logger.propagate = True
        adopted.append(before)
    return adopted


def _writes_to_a_stream(handler: logging.Handler) -> bool:
    return isinstance(handler, logging.StreamHandler) and not isinstance(
        handler, logging.FileHandler
    )
