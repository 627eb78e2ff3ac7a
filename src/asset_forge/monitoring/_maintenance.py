"""Declared maintenance: a TOML file of UTC intervals, and the series that it becomes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from asset_forge.monitoring._model import RuleError


@dataclass(frozen=True, slots=True)
class Maintenance:
    """One interval, from `start` up to but not including `end`, that spends no error budget."""

    start: datetime
    end: datetime
    reason: str


def read_maintenance(path: Path) -> tuple[Maintenance, ...]:
    """Read the `[[window]]` tables of a file, each with `start`, `end` (UTC) and `reason`.

    Raises:
        RuleError: The file cannot be read, or some of its windows cannot be used; each is named.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"maintenance file {path}: {error}") from error
    unknown = sorted(set(document) - {"window"})
    faults = [f"{name!r} is unknown; write [[window]] tables" for name in unknown]
    tables: object = document.get("window", [])
    if not isinstance(tables, list):
        raise RuleError(f"maintenance file {path}: write [[window]], with two brackets")
    windows: list[Maintenance] = []
    for number, table in enumerate(cast("list[object]", tables), 1):
        found = _window(table)
        if isinstance(found, Maintenance):
            windows.append(found)
        else:
            faults.append(f"window {number}: {found}")
    if faults:
        raise RuleError(f"maintenance file {path}: " + "; ".join(faults))
    return tuple(sorted(windows, key=lambda window: window.start))


def _window(table: object) -> Maintenance | str:
    if not isinstance(table, dict):
        return "a table with start, end and reason is needed"
    values = cast("dict[str, object]", table)
    if set(values) != {"start", "end", "reason"}:
        return f"needs start, end and reason, has {', '.join(sorted(values)) or 'nothing'}"
    start, end, reason = values["start"], values["end"], values["reason"]
    for name, value in (("start", start), ("end", end)):
        if not isinstance(value, datetime) or value.utcoffset() != timedelta(0):
            return f"{name} = {value}: write a UTC time such as 2026-03-01T02:00:00Z"
    if not isinstance(reason, str) or not reason.strip():
        return f"reason = {reason!r}: say in a few words what is done"
    start, end = cast("datetime", start), cast("datetime", end)
    if start >= end:
        return f"start {start.isoformat()} is not before end {end.isoformat()}"
    return Maintenance(start, end, reason)


def maintenance_expression(windows: tuple[Maintenance, ...]) -> str:
    """Return PromQL that is 1 within any of the windows and 0 outside, without labels."""
    if not windows:
        return "vector(0)"
    terms = [
        f"vector(time() >= bool {window.start.timestamp():.0f})"
        f" * vector(time() < bool {window.end.timestamp():.0f})"
        for window in windows
    ]
    return f"clamp_max({' + '.join(terms)}, 1)"
