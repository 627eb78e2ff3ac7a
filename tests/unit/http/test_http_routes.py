"""The `path` label for every way that a framework routes, mounts, rejects and fails."""

from __future__ import annotations

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from litestar import Litestar, Router, asgi, get, post
from litestar.config.cors import CORSConfig
from litestar.exceptions import NotAuthorizedException
from litestar.params import FromPath, JSONBody
from litestar.types import Receive, Scope, Send
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Mount, Route
from starlette.routing import Router as StarletteRouter

from asset_forge.observability.http import UNMATCHED, RouteTemplates
from asset_forge.observability.http._route_index import RouteIndex


async def plain(request):
    return PlainTextResponse("ok")


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


@get("/items/{item_id:int}")
async def litestar_item(item_id: FromPath[int]) -> str:
    return str(item_id)


@post("/items")
async def litestar_create(data: JSONBody[dict[str, int]]) -> None:
    return None


@get("/")
async def litestar_root() -> str:
    return "root"


def denied(app):
    async def middleware(scope, receive, send):
        raise NotAuthorizedException

    return middleware


@get("/secret", middleware=[denied])
async def litestar_secret() -> str:
    return "never"


def litestar_application(**options) -> Litestar:
    routed = Router("/api", route_handlers=[litestar_item, litestar_create, litestar_secret])
    return Litestar(
        [routed, litestar_root, *options.pop("more", ())], openapi_config=None, **options
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "label"),
    [
        ("GET", "/api/items/5", 200, "/api/items/{item_id}"),
        ("GET", "/api/items/5/", 200, "/api/items/{item_id}"),
        ("GET", "//api/items/5", 200, "/api/items/{item_id}"),
        ("GET", "/", 200, "/"),
        ("GET", "/api/items/none", 404, UNMATCHED),
        ("GET", "/nowhere", 404, UNMATCHED),
        ("DELETE", "/api/items/5", 405, "/api/items/{item_id}"),
        ("PUT", "/", 405, "/"),
        ("OPTIONS", "/api/items/5", 204, "/api/items/{item_id}"),
        ("GET", "/api/secret", 401, "/api/secret"),
    ],
)
async def test_litestar_requests_carry_their_template(
    call, counted, method, path, status, label
) -> None:
    assert await call(litestar_application(), path, method) == status
    assert counted() == {(method, label, str(status)): 1}


async def test_a_preflight_that_litestar_answers_before_routing_carries_its_template(
    call, counted
) -> None:
    application = litestar_application(
        cors_config=CORSConfig(allow_origins=["https://one.example"])
    )
    headers = ((b"origin", b"https://one.example"), (b"access-control-request-method", b"GET"))
    await call(application, "/api/items/5", "OPTIONS", headers=headers)
    assert counted() == {("OPTIONS", "/api/items/{item_id}", "204"): 1}


@pytest.mark.parametrize("copy_scope", [True, False])
@pytest.mark.parametrize("path", ["/mounted", "/mounted/", "/mounted/anything/42", "//mounted/x"])
async def test_a_litestar_mount_is_its_prefix_whatever_is_below(
    call, counted, path, copy_scope
) -> None:
    mounted = asgi("/mounted", is_mount=True, copy_scope=copy_scope)(bare)
    await call(litestar_application(more=[mounted]), path)
    assert counted() == {("GET", "/mounted", "200"): 1}


async def test_starlette_inside_litestar_carries_the_mount_and_the_inner_template(
    call, counted
) -> None:
    inner = Starlette(routes=[Route("/deep/{name}/", plain)])
    mounted = asgi("/mounted", is_mount=True, copy_scope=False)(inner)
    application = litestar_application(more=[mounted])
    await call(application, "/mounted/deep/x")
    await call(application, "/mounted/missing")
    assert counted() == {("GET", "/mounted/deep/{name}/", "200"): 1, ("GET", "/mounted", "404"): 1}


async def opaque(scope: Scope, receive: Receive, send: Send) -> None:
    """Hide routes behind a plain function, as middleware of any other making does."""
    await Starlette(routes=[Route("/in/{x}", plain)])(scope, receive, send)


