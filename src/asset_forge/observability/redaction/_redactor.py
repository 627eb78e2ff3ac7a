"""Turns any object into plain JSON-like data without secrets, in bounded time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import math
import os
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import TypeAlias

import msgspec

from ._keys import Kind, classify
from ._known import known_pattern
from ._text import REDACTED, scrub

__all__ = ["Json", "Limits", "Redactor"]

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_CACHED_LENGTH = 200  # messages, paths and names come again and again; bodies do not
_MAX_INT = 2**63 - 1  # what JSON readers in other languages still take
_HEXADECIMAL = re.compile(r"[0-9a-f]{32}").fullmatch
_OVERLAP = 256  # read beyond a cut, so that a secret on the cut is still recognized
_SPELLED = (
    uuid.UUID,
    dt.date,
    dt.time,
    dt.timedelta,
    decimal.Decimal,
    os.PathLike,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """How much of a value is kept. What is left out leaves a note.

    ``depth`` counts nested containers, ``width`` the entries of one container, ``length`` the
    characters of one text, ``nodes`` and ``total_length`` the whole value.
    """

    depth: int = 8
    width: int = 100
    length: int = 8_192
    nodes: int = 5_000
    total_length: int = 262_144


class Redactor:
    """Removes secrets by the names of their keys, by how values look, and by value.

    ``known_secrets`` are struck out wherever they appear verbatim, URL-encoded, JSON-escaped or in
    base64 (those of at least six characters). ``withhold_prompts`` replaces the value of keys such
    as `prompt` too. Instances are immutable and may be shared by threads. No method raises,
    whatever it is given.
    """

    def __init__(
        self,
        *,
        known_secrets: Iterable[str] = (),
        withhold_prompts: bool = True,
        limits: Limits | None = None,
    ) -> None:
        self._known = known_pattern(known_secrets)
        self._prompts = withhold_prompts
        self._limits = limits or Limits()
        self._short: Callable[[str], str] = lru_cache(maxsize=4096)(self._scrub)

    def __repr__(self) -> str:
        return f"<Redactor known={'yes' if self._known else 'no'} withhold_prompts={self._prompts}>"

    def text(self, text: str, *, limit: int | None = None) -> str:
        """``text`` without secrets and lone surrogates, at most ``limit`` (`limits.length`)
        characters long.
        """
        if len(text) <= _CACHED_LENGTH and limit is None:
            return self._short(text)
        if limit is None:
            limit = self._limits.length
        if len(text) <= limit:
            clean = self._scrub(text)
            return clean if len(clean) <= limit else _cut(clean, limit, len(text))
        return _cut(self._scrub(text[: limit + _OVERLAP])[:limit], limit, len(text))

    def identifier(self, text: str) -> str:
        """``text``, an id, without secrets: 128 bits in hexadecimal, which hold none of the forms
        that :meth:`text` knows, are compared with the known secrets only.
        """
        if len(text) == 32 and _HEXADECIMAL(text):
            return text if self._known is None else self._known.sub(REDACTED, text)
        return self.text(text)

    def value(
        self,
        value: object,
        *,
        key: str | None = None,
        opaque: bool = False,
        limits: Limits | None = None,
    ) -> Json:
        """``value`` as JSON-like data without secrets; the argument is not changed.

        ``key`` is the name under which it is known. ``opaque`` shows objects of unknown classes by
        their type only, and runs none of their code; otherwise their `repr` is used.
        """
        return _Walk(self, limits or self._limits, opaque=opaque).clean(value, key, Kind.PLAIN, 0)

    def withholds(self, kind: Kind) -> bool:
        """Whether text of this kind is struck out."""
        return kind is Kind.SECRET or kind is Kind.COUNT or (kind is Kind.PROMPT and self._prompts)

    def _scrub(self, text: str) -> str:
        if not text.isascii():
            text = text.encode("utf-8", "replace").decode("utf-8")
        if self._known is not None:
            text = self._known.sub(REDACTED, text)
        return scrub(text, prompts=self._prompts)


def _cut(text: str, limit: int, original: int) -> str:
    note = f"…[{original} characters]"
    return text[: max(0, limit - len(note))] + note


class _Walk:
    """One pass over one value: keeps the budget and the containers that are being visited."""

    __slots__ = ("_budget", "_limits", "_nodes", "_opaque", "_redactor", "_visiting")

    def __init__(self, redactor: Redactor, limits: Limits, *, opaque: bool) -> None:
        self._redactor = redactor
        self._limits = limits
        self._opaque = opaque
        self._nodes = limits.nodes
        self._budget = limits.total_length
        self._visiting: set[int] = set()

    def clean(self, value: object, key: str | None, inherited: Kind, depth: int) -> Json:
        self._nodes -= 1
        if self._nodes < 0 or self._budget < 0:
            return "[left out]"
        kind = classify(key) if key is not None else Kind.PLAIN
        if kind is Kind.PLAIN:
            kind = inherited
        if value is None or isinstance(value, bool):
            return bool(value) if value is not None else None
        try:
            if self._redactor.withholds(kind):
                return self._withheld(value, kind, depth)
            return self._open(value, depth)
        except Exception as error:  # noqa: BLE001 - the value's own code may raise anything
            return f"[unreadable {_type_name(value)}: {type(error).__name__}]"

    def _withheld(self, value: object, kind: Kind, depth: int) -> Json:
        if kind is Kind.COUNT:
            if isinstance(value, int | float) or (isinstance(value, str) and value.isdecimal()):
                return self._open(value, depth)
            if isinstance(value, Mapping | list | tuple):
                return self._container(value, kind, depth)  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(value, str | bytes) and not value:
            return ""
        return REDACTED

    def _open(self, value: object, depth: int) -> Json:
        if isinstance(value, enum.Enum):
            return self._open(value.value, depth)  # pyright: ignore[reportAny] - an enum's value may be anything
        if isinstance(value, str):
            return self._text(str.__str__(value), depth)
        if isinstance(value, int):
            return _integer(int(value))
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else repr(float(value))
        if isinstance(value, bytes | bytearray):
            head = bytes(value[: self._limits.length + _OVERLAP])
            return self._text(head.decode("utf-8", "replace"), depth)
        if isinstance(value, _SPELLED):
            return self._text(str(value), depth)  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(value, BaseException):
            return self._text(f"{type(value).__name__}: {value}", depth)
        if isinstance(value, Mapping | list | tuple | AbstractSet):
            return self._container(value, Kind.PLAIN, depth)  # pyright: ignore[reportUnknownArgumentType]
        return self._object(value, depth)

    def _text(self, text: str, depth: int) -> str:
        self._budget -= min(len(text), self._limits.length)
        if (
            len(text) > 1
            and text[0] in "{["
            and len(text) <= self._limits.length
            and depth < self._limits.depth
        ):
            try:
                parsed: object = msgspec.json.decode(text)
            except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
                return self._redactor.text(text, limit=self._limits.length)
            clean = msgspec.json.encode(self._container(parsed, Kind.PLAIN, depth)).decode()
            return (
                clean
                if len(clean) <= self._limits.length
                else _cut(clean, self._limits.length, len(text))
            )
        return self._redactor.text(text, limit=self._limits.length)

    def _object(self, value: object, depth: int) -> Json:
        name = _type_name(value)
        if classify(type(value).__name__) is Kind.SECRET:
            return f"<{name} {REDACTED}>"
        if not isinstance(value, type):
            if dataclasses.is_dataclass(value):
                names = [field.name for field in dataclasses.fields(value)]
                return self._fields(value, names, depth)
            if isinstance(value, msgspec.Struct):
                return self._fields(value, list(value.__struct_fields__), depth)
        if self._opaque:
            return f"<{name}>"
        return self._text(repr(value)[: self._limits.length + _OVERLAP], depth)

    def _fields(self, value: object, names: list[str], depth: int) -> Json:
        return self._container(
            {"()": type(value).__qualname__} | {name: getattr(value, name, None) for name in names},
            Kind.PLAIN,
            depth,
        )

    def _container(self, value: object, kind: Kind, depth: int) -> Json:
        identity = id(value)
        if identity in self._visiting:
            return "[circular]"
        if depth >= self._limits.depth:
            return "[too deep]"
        self._visiting.add(identity)
        try:
            if isinstance(value, Mapping):
                return self._mapping(value, kind, depth + 1)  # pyright: ignore[reportUnknownArgumentType]
            if isinstance(value, list | tuple | AbstractSet):
                return self._sequence(value, kind, depth + 1)  # pyright: ignore[reportUnknownArgumentType]
            return self.clean(value, None, kind, depth)
        finally:
            self._visiting.discard(identity)

    def _mapping(self, value: Mapping[object, object], kind: Kind, depth: int) -> Json:
        result: dict[str, Json] = {}
        left_out = len(value) - self._limits.width
        keep = self._limits.width - 1 if left_out > 0 else self._limits.width
        named = _named_entry(value)
        for raw_key, item in value.items():
            if len(result) >= keep:
                result["…"] = f"{left_out + 1} more"
                break
            key = self._key(raw_key)
            under = named if named is not None and key in {"value", "Value"} else key
            result[key] = self.clean(item, under, kind, depth)
        return result

    def _sequence(self, value: Iterable[object], kind: Kind, depth: int) -> Json:
        items: list[object] = []
        width = self._limits.width
        left_out = len(value) - width  # pyright: ignore[reportArgumentType] - lists, tuples and sets have one
        for item in value:
            if left_out > 0 and len(items) >= width - 1:
                break
            items.append(item)
        name = _pair_key(items) if isinstance(value, list | tuple) else None
        if name is not None:
            return [self._key(items[0]), self.clean(items[1], name, kind, depth)]
        result = [self.clean(item, None, kind, depth) for item in items]
        if left_out > 0:
            result.append(f"… {left_out + 1} more")
        return result

    def _key(self, key: object) -> str:
        if isinstance(key, bytes):
            key = key[:256].decode("latin-1")
        if not isinstance(key, str):
            key = (
                str(key)
                if isinstance(key, int | float | None | uuid.UUID)
                else f"<{_type_name(key)}>"
            )
        return self._redactor.text(key[:256])


def _integer(value: int) -> int | str:
    if -_MAX_INT <= value <= _MAX_INT:
        if value > 10**12 and scrub(str(value)) == REDACTED:  # a card number
            return REDACTED
        return value
    return f"{value:#x}" if value.bit_length() <= 256 else f"[integer of {value.bit_length()} bits]"


def _type_name(value: object) -> str:
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}"


def _pair_key(items: list[object]) -> str | None:
    """The key of a `(key, value)` pair such as a raw header, if it names a secret."""
    if len(items) != 2:
        return None
    key = items[0]
    if isinstance(key, bytes):
        key = key[:256].decode("latin-1")
    return (
        key if isinstance(key, str) and len(key) <= 256 and classify(key) is Kind.SECRET else None
    )


def _named_entry(value: Mapping[object, object]) -> str | None:
    """What `{"name": "Authorization", "value": …}` calls its value."""
    if len(value) > 8:
        return None
    for label in ("name", "key", "Name", "Key", "header"):
        name = value.get(label)
        if isinstance(name, str | bytes):
            return name.decode("latin-1") if isinstance(name, bytes) else name
    return None
