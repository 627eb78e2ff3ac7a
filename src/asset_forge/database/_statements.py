"""What a statement does, and to which table: closed sets, for metrics."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Select, Table
from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.sql import ClauseElement, CompoundSelect, Delete, Insert, Update
from sqlalchemy.sql.compiler import Compiled
from sqlalchemy.sql.expression import AliasedReturnsRows, FromClause, Join

from asset_forge.catalog import TABLES, Operation

_KNOWN = frozenset(TABLES)
_TEXTS = 512  # distinct texts that are remembered; the service has a few dozen
_PARSED = 4000  # characters of a text that are looked at

_SKIPPED = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
_VERB = re.compile(r"\b(SELECT|INSERT|REPLACE|UPDATE|DELETE)\b|[()]", re.IGNORECASE)
_TABLE = re.compile(
    r'\b(?:FROM|INTO|UPDATE|JOIN)\s+(?:ONLY\s+)?(?:["`\[]?\w+["`\]]?\.)?["`\[]?(\w+)', re.IGNORECASE
)


class Kind(NamedTuple):
    """The operation of a statement, and the first of our tables that it names."""

    operation: Operation
    table: str


_OTHER = Kind("other", "other")
_kinds: WeakKeyDictionary[Compiled, Kind] = WeakKeyDictionary()


def kind_of(context: ExecutionContext | None, statement: str) -> Kind:
    """Return what a statement about to be executed does; looked into once per compiled form."""
    compiled = context.compiled if context is not None else None
    if compiled is None:
        return kind_of_text(statement)
    kind = _kinds.get(compiled)
    if kind is None:
        kind = _kinds[compiled] = _kind_of_compiled(compiled, statement)
    return kind


def _kind_of_compiled(compiled: Compiled, statement: str) -> Kind:
    element = compiled.statement
    match element:
        case Insert():
            return Kind("insert", _first_known(element.table))
        case Update():
            return Kind("update", _first_known(element.table))
        case Delete():
            return Kind("delete", _first_known(element.table))
        case Select() | CompoundSelect():
            return Kind("select", _first_known(cast("ClauseElement", element)))
        case _:
            return kind_of_text(statement)


def _first_known(element: ClauseElement) -> str:
    return next((name for name in _tables(element) if name in _KNOWN), "other")


def _tables(element: ClauseElement) -> Iterator[str]:
    """Name the tables of a clause in the order in which they are written."""
    match element:
        case Table():
            yield element.name
        case Join():
            yield from _tables(element.left)
            yield from _tables(element.right)
        case AliasedReturnsRows():  # aliases, subqueries, common table expressions
            yield from _tables(element.element)
        case CompoundSelect():
            for select in element.selects:
                yield from _tables(select)
        case Select():
            for source in element.get_final_froms():
                yield from _tables(source)
        case FromClause():
            yield str(getattr(element, "name", ""))
        case _:
            return


@functools.lru_cache(maxsize=_TEXTS)
def kind_of_text(statement: str) -> Kind:
    """Return what a statement in SQL does, by a light look at its text."""
    plain = _SKIPPED.sub(" ", statement[:_PARSED])
    operation = _verb(plain)
    if operation is None:
        return _OTHER
    names = (match[1].lower() for match in _TABLE.finditer(plain))
    return Kind(operation, next((name for name in names if name in _KNOWN), "other"))


def _verb(plain: str) -> Operation | None:
    """Find the verb outside of parentheses, which of `WITH … (SELECT …) DELETE` is the last."""
    words = plain.split(None, 1)
    if not words or words[0].upper().lstrip("(") not in _LEADING:
        return None
    depth = 0
    wrapped = plain.lstrip().startswith("(")
    for match in _VERB.finditer(plain):
        if match[0] == "(":
            depth += 1
        elif match[0] == ")":
            depth -= 1
        elif depth == 0 or wrapped:
            return _LEADING[match[1].upper()]
    return None


_LEADING: dict[str, Operation] = {
    "SELECT": "select",
    "INSERT": "insert",
    "REPLACE": "insert",
    "UPDATE": "update",
    "DELETE": "delete",
    "WITH": "other",
}