def starlette_application(**options) -> Starlette:
    shared = StarletteRouter([Route("/{key}", plain)])
    return Starlette(
        routes=[
            Route("/items/{item_id:int}", plain),
            Route("/", plain),
            Mount("/static", app=bare),
            Mount("/first", app=shared),
            Mount("/second", app=shared),
            Mount(
                "/teams/{team}",
                routes=[Route("/members/{member}", plain), Mount("/more", app=bare)],
            ),
            Mount("/forge", app=litestar_application()),
            Mount("/fast", app=fastapi_application()),
            Mount("/opaque", app=opaque),
            Host("files.example", app=StarletteRouter([Route("/raw/{name}", plain)])),
            Route("/twice", plain),
        ],
        **options,
    )


def fastapi_application(**options) -> FastAPI:
    application = FastAPI(**options)

    @application.get("/health")
    async def health() -> str:
        return "ok"

    leaf = APIRouter(prefix="/leaf")

    @leaf.get("/{leaf_id}")
    async def read_leaf(leaf_id: int) -> int:
        return leaf_id

    branch = APIRouter(prefix="/branch/{branch_id}")
    branch.include_router(leaf)
    application.include_router(branch, prefix="/v1")
    application.include_router(branch, prefix="/v2")
    application.add_route("/plain/{word}", plain)
    application.mount("/sub/{tenant}", Starlette(routes=[Route("/page/{number:int}", plain)]))
    return application


@pytest.mark.parametrize(
    ("method", "path", "status", "label"),
    [
        ("GET", "/items/5", 200, "/items/{item_id}"),
        ("GET", "/", 200, "/"),
        ("HEAD", "/items/5", 200, "/items/{item_id}"),
        ("POST", "/items/5", 405, "/items/{item_id}"),
        ("GET", "/items/none", 404, UNMATCHED),
        ("GET", "/items/5/", 307, UNMATCHED),
        ("GET", "/static/css/site.css", 200, "/static"),
        ("GET", "/first/a", 200, "/first/{key}"),
        ("GET", "/second/a", 200, "/second/{key}"),
        ("GET", "/first/a/b", 404, "/first"),
        ("GET", "/teams/red/members/7", 200, "/teams/{team}/members/{member}"),
        ("GET", "/teams/red/more/7/8", 200, "/teams/{team}/more"),
        ("GET", "/teams/red/nothing", 404, "/teams/{team}"),
        ("GET", "/forge/api/items/5", 200, "/forge/api/items/{item_id}"),
        ("GET", "/forge/nothing", 404, "/forge"),
        ("GET", "/fast/v2/branch/a/leaf/5", 200, "/fast/v2/branch/{branch_id}/leaf/{leaf_id}"),
        ("GET", "/fast/plain/word", 200, "/fast/plain/{word}"),
        ("GET", "/fast/nothing", 404, "/fast"),
        ("GET", "/opaque/in/side", 200, "/opaque/in/{x}"),
        ("GET", "/twice", 200, "/twice"),
    ],
)
async def test_starlette_requests_carry_their_full_template(
    call, counted, method, path, status, label
) -> None:
    assert await call(starlette_application(), path, method) == status
    assert counted() == {(method, label, str(status)): 1}


@pytest.mark.parametrize(
    ("method", "path", "status", "label"),
    [
        ("GET", "/health", 200, "/health"),
        ("GET", "/openapi.json", 200, "/openapi.json"),
        ("GET", "/docs", 200, "/docs"),
        ("GET", "/v1/branch/a/leaf/5", 200, "/v1/branch/{branch_id}/leaf/{leaf_id}"),
        ("GET", "/v2/branch/a/leaf/5", 200, "/v2/branch/{branch_id}/leaf/{leaf_id}"),
        ("GET", "/v2/branch/a/leaf/x", 422, "/v2/branch/{branch_id}/leaf/{leaf_id}"),
        ("DELETE", "/v1/branch/a/leaf/5", 405, "/v1/branch/{branch_id}/leaf/{leaf_id}"),
        ("GET", "/plain/word", 200, "/plain/{word}"),
        ("GET", "/sub/acme/page/3", 200, "/sub/{tenant}/page/{number}"),
        ("GET", "/sub/acme/nothing", 404, "/sub/{tenant}"),
        ("GET", "/nothing", 404, UNMATCHED),
    ],
)
async def test_fastapi_requests_carry_their_full_template(
    call, counted, method, path, status, label
) -> None:
    assert await call(fastapi_application(), path, method) == status
    assert counted() == {(method, label, str(status)): 1}


