"""The route template of a request, as the frameworks leave it in the scope; none of them is
imported."""

from __future__ import annotations

from typing import Protocol, cast

from asset_forge.observability.http._asgi import Scope
from asset_forge.observability.http._declarations import METHODS, UNMATCHED
from asset_forge.observability.http._record import RequestRecord
from asset_forge.observability.http._route_index import RouteIndex, plain_template

_INDEX_LIMIT = 64
"""Routers whose routes are kept indexed; an application has one, or a few when whole applications
are mounted."""


class RouteTemplates:
    """Finds the full template of a finished request: `/api/items/{id}`, a mount's prefix, or
    `unmatched`.

    Litestar leaves the template in `scope["path_template"]`, and so may anything else. Starlette
    and FastAPI leave the route, or only its endpoint, without the prefixes of the mounts and
    routers around it, so their routes are indexed once. Requests that were answered ahead of the
    routing (a 401 of a middleware, a preflight, a 405) are looked up by their path. What changes
    from request to request never gets into a template.
    """

    __slots__ = ("_indexes",)

    def __init__(self) -> None:
        self._indexes: dict[int, RouteIndex] = {}

    def __call__(self, record: RequestRecord) -> str:
        """Return the value of the `path` label."""
        scope = record.scope
        template: str | None = scope.get("path_template")
        router: object = scope.get("router")
        # Litestar names every mount after its root, "" or "/"; a router of the Starlette family may
        # have mounted whatever left the template.
        if router is None:
            if template and template != "/":
                return template
        elif template is None and "litestar_app" not in scope:
            index = self._indexes.get(id(router))
            if index is not None and index.root is router:
                exact = index.exact(scope.get("route"))
                if exact is not None:
                    return exact
        prefix = _litestar_mount(scope, record.path)
        if prefix:
            template = None
        elif template is None and "route_handler" not in scope and "litestar_app" in scope:
            template = _litestar_by_path(scope, record)
        path = record.path[len(record.root_path) + len(prefix) :]
        return prefix + self._within(record, template, path) or UNMATCHED

    def _within(self, record: RequestRecord, template: str | None, path: str) -> str:
        """Return what the Starlette family knows, around or instead of `template`; else ""."""
        scope = record.scope
        root: object = scope.get("router") or scope.get("app")
        if root is scope.get("litestar_app") or not hasattr(root, "routes"):
            return template or _own_template(scope)
        index = self._index(root)
        mounted_at: str = scope.get("root_path", "")[len(record.root_path) :]
        if template:
            return index.mount(mounted_at) + template
        found = index.find(scope.get("route"), scope.get("endpoint"), path)
        if found is not None:
            return found
        own = _own_template(scope)
        if own or mounted_at:
            return index.mount(mounted_at) + own
        return "" if record.status == 404 else index.match(path)

    def _index(self, root: object) -> RouteIndex:
        index = self._indexes.get(id(root))
        if index is None or index.root is not root:
            if len(self._indexes) >= _INDEX_LIMIT:
                self._indexes.clear()
            index = self._indexes[id(root)] = RouteIndex(root)
        return index


class _LitestarRouter(Protocol):
    def handle_routing(self, *, path: str, method: str) -> tuple[object, ...]: ...


def _own_template(scope: Scope) -> str:
    """Return the template of the matched route by itself, without what is around it."""
    route: object = scope.get("route")
    return plain_template(getattr(route, "path", ""))


def _litestar_mount(scope: Scope, path: str) -> str:
    """Return the path at which Litestar mounted what answered, or ""."""
    handler: object = scope.get("route_handler")
    if not getattr(handler, "is_mount", False):
        return ""
    routes: list[object] = getattr(scope.get("litestar_app"), "routes", [])
    mounts = [
        cast("str", getattr(one, "path", ""))
        for one in routes
        if getattr(one, "route_handler", None) is handler
    ]
    normal = _normal(path)
    return max((mount for mount in mounts if normal.startswith(mount)), key=len, default="")


def _litestar_by_path(scope: Scope, record: RequestRecord) -> str | None:
    """Return the template that Litestar would have found for another method, as for a 405 or a
    preflight."""
    if record.status == 404:
        return None
    router: _LitestarRouter | None = getattr(scope["litestar_app"], "asgi_router", None)
    if router is None:
        return None
    root_path: str = scope.get("root_path", "")
    path = _normal(record.path.split(root_path, maxsplit=1)[-1] if root_path else record.path)
    for method in METHODS[:-1]:
        try:
            *_, template = router.handle_routing(path=path, method=method)
        except Exception:  # noqa: BLE001, S112 -- Litestar's way of saying that this method is not served there
            continue
        if template and isinstance(template, str):
            return template
    return None


def _normal(path: str) -> str:
    """Return a path as Litestar routes it: no doubled slashes, none at the end."""
    return "/" + "/".join(part for part in path.split("/") if part)
