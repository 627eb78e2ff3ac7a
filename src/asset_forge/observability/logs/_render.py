"""From an event to the bytes of a line."""

from __future__ import annotations

import os
import socket
import sys
import traceback
from collections.abc import Callable, MutableMapping
from types import TracebackType

import msgspec

from asset_forge.observability import context
from asset_forge.observability.redaction import Json, Redactor

from ._levels import LEVEL_NAMES, pino_level, severity

__all__ = ["LineBuilder", "find_error"]

_encode = msgspec.json.Encoder().encode
_IDS = {"request_id": "requestId", "trace_id": "traceId", "user_id": "userId", "job_id": "jobId"}
_FIXED = frozenset({"level", "severity", "time", "pid", "hostname", "name", "msg", "err"})
_MAX_STACK = 32_768
_HEADS = {name: (pino_level(name), severity(name)) for name in LEVEL_NAMES}


class LineBuilder:
    """Makes the fields of a line: Pino's, the ids of the open scope, the error, then the event's own, redacted."""

    def __init__(
        self, redactor: Redactor, clock: Callable[[], float], hostname: str | None = None
    ) -> None:
        self._redactor = redactor
        self._clock = clock
        self._hostname = redactor.text(hostname or socket.gethostname())

    def fields(
        self, logger: str, level: str, event: MutableMapping[str, object]
    ) -> dict[str, Json]:
        """The fields of one line; ``event`` holds the message under ``event`` and is used up."""
        number, name = _HEADS[level]
        scalar = self._redactor.scalar
        line: dict[str, Json] = {
            "level": number,
            "severity": name,
            "time": int(self._clock() * 1000),
            "pid": os.getpid(),
            "hostname": self._hostname,
            "name": logger,
            "msg": self._message(event.pop("event", "")),
        }
        here = context.current()
        if here.request_id is not None:
            line["requestId"] = scalar("id", here.request_id)
        if here.trace_id is not None:
            line["traceId"] = scalar("id", here.trace_id)
        if here.user_id is not None:
            line["userId"] = scalar("id", here.user_id)
        if here.job_id is not None:
            line["jobId"] = scalar("id", here.job_id)
        error = find_error(event)
        if error is not None:
            line["err"] = self._error(error)
        for key, value in event.items():
            if key in _IDS:
                line[_IDS[key]] = scalar("id", value)
            else:
                clean = self._redactor.text(key)
                line[f"{clean}_" if clean in _FIXED else clean] = scalar(key, value)
        return line

    def encode(self, logger: str, level: str, event: MutableMapping[str, object]) -> bytes:
        """One JSON object and a line break."""
        return _encode(self.fields(logger, level, event)) + b"\n"

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


def find_error(event: MutableMapping[str, object]) -> BaseException | None:
    """Take the exception out of ``exc_info`` (in any of the three forms that `logging` takes), ``err`` or ``error``."""
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
