"""The Litestar application: routes, dependencies, error map and OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import msgspec
from litestar import Litestar, Request, Response, Router, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import ScalarRenderPlugin
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler

from asset_forge import __version__, faults
from asset_forge.api.assets import AssetController
from asset_forge.api.auth import AuthController
from asset_forge.api.bodies import ApiRequest
from asset_forge.api.generation import GenerationController
from asset_forge.api.media import check_media_type
from asset_forge.api.metrics import business_metrics, system_metrics
from asset_forge.api.operators import (
    list_errors,
    list_traces,
    read_error,
    read_log_levels,
    read_trace,
    resolve_error,
    set_log_levels,
)
from asset_forge.api.problems import (
    Problem,
    ReportError,
    on_fault,
    on_framework_error,
    on_unexpected,
    status_of,
)
from asset_forge.api.projects import ProjectController
from asset_forge.api.sessions import provide_operator, provide_principal, signed_in
from asset_forge.api.slo import read_objectives
from asset_forge.observability.tracing import mark

JSON_LIMIT = 1 << 20
"""Bytes of a JSON body; uploads have a limit of their own."""


@get(
    "/api/openapi.json",
    include_in_schema=False,
    media_type="application/json",
    sync_to_thread=False,
)
def openapi_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI document that the docs show."""
    document = msgspec.json.encode(request.app.openapi_schema.to_schema())
    return Response(document, media_type="application/json")


METRICS: Final = (system_metrics, business_metrics)
FOR_THE_SIGNED_IN: Final = (
    GenerationController,
    AssetController,
    ProjectController,
    list_errors,
    list_traces,
    read_error,
    resolve_error,
    read_log_levels,
    read_objectives,
    read_trace,
    set_log_levels,
)


def build_web(
    services: Mapping[str, object],
    *,
    lifespan: Sequence[Callable[[Litestar], AbstractAsyncContextManager[None]]],
    report_error: ReportError,
    local_only: bool,
    api: bool = True,
) -> Litestar:
    """Build the application.

    `services` are injected into the handlers by name; the names are the handlers' parameters.
    With `local_only` nobody acts as the built-in operator but under this machine's own names.
    Without `api` only the metrics are there, for a process that runs jobs alone.
    """
    dependencies: dict[str, Provide] = {
        name: Provide(_constant(service), sync_to_thread=False)
        for name, service in services.items()
    }
    dependencies["principal"] = Provide(provide_principal, sync_to_thread=False)
    dependencies["operator"] = Provide(provide_operator)
    app = Litestar(
        route_handlers=[*METRICS, *(_api() if api else ())],
        dependencies=dependencies,
        exception_handlers={
            faults.Fault: _reporting(report_error),
            HTTPException: on_framework_error(report_error),
            Exception: on_unexpected(report_error),
        },
        before_request=_before_request,
        after_request=_handled,
        request_class=ApiRequest,
        request_max_body_size=JSON_LIMIT,
        lifespan=list(lifespan),
        state=State({"accounts": services["accounts"], "local_only": local_only}),
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title="Asset-Forge",
            version=__version__,
            summary="Turns a prompt into a game asset",
            openapi_router=_docs_router(),
            render_plugins=[ScalarRenderPlugin(path="/")],
        ),
    )
    _say_what_is_refused(app)
    return app


def _docs_router() -> Router:
    """Hold the reader of the document; below it there is nothing, as anywhere else."""
    return Router(
        "/api/docs", route_handlers=[], before_request=_before_docs, include_in_schema=False
    )


async def _before_docs(request: Request[Any, Any, Any]) -> Response[None] | None:
    if request.path_params:  # the framework answers any path below the reader, with a page
        raise NotFoundException
    return await _before_request(request)


def _api() -> list[ControllerRouterHandler]:
    guarded = Router("/", route_handlers=list(FOR_THE_SIGNED_IN), guards=[signed_in])
    return [AuthController, openapi_document, guarded]


async def _before_request(request: Request[Any, Any, Any]) -> Response[None] | None:
    if request.method == "OPTIONS":
        # The framework's own answer leaves out the methods of a path's other handlers.
        allowed = _methods(request.app, request.scope["path_template"])
        return Response(None, status_code=204, headers={"allow": ", ".join(allowed)})
    await check_media_type(request)
    return None


def _methods(app: Litestar, template: str) -> list[str]:
    own = (route.methods for route in app.routes if route.path_format == template)
    return sorted({str(method) for methods in own for method in methods})


def _say_what_is_refused(app: Litestar) -> None:
    """Document that bodies which refuse unknown fields do so."""
    schemas = app.openapi_schema.components.schemas or {}
    bodies = (
        handler.parsed_data_field
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
    )
    for body in bodies:
        if body is not None and body.annotation.__struct_config__.forbid_unknown_fields:
            schemas[body.annotation.__name__].additional_properties = False


def _reporting(
    report: ReportError,
) -> Callable[[Request[Any, Any, Any], faults.Fault], Response[Problem]]:
    """Answer faults, and tell the operators of those that are the service's own (5xx)."""

    def answer(request: Request[Any, Any, Any], fault: faults.Fault) -> Response[Problem]:
        if status_of(fault) >= 500:
            report(request, fault)
        return on_fault(request, fault)

    return answer


async def _handled(response: Response[Any]) -> Response[Any]:
    """Note that the handler is done: what follows until the response begins is its encoding."""
    mark("handle")
    return response


def _constant(service: object) -> Callable[[], Any]:
    def provide() -> Any:
        return service

    return provide


def routes(app: Litestar) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """List (method, route template, documented statuses and 500) of every route."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            statuses = {handler.status_code or 200, 500, *(handler.responses or {})}
            for method in handler.http_methods:
                yield str(method), route.path_format, tuple(sorted(statuses))
