"""Counting tokens of text, for providers that have no tokenizer of their own."""

from __future__ import annotations

import re

_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_LETTERS_A_TOKEN = 6
_DIGITS_A_TOKEN = 3


def count_tokens(text: str) -> int:
    """How many word pieces a text has, by a fixed rule.

    A run of letters counts one token for each begun six letters (common English words are one
    token, long ones two or three, as with byte-pair encodings), a run of digits one for each begun
    three, a punctuation mark or symbol one; a letter beyond the Latin, Greek and Cyrillic alphabets
    counts one by itself. White space counts nothing. It is no vendor's tokenizer, and is meant for
    comparing amounts over time.
    """
    total = 0
    for piece in _PIECE.findall(text):
        if piece[0].isdigit():
            total += -(-len(piece) // _DIGITS_A_TOKEN)
            continue
        alone = sum(ord(letter) > _LAST_ALPHABETIC for letter in piece)
        total += alone + -(-(len(piece) - alone) // _LETTERS_A_TOKEN)
    return total


_LAST_ALPHABETIC = 0x052F
"""The last letter of the Cyrillic supplement; ideographs and syllabaries come after."""
