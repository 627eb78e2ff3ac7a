"""Who a request acts for: its session, by header or cookie, or the built-in operator.

A session's token comes as `Authorization: Bearer …` or in a cookie; where both are there, the
header counts. A browser attaches the cookie to requests that other sites make, so that a request
which changes something is believed by its cookie only if the browser says that it comes from this
site (`Sec-Fetch-Site`, or else `Origin`); programs use the header. The same holds against other
sites for logging in, and for requests without a session where those act as the built-in operator.
The latter are answered under this machine's own names only: a site whose name was made to resolve
to 127.0.0.1 is "this site" to the browser.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler
from litestar.types import HTTPScope

from asset_forge.accounts import AccountService, Principal
from asset_forge.faults import NotAllowed, NotSignedIn
from asset_forge.observability import context
from asset_forge.observability.tracing import mark

COOKIE: Final = "asset_forge_session"

_PRINCIPAL: Final = "principal"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS: Final = frozenset({80, 443})


async def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard a route: find out who asks before anything of the request's body is read.

    Raises:
        NotSignedIn: There is no valid session, and none is needed only in a single-team service.
        NotAllowed: The request changes something, and another site made it.
    """
    accounts: AccountService = connection.app.state.accounts
    request = Request[Any, Any, Any](cast("HTTPScope", connection.scope))
    principal = await _principal_of(request, accounts)
    connection.scope["state"][_PRINCIPAL] = principal
    context.assign(user_id=principal.user_id)
    mark("auth")


def provide_principal(request: Request[Any, Any, Any]) -> Principal:
    """Provide who a guarded request acts for, as the dependency `principal`."""
    mark("parse")
    principal: Principal = request.scope["state"][_PRINCIPAL]
    return principal


async def _principal_of(request: Request[Any, Any, Any], accounts: AccountService) -> Principal:
    """Return who a request acts for.

    Raises:
        NotSignedIn: There is no valid session, and none is needed only in a single-team service.
        NotAllowed: The request changes something, and another site made it; or it needs no session,
            and came under a name that is not this machine's.
    """
    principal = await authenticate_request(
        accounts, method=request.method, headers=request.headers, cookies=request.cookies
    )
    if principal is None and _bearer(request.headers) is None:
        principal = accounts.anonymous
        if principal is not None:
            if request.app.state.local_only:
                _refuse_foreign_name(request.headers.get("host", ""))
            if request.method not in _SAFE:
                refuse_another_site(request.headers)
    if principal is None:
        raise NotSignedIn("there is no valid session: log in, and send its token as Bearer")
    return principal


async def provide_operator(principal: NamedDependency[Principal]) -> Principal:
    """Provide who a request acts for, if that is an operator.

    Raises:
        NotAllowed: The session is a member's.
    """
    if principal.role != "operator":
        raise NotAllowed("this is for operators, and the session is a member's")
    return principal


async def authenticate_request(
    accounts: AccountService,
    *,
    method: str,
    headers: Mapping[str, str],
    cookies: Mapping[str, str],
) -> Principal | None:
    """Return who the token of a request belongs to, or None when there is no valid one.

    Raises:
        NotAllowed: The token came in the cookie of a request that changes something, and nothing
            says that this site made it.
    """
    token = _bearer(headers)
    if token is not None:
        return await accounts.authenticate(token)
    token = cookies.get(COOKIE)
    if token is None:
        return None
    principal = await accounts.authenticate(token)
    if principal is not None and method not in _SAFE and not _is_from_this_site(headers):
        raise NotAllowed(
            "a session in a cookie counts only for requests of this site: the browser has to send "
            "Sec-Fetch-Site or Origin; programs send Authorization: Bearer"
        )
    return principal


def _bearer(headers: Mapping[str, str]) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def refuse_another_site(headers: Mapping[str, str]) -> None:
    """Refuse what the browser states to be made by another site; programs state nothing."""
    said = "sec-fetch-site" in headers or "origin" in headers
    if said and not _is_from_this_site(headers):
        raise NotAllowed("another site cannot act here for its visitors")


def _refuse_foreign_name(host: str) -> None:
    """Refuse a Host that is not this machine's own name; programs that send none are no browser."""
    name = (_authority(f"//{host}") or (host, None))[0]
    if not name or name == "localhost" or name.endswith(".localhost"):
        return
    try:
        local = ipaddress.ip_address(name).is_loopback
    except ValueError:
        local = False
    if not local:
        raise NotAllowed(
            f"without sign-in this service answers as localhost only, not as {name!r}: "
            "set AUTH_PROVIDERS=local, or ALLOW_ANONYMOUS=true if anybody may act as the operator"
        )


def _is_from_this_site(headers: Mapping[str, str]) -> bool:
    """Say whether the browser states that this site made the request, or its user by hand."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = _authority(headers.get("origin", ""))
    return origin is not None and origin == _authority(f"//{headers.get('host', '')}")


def _authority(url: str) -> tuple[str, int | None] | None:
    """Return host and port of a URL, the default ports as none.

    The scheme is left out: behind a proxy that ends TLS it is not the browser's here.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    return parts.hostname, None if port in _DEFAULT_PORTS else port
