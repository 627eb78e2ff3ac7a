"""Names, descriptions and tags as they are stored; each refusal names the field and the limit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from asset_forge.faults import InvalidRequest

NAME_LIMIT: Final = 200
DESCRIPTION_LIMIT: Final = 10_000
TAG_LIMIT: Final = 50
TAGS_LIMIT: Final = 32

_LAYOUT: Final = frozenset("\n\r\t")


def clean_name(value: str, *, field: str = "name", limit: int = NAME_LIMIT) -> str:
    """Return a name trimmed and in Unicode's composed form (NFC).

    Raises:
        InvalidRequest: It is empty, longer than the limit or has control characters.
    """
    name = unicodedata.normalize("NFC", value).strip()
    if not name:
        raise InvalidRequest(f"is empty; give 1 to {limit} characters", field=field)
    if len(name) > limit:
        raise InvalidRequest(
            f"has {len(name)} characters, at most {limit} are allowed", field=field
        )
    _refuse_controls(name, field, allowed=frozenset())
    return name


def clean_description(value: str, *, field: str = "description") -> str:
    """Return a description trimmed and in NFC; line breaks and tabs may stay."""
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > DESCRIPTION_LIMIT:
        raise InvalidRequest(
            f"has {len(text)} characters, at most {DESCRIPTION_LIMIT} are allowed", field=field
        )
    _refuse_controls(text, field, allowed=_LAYOUT)
    return text


def clean_tags(values: Iterable[str], *, field: str = "tags") -> list[str]:
    """Return tags as names of their own, without repetitions, in the order given."""
    tags = list(dict.fromkeys(clean_name(tag, field=field, limit=TAG_LIMIT) for tag in values))
    if len(tags) > TAGS_LIMIT:
        raise InvalidRequest(f"has {len(tags)} tags, at most {TAGS_LIMIT} are allowed", field=field)
    return tags


def _refuse_controls(text: str, field: str, *, allowed: frozenset[str]) -> None:
    for character in text:
        # Cc: control characters; Cs: lone surrogates, which no database and no UTF-8 holds.
        if character not in allowed and unicodedata.category(character) in ("Cc", "Cs"):
            raise InvalidRequest(
                f"has the control character U+{ord(character):04X}; remove it",
                field=field,
            )
