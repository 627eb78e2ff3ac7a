"""Lines for people: colored and aligned, for a terminal."""

from __future__ import annotations

import datetime as dt
import re

import msgspec

from asset_forge.observability.redaction import Json

__all__ = ["render"]

_COLORS = {
    "TRACE": "2",
    "DEBUG": "36",
    "INFO": "32",
    "WARNING": "33",
    "ERROR": "31",
    "CRITICAL": "97;41",
}
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_STACK = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_HIDDEN = frozenset({"level", "severity", "time", "pid", "hostname", "name", "msg", "err"})
_PLAIN_VALUE = re.compile(r"[^\s\"={}\[\]]+\Z")


def render(line: dict[str, Json]) -> bytes:
    """``line`` in local time, level, logger, message, then fields; the stack below. Control
    characters are escaped.
    """
    severity = str(line["severity"])
    moment = dt.datetime.fromtimestamp(float(str(line["time"])) / 1000, dt.UTC).astimezone()
    parts = [
        f"\x1b[2m{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}\x1b[0m",
        f"\x1b[{_COLORS[severity]}m{severity:<8}\x1b[0m",
        f"\x1b[2m{_escape(str(line['name'])):<28}\x1b[0m",
        f"\x1b[1m{_escape(str(line['msg'])):<36}\x1b[0m",
    ]
    parts += [
        f"\x1b[36m{_escape(key)}\x1b[0m={_value(value)}"
        for key, value in line.items()
        if key not in _HIDDEN
    ]
    text = " ".join(parts).rstrip()
    error = line.get("err")
    if isinstance(error, dict):
        stack = _CONTROL_IN_STACK.sub(_code, str(error["stack"])).rstrip()
        text += "\n    " + stack.replace("\n", "\n    ")
    return f"{text}\n".encode("utf-8", "replace")


def _value(value: Json) -> str:
    if isinstance(value, str) and _PLAIN_VALUE.match(value):
        return _escape(value)
    return _escape(msgspec.json.encode(value).decode())


def _escape(text: str) -> str:
    return _CONTROL.sub(_code, text)


def _code(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
