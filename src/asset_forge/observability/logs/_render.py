"""From an event to the bytes of a line."""

from __future__ import annotations

import os
import re
import socket
import sys
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from math import isfinite
from types import TracebackType
from typing import TypeAlias, TypeVar

import msgspec

from asset_forge.observability import context
from asset_forge.observability.redaction import Json, Kind, Redactor, classify

from ._levels import LEVEL_NAMES, pino_level, severity

__all__ = ["Late", "LineBuilder", "find_error", "to_line"]

F = TypeVar("F")

Late: TypeAlias = tuple[
    str, str, str, Callable[[F, context.Scope], Mapping[str, Json]], F, float, context.Scope
]
"""What a line is made of later: logger, level, message, the function that makes its own fields of
the facts, those facts, the time (seconds since the epoch) and the scope of the event. A plain
tuple, because a named one takes four times as long to make.
"""

_encode = msgspec.json.Encoder().encode
_IDS = {"request_id": "requestId", "trace_id": "traceId", "user_id": "userId", "job_id": "jobId"}
_FIXED = frozenset({"level", "severity", "time", "pid", "hostname", "name", "msg", "err"})
# Allowed inside JSON, but many readers take them for the end of a line, and terminals for commands.
_BREAKS = re.compile(rb"\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]")
_MAX_STACK = 32_768
_MAX_NAMES = 1_000  # names of fields are few, unless somebody makes them from data
_SMALL = 10**12  # a longer number may be that of a card
_NUMBERS = (int, bool)  # and no subclass, whose value may be written otherwise, such as an enum's
_JSON_STARTS = frozenset("{[")
_HEADS = {name: (pino_level(name), severity(name)) for name in LEVEL_NAMES}


_pid = os.getpid()  # kept, because asking costs as much as three fields


def _escape(match: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(match[0].decode("utf-8"))


def _after_fork() -> None:
    global _pid  # noqa: PLW0603 - a process has one
    _pid = os.getpid()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class LineBuilder:
    """Makes the fields of a line: Pino's, the ids of the open scope, the error, then the event's
    own, redacted.
    """

    def __init__(
        self, redactor: Redactor, clock: Callable[[], float], hostname: str | None = None
    ) -> None:
        self._redactor = redactor
        self._clock = clock
        self._hostname = redactor.text(hostname or socket.gethostname())
        self._names: dict[str, tuple[str, bool]] = {}

    def fields(
        self, logger: str, level: str, event: MutableMapping[str, object]
    ) -> dict[str, Json]:
        """The fields of one line; ``event`` holds the message under ``event`` and is used up."""
        message = event.pop("event", "")
        line = self._head(
            logger,
            level,
            self._redactor.text(message) if type(message) is str else self._message(message),
            self._clock(),
            context.current(),
        )
        if event:
            self._own(line, event)
        return line

    def late_fields(self, late: Late[F]) -> dict[str, Json]:
        """The fields of a line whose own hold no secret and are named as in the line: they are
        taken as they are.
        """
        logger, level, message, fields, facts, time, scope = late
        line = self._head(logger, level, message, time, scope)
        line.update(fields(facts, scope))
        return line

    def _head(
        self, logger: str, level: str, message: str, time: float, here: context.Scope
    ) -> dict[str, Json]:
        number, name = _HEADS[level]
        line: dict[str, Json] = {
            "level": number,
            "severity": name,
            "time": int(time * 1000),
            "pid": _pid,
            "hostname": self._hostname,
            "name": logger,
            "msg": message,
        }
        if here.made_here:
            line["requestId"] = here.request_id
            line["traceId"] = here.trace_id
        else:
            identifier = self._redactor.identifier
            if here.request_id is not None:
                line["requestId"] = identifier(here.request_id)
            if here.trace_id is not None:
                line["traceId"] = identifier(here.trace_id)
        if here.user_id is not None:
            line["userId"] = self._redactor.text(here.user_id)
        if here.job_id is not None:
            line["jobId"] = self._redactor.text(here.job_id)
        return line

    def _own(self, line: dict[str, Json], event: MutableMapping[str, object]) -> None:
        """Add the event's own fields; plain numbers and text, which most are, go a short way."""
        if "exc_info" in event or "err" in event or "error" in event:
            error = find_error(event)
            if error is not None:
                line["err"] = self._error(error)
        names = self._names
        text = self._redactor.text
        for key, value in event.items():
            name, plain = names.get(key) or self._name(key)
            if plain:
                if isinstance(value, str):
                    if value[:1] not in _JSON_STARTS:
                        line[name] = text(value)
                        continue
                elif isinstance(value, float):
                    if isfinite(value):
                        line[name] = value
                        continue
                elif (
                    isinstance(value, int) and type(value) in _NUMBERS and -_SMALL < value < _SMALL
                ):
                    line[name] = value
                    continue
            line[name] = self._redactor.value(value, key=key)

    def _name(self, key: str) -> tuple[str, bool]:
        """How a field is called in the line, and whether its name allows any value."""
        name = _IDS.get(key)
        if name is None:
            name = self._redactor.text(key[:200])
            if name in _FIXED:
                name += "_"
        found = (name, classify(key) is Kind.PLAIN)
        if len(self._names) < _MAX_NAMES:
            self._names[key] = found
        return found

    def encode(self, logger: str, level: str, event: MutableMapping[str, object]) -> bytes:
        """One JSON object and a line break."""
        return to_line(self.fields(logger, level, event))

    def _message(self, event: object) -> str:
        return self._redactor.text(
            event if type(event) is str else str(self._redactor.value(event))
        )

    def _error(self, error: BaseException) -> dict[str, Json]:
        kind = type(error)
        try:
            message = str(error)
        except Exception as fault:  # noqa: BLE001 - somebody's __str__
            message = f"[unreadable: {type(fault).__name__}]"
        try:
            stack = "".join(traceback.format_exception(error))
        except Exception as fault:  # noqa: BLE001 - for instance RecursionError for a chain without end
            stack = f"[no stack: {type(fault).__name__}]"
        if len(stack) > _MAX_STACK:
            stack = f"{stack[: _MAX_STACK // 2]}\n…\n{stack[-_MAX_STACK // 2 :]}"
        lines = [self._redactor.text(text) for text in stack.splitlines()]
        return {
            "type": kind.__qualname__,
            "message": self._redactor.text(message),
            "stack": "\n".join(lines),
        }


def to_line(fields: dict[str, Json]) -> bytes:
    """One JSON object and a line break."""
    line = _encode(fields) + b"\n"
    return line if line.isascii() else _BREAKS.sub(_escape, line)


def find_error(event: MutableMapping[str, object]) -> BaseException | None:
    """Take the exception out of ``exc_info`` (in any of the three forms that `logging` takes),
    ``err`` or ``error``.
    """
    info = event.pop("exc_info", None)
    if info:
        if isinstance(info, BaseException):
            return info
        if isinstance(info, tuple):
            found: BaseException | TracebackType | type | None = info[1] if len(info) == 3 else None  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            return found if isinstance(found, BaseException) else None
        return sys.exception()
    for key in ("err", "error"):
        value = event.get(key)
        if isinstance(value, BaseException):
            del event[key]
            return value
    return None