class Denying:
    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http":
            await PlainTextResponse("who are you?", 401)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def test_a_401_of_a_middleware_ahead_of_the_routing_carries_the_template(
    call, counted
) -> None:
    application = starlette_application(middleware=[Middleware(Denying)])
    await call(application, "/items/5")
    await call(application, "/static/x/y")
    await call(application, "/made/up/by/the/client")
    assert counted() == {
        ("GET", "/items/{item_id}", "401"): 1,
        ("GET", "/static", "401"): 1,
        ("GET", UNMATCHED, "401"): 1,
    }


async def test_a_preflight_of_fastapi_carries_the_template(call, counted) -> None:
    application = fastapi_application()
    application.add_middleware(CORSMiddleware, allow_origins=["*"])
    headers = ((b"origin", b"https://one.example"), (b"access-control-request-method", b"GET"))
    await call(application, "/v1/branch/a/leaf/5", "OPTIONS", headers=headers)
    assert counted() == {("OPTIONS", "/v1/branch/{branch_id}/leaf/{leaf_id}", "200"): 1}


async def test_a_route_of_a_host_carries_its_template(call, counted) -> None:
    assert await call(starlette_application(), "/raw/a", host=b"files.example") == 200
    assert counted() == {("GET", "/raw/{name}", "200"): 1}


async def test_routes_that_are_added_later_are_found(call, counted) -> None:
    application = starlette_application()
    resolver = RouteTemplates()
    await call(application, "/items/5", resolver=resolver)
    application.routes.append(Route("/late/{x}", plain))
    await call(application, "/late/1", resolver=resolver)
    assert counted() == {("GET", "/items/{item_id}", "200"): 1, ("GET", "/late/{x}", "200"): 1}


class Counting:
    """A router that counts how often its routes are looked at."""

    def __init__(self, routes: list[Route]) -> None:
        self._routes = routes
        self.looks = 0

    @property
    def routes(self) -> list[Route]:
        self.looks += 1
        return self._routes


def test_what_is_out_of_sight_has_the_routes_looked_at_once() -> None:
    routes = [Route(f"/items/{number}/{{id}}", plain) for number in range(50)]
    root = Counting(routes)
    index = RouteIndex(root)
    hidden = Route("/inner", plain)
    assert index.find(hidden, None, "/x/inner") is None
    looks = root.looks
    for _ in range(100):
        assert index.find(hidden, None, "/x/inner") is None
    assert root.looks == looks
    routes.append(hidden)
    assert index.find(Route("/another", plain), None, "/another") is None
    assert index.find(hidden, None, "/inner") == "/inner"


@pytest.mark.parametrize("make", [starlette_application, litestar_application])
async def test_a_root_path_of_the_proxy_is_no_part_of_the_template(call, counted, make) -> None:
    application = make()
    path = "/items/5" if isinstance(application, Starlette) else "/api/items/5"
    assert await call(application, "/behind" + path, root_path="/behind") == 200
    assert [key[1] for key in counted()] == [path.replace("5", "{item_id}")]


async def test_a_bare_application_is_unmatched_or_names_its_route_itself(call, counted) -> None:
    async def naming(scope, receive, send):
        scope["path_template"] = "/named"
        await bare(scope, receive, send)

    await call(bare, "/x")
    await call(naming, "/y")
    assert counted() == {("GET", UNMATCHED, "200"): 1, ("GET", "/named", "200"): 1}


async def test_random_paths_and_invented_verbs_stay_one_series(call, counted) -> None:
    application = starlette_application()
    for number in range(300):
        await call(application, f"/{number:x}/{number * 7919}", f"VERB{number}")
    assert counted() == {("other", UNMATCHED, "404"): 300}


async def test_a_resolver_of_the_caller_replaces_ours(call, counted) -> None:
    await call(bare, "/x", resolver=lambda record: f"route-of-{record.path}")
    assert counted() == {("GET", "route-of-/x", "200"): 1}
