"""Prometheus durations: read, write, and shorten those inside an expression for a drill."""

from __future__ import annotations

import re

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION = re.compile(r"(\d+)(ms|[smhdw])\Z")
_IN_EXPRESSION = re.compile(
    r"(?P<before>\[|\boffset )(?P<range>\d+(?:ms|[smhdw]))(?=[\]:\s)]|\Z)"
    r"|\bseconds\((?P<number>\d+(?:ms|[smhdw]))\)"
)


def seconds(duration: str) -> float:
    """Return the seconds of a duration such as `30d`; raise `ValueError` for anything else."""
    match = _DURATION.match(duration)
    if match is None:
        raise ValueError(
            f"duration {duration!r}: write a number and one of {', '.join(_UNITS)}, such as 5m"
        )
    return int(match[1]) * _UNITS[match[2]]


def duration(value: float) -> str:
    """Write seconds as the shortest duration, to the millisecond; at least `1ms`."""
    milliseconds = max(round(value * 1000), 1)
    for unit in ("d", "h", "m", "s"):
        size = round(_UNITS[unit] * 1000)
        if milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"


def scaled(text: str, scale: float) -> str:
    """Return a duration multiplied by `scale`; the text itself at scale 1."""
    return text if scale == 1 else duration(seconds(text) * scale)


def scaled_expression(expression: str, scale: float) -> str:
    """Multiply each range and offset of an expression, and each `seconds(…)`, by `scale`.

    `seconds(10m)` becomes a number, for thresholds that are times themselves.
    """

    def replaced(match: re.Match[str]) -> str:
        if match["number"]:
            return f"{seconds(match['number']) * scale:g}"
        return match["before"] + scaled(match["range"], scale)

    return _IN_EXPRESSION.sub(replaced, expression)
