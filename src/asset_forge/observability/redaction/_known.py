"""Finds secret values that are known beforehand, in the encodings in which they travel."""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

__all__ = ["MIN_KNOWN_LENGTH", "known_pattern"]

MIN_KNOWN_LENGTH = 6
"""Shorter values are not searched for: `dev` or `1234` would be struck out of every other line."""


def known_pattern(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for the secrets verbatim, URL-encoded, JSON-escaped and base64-encoded; None if
    there are none.

    Its time is linear in the text: alternatives are grouped by their first two characters.
    """
    spellings = {
        spelling
        for secret in secrets
        if len(secret.strip()) >= MIN_KNOWN_LENGTH
        for spelling in _spellings(secret.strip())
    }
    if not spellings:
        return None
    groups: dict[str, list[str]] = defaultdict(list)
    for spelling in sorted(spellings, key=len, reverse=True):
        groups[spelling[:2]].append(re.escape(spelling[2:]))
    return re.compile(
        "|".join(f"{re.escape(head)}(?:{'|'.join(tails)})" for head, tails in groups.items())
    )


def _spellings(secret: str) -> set[str]:
    found = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
    }
    raw = secret.encode("utf-8", "replace")
    found.add(raw.hex())
    for shift in range(
        3
    ):  # inside a longer base64 text the secret starts at any of three alignments
        encoded = base64.b64encode(b"\0" * shift + raw).decode("ascii")
        start = (0, 2, 3)[shift]  # characters that also carry bits of what stands before
        stable = len(encoded.rstrip("=")) - (1 if (len(raw) + shift) % 3 else 0)
        core = encoded[start:stable]
        if len(core) >= MIN_KNOWN_LENGTH:
            found |= {core, core.replace("+", "-").replace("/", "_"), quote(core, safe="")}
    return found
