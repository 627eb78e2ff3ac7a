"""`/metrics` and `/metrics/business`: what Prometheus reads."""

from __future__ import annotations

import hmac
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from asset_forge import faults
from asset_forge.api.problems import problem_responses
from asset_forge.observability.metrics import Registry
from asset_forge.settings import Settings

_NAMES = Annotated[
    tuple[str, ...], QueryParameter(name="name[]", description="Only samples of these names")
]


@get(
    "/metrics",
    summary="System metrics",
    tags=["metrics"],
    media_type="text/plain",
    responses=problem_responses(401),
)
async def system_metrics(
    request: Request[Any, Any, Any],
    registry: NamedDependency[Registry],
    settings: NamedDependency[Settings],
    names: _NAMES = (),
) -> Response[bytes]:
    """Requests, process, runtime and machine, as text 0.0.4 or by `Accept` as OpenMetrics 1.0."""
    return await _scrape(request, registry, settings, "system", names)


@get(
    "/metrics/business",
    summary="Business metrics",
    tags=["metrics"],
    media_type="text/plain",
    responses=problem_responses(401),
)
async def business_metrics(
    request: Request[Any, Any, Any],
    registry: NamedDependency[Registry],
    settings: NamedDependency[Settings],
    names: _NAMES = (),
) -> Response[bytes]:
    """Generations, users, storage, providers and database, in the formats of `/metrics`."""
    return await _scrape(request, registry, settings, "business", names)


async def _scrape(
    request: Request[Any, Any, Any],
    registry: Registry,
    settings: Settings,
    endpoint: str,
    names: tuple[str, ...],
) -> Response[bytes]:
    _check_token(request, settings)
    scrape = await registry.scrape(
        endpoint=endpoint,
        accept=request.headers.get("accept"),
        accept_encoding=request.headers.get("accept-encoding"),
        names=names,
    )
    headers = {name.lower(): value for name, value in scrape.headers}
    media_type = headers.pop("content-type")
    return Response(scrape.body, media_type=media_type, headers=headers)


def _check_token(request: Request[Any, Any, Any], settings: Settings) -> None:
    if settings.metrics_token is None:
        return
    expected = f"Bearer {settings.metrics_token.get_secret_value()}".encode()
    given = request.headers.get("authorization", "").encode()
    if not hmac.compare_digest(expected, given):
        raise faults.NotSignedIn("METRICS_TOKEN is set here: send it as Authorization: Bearer …")
