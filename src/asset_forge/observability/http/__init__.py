"""The one place where a request is measured: an outermost ASGI wrapper for any application."""

from asset_forge.observability.http._asgi import CONNECTION_KEY, ASGIApp, Connection
from asset_forge.observability.http._declarations import (
    ACTIVE_CONNECTIONS,
    DECLARATIONS,
    METHODS,
    STATUS_CODES,
    UNMATCHED,
)
from asset_forge.observability.http._proxies import TrustedProxies
from asset_forge.observability.http._record import Outcome, RequestObserver, RequestRecord
from asset_forge.observability.http._routes import RouteTemplates
from asset_forge.observability.http._series import EndpointFamilies
from asset_forge.observability.http._wrapper import ObservedApplication

__all__ = [
    "ACTIVE_CONNECTIONS",
    "CONNECTION_KEY",
    "DECLARATIONS",
    "METHODS",
    "STATUS_CODES",
    "UNMATCHED",
    "ASGIApp",
    "Connection",
    "EndpointFamilies",
    "ObservedApplication",
    "Outcome",
    "RequestObserver",
    "RequestRecord",
    "RouteTemplates",
    "TrustedProxies",
]
