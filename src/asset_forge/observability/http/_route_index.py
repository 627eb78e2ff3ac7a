"""All routes of an application of the Starlette family, with the prefixes of what they are mounted
in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

_DEPTH_LIMIT = 16
"""Levels of mounts that are followed; more is a router that contains itself."""

_MISSES_LIMIT = 1024
"""Unknown objects that are remembered; an application has as many as routes out of sight."""

_PARAMETER = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """A route or mount, its full template, and the pattern of the paths that it takes."""

    template: str
    pattern: re.Pattern[str]
    is_mount: bool
    route: object
    endpoint: object


class RouteIndex:
    """Finds templates by the route or endpoint object that the framework left in the scope, or by
    path.

    `root` is an application or router with `routes`. Routes that are added later are found, because
    an object that is seen for the first time has the index read again if there are more routes by
    now. What lies behind a function or middleware is out of sight, and stays unknown.
    """

    __slots__ = ("_by_identity", "_entries", "_missed", "_single", "_size", "root")

    def __init__(self, root: object) -> None:
        self.root = root
        self._entries: list[_Entry] = []
        self._by_identity: dict[int, list[_Entry]] = {}
        self._single: dict[int, _Entry] = {}
        self._missed: dict[int, object] = {}
        self._size = -1
        self._read()

    def find(self, route: object, endpoint: object, path: str) -> str | None:
        """Return the template of what the framework left in the scope; None if it is unknown.

        `route` is exact, but stays at an outer mount where an inner router sets only `endpoint`.
        `path` decides where the same object is routed at several places.
        """
        entries = self._entries_of(route)
        fitting = [one for one in entries if one.pattern.fullmatch(path)]
        if all(entry.is_mount for entry in entries):
            by_endpoint = self._entries_of(endpoint)
            fitting = [one for one in by_endpoint if one.pattern.fullmatch(path)] or fitting
        return max((one.template for one in fitting or entries), key=len, default=None)

    def exact(self, route: object) -> str | None:
        """Return the template of a route that is known and routed at one place; else None."""
        entry = self._single.get(id(route))
        return entry.template if entry is not None and entry.route is route else None

    def mount(self, path: str) -> str:
        """Return the template of the mount that was reached as `path`, or "" if no mount explains
        it."""
        if not path:
            return ""
        return next(
            (
                one.template
                for one in self._entries
                if one.is_mount and one.pattern.fullmatch(path + "/")
            ),
            "",
        )

    def match(self, path: str) -> str:
        """Return the template that takes `path`, a mount's if it takes everything below; "" if none
        does."""
        return next((one.template for one in self._entries if one.pattern.fullmatch(path)), "")

    def _entries_of(self, mark: object) -> list[_Entry]:
        if mark is None:
            return []
        entries = self._by_identity.get(id(mark))
        if entries is None and id(mark) not in self._missed:
            if self._read():
                entries = self._by_identity.get(id(mark))
            if entries is None:
                self._miss(mark)
        return entries or []

    def _miss(self, mark: object) -> None:
        """Remember an unknown object, and with it that its number is not another's."""
        if len(self._missed) >= _MISSES_LIMIT:
            self._missed.clear()
        self._missed[id(mark)] = mark

    def _read(self) -> bool:
        """Read the routes again if their number has changed; return whether it had."""
        size = _count(self.root, 0)
        if size == self._size:
            return False
        entries = list(_walk(self.root, "", "", 0))
        self._size = size
        self._entries = entries
        self._missed = {}
        self._by_identity = {}
        for entry in entries:
            for mark in (entry.route, entry.endpoint):
                if mark is not None:
                    self._by_identity.setdefault(id(mark), []).append(entry)
        self._single = {
            mark: found[0]
            for mark, found in self._by_identity.items()
            if len(found) == 1 and not found[0].is_mount
        }
        return True


def _walk(router: object, prefix: str, raw_prefix: str, depth: int) -> Iterator[_Entry]:
    """Yield the routes under `router`, inner ones ahead of the mount that holds them.

    `raw_prefix` is the prefix with the converters (`{id:int}`), from which patterns are made.
    """
    if depth > _DEPTH_LIMIT:
        return
    for route, shape in _routes(router):
        raw: str = getattr(shape, "path", "")  # a router bound to a host has none
        template = plain_template(raw)
        inner = hasattr(shape, "routes")
        if inner:
            yield from _walk(shape, prefix + template, raw_prefix + raw, depth + 1)
        if not inner or template:
            full = prefix + template
            pattern = re.compile(
                _expression(raw_prefix + raw) + ("(?:/.*)?" if inner else ""), re.DOTALL
            )
            endpoint: object = getattr(shape, "app" if inner else "endpoint", None)
            yield _Entry(full, pattern, inner, route, endpoint)


def _count(router: object, depth: int) -> int:
    """Count the routes and mounts under `router`, which is quick beside reading them."""
    if depth > _DEPTH_LIMIT:
        return 0
    return sum(1 + _count(shape, depth + 1) for _, shape in _routes(router))


def _routes(router: object) -> Iterator[tuple[object, object]]:
    """Yield each route and the object that carries its path: another one where FastAPI includes a
    router."""
    for route in cast("Iterable[object]", getattr(router, "routes", None) or ()):
        contexts = getattr(route, "effective_route_contexts", None)
        if contexts is None:
            yield route, route
            continue
        for context in contexts():
            yield context.original_route, context.starlette_route or context


def plain_template(raw: str) -> str:
    """Return a template without its converters: `/items/{id:int}` is `/items/{id}`."""
    return _PARAMETER.sub(r"{\1}", raw)


def _expression(raw: str) -> str:
    """Return the regular expression of the paths that a template takes."""
    parts: list[str] = []
    end = 0
    for match in _PARAMETER.finditer(raw):
        parts.append(re.escape(raw[end : match.start()]))
        parts.append(".*" if match[2] == "path" else "[^/]+")
        end = match.end()
    return "".join(parts) + re.escape(raw[end:])
