"""Prompts as the vendors take them: not longer than they allow, and of nothing but text."""

from __future__ import annotations


def shortened(prompt: str, most: int) -> str:
    """Return a prompt in at most so many characters, cut at a word where it has to be cut."""
    text = " ".join(prompt.split())
    if len(text) <= most:
        return text
    return text[: most + 1].rpartition(" ")[0] or text[:most]


def readable(text: str) -> str:
    """Leave out what no database and no other vendor takes: control characters, half surrogates."""
    return "".join(letter for letter in text if letter.isprintable() or letter.isspace())
