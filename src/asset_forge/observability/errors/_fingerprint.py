"""Tells whether two failures are the same fault."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

__all__ = ["fingerprint", "normalize"]

_MAX_MESSAGE = 500

# From the most to the least telling; each replacement is text that no later pattern takes apart.
_VARIABLE = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\b[a-z][a-z0-9+.\-]{1,20}://[^\s\"'<>]++", "<url>"),
        (r"\"(?:[^\"\\\n]|\\.)*+\"", "<value>"),
        (r"(?<![A-Za-z0-9])'(?:[^'\\\n]|\\.)*+'(?![A-Za-z])", "<value>"),
        (r"`[^`\n]*+`", "<value>"),
        (r"[\w.+\-]{1,64}+@[\w\-]{1,63}(?:\.[\w\-]{1,63}){0,5}", "<address>"),
        (r"(?i)\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b", "<id>"),
        (r"\b0x[0-9a-fA-F]++", "<address>"),
        (r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?![\w.])", "<address>"),
        (r"(?i)(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", "<address>"),
        (r"(?i)\b(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{16,}+\b", "<id>"),
        (r"(?i)\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,}+\b", "<id>"),
        (r"(?<![\w>])[/\\](?:[\w.\-]{1,100}[/\\]){1,30}[\w.\-]{0,100}", "<path>"),
        (r"[-+]?\d[\d_,]*+(?:\.\d++)?(?:[eE][-+]?\d++)?", "<n>"),
        (r"\s++", " "),
    )
)


def normalize(message: str) -> str:
    """``message`` with its variable parts replaced: URLs, quoted values, ids, addresses, paths and
    numbers.
    """
    text = message[: 2 * _MAX_MESSAGE]
    for pattern, replacement in _VARIABLE:
        text = pattern.sub(replacement, text)
    return text.strip()[:_MAX_MESSAGE]


def fingerprint(
    kinds: Iterable[str], places: Iterable[str], message: str, error_type: str | None = None
) -> str:
    """16 hexadecimal digits that failures of one fault share.

    ``kinds`` are the exception's class and those of its causes, ``places`` the application's
    modules and functions on the stack (no line numbers: they move with every edit above),
    ``message`` is normalized first.
    """
    digest = hashlib.sha256()
    for part in (error_type or "", "|".join(kinds), "|".join(places), normalize(message)):
        digest.update(part.encode("utf-8", "replace"))
        digest.update(b"\0")
    return digest.hexdigest()[:16]
