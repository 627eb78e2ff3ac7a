"""Which format and encoding a scrape gets, by its `Accept` and `Accept-Encoding` (RFC 9110)."""

from __future__ import annotations

import zlib
from typing import Protocol

TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_GZIP_LEVEL = 1
"""Exposition repeats itself: level 1 takes a third of the time of the default and still leaves a
tenth of the bytes.
"""


class Compressor(Protocol):
    """Makes gzip out of one piece after the other."""

    def compress(self, data: bytes | memoryview, /) -> bytes:
        """Take a piece, and return what is ready."""
        ...

    def flush(self) -> bytes:
        """Return the rest."""
        ...


def wants_openmetrics(accept: str | None) -> bool:
    """Say whether OpenMetrics 1.0 is preferred, or as good as plain text; without `Accept` it is
    not.
    """
    best_openmetrics = best_text = 0.0
    for kind, parameters in _items(accept or ""):
        quality = _quality(parameters)
        if kind == "application/openmetrics-text":
            if parameters.get("version", "1.0.0") in {"1.0.0", "0.0.1"}:
                best_openmetrics = max(best_openmetrics, quality)
        elif kind in {"text/plain", "text/*", "*/*"}:
            best_text = max(best_text, quality)
    return best_openmetrics > 0.0 and best_openmetrics >= best_text


def wants_gzip(accept_encoding: str | None) -> bool:
    """Say whether the reader takes gzip."""
    qualities = {name: _quality(parameters) for name, parameters in _items(accept_encoding or "")}
    return qualities.get("gzip", qualities.get("*", 0.0)) > 0.0


def compressor() -> Compressor:
    """Return a compressor for one answer."""
    return zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 31)


def _items(field: str) -> list[tuple[str, dict[str, str]]]:
    items: list[tuple[str, dict[str, str]]] = []
    for item in field.split(","):
        name, *rest = (part.strip().lower() for part in item.split(";"))
        pairs = (part.partition("=") for part in rest)
        items.append((name, {key.strip(): value.strip().strip('"') for key, _, value in pairs}))
    return items


def _quality(parameters: dict[str, str]) -> float:
    try:
        return min(max(float(parameters.get("q", "1")), 0.0), 1.0)
    except ValueError:
        return 0.0
