"""`/api/auth`: log in and out; and who a request acts for.

A session's token comes as `Authorization: Bearer …` or in a cookie; where both are there, the
header counts. A browser attaches the cookie to requests that other sites make, so that a request
which changes something is believed by its cookie only if the browser says that it comes from this
site (`Sec-Fetch-Site`, or else `Origin`); programs use the header. The same holds against other
sites for logging in, and for requests without a session where those act as the built-in operator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from asset_forge.accounts import AccountService, Credentials, Principal
from asset_forge.api.problems import problem_responses
from asset_forge.clock import rfc3339
from asset_forge.faults import NotAllowed, NotSignedIn
from asset_forge.observability import context
from asset_forge.observability.tracing import mark

COOKIE: Final = "asset_forge_session"

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS: Final = frozenset({80, 443})


class LoginBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Who wants to log in, and the proof of it."""

    login: Annotated[str, msgspec.Meta(max_length=1000)]
    password: Annotated[str, msgspec.Meta(max_length=1000)]
    provider: Annotated[str, msgspec.Meta(max_length=32)] = "local"


class UserView(msgspec.Struct, rename="camel"):
    """A user; `login` is the id at the sign-in provider where that has no logins."""

    id: str
    login: str
    display_name: str
    role: str
    provider: str


class SessionView(msgspec.Struct, rename="camel"):
    """A new session. The token is shown this once."""

    token: str
    expires_at: str
    user: UserView


_LOGGED_OUT: Final = {
    204: ResponseSpec(None, generate_examples=False, description="There is no session any more"),
    **problem_responses(403, 415),
}


class AuthController(Controller):
    """The routes of logging in and out."""

    path = "/api/auth"
    tags = ("auth",)

    @post(
        "/login",
        status_code=200,
        summary="Log in",
        responses=problem_responses(401, 403, 415, 429),
    )
    async def login(
        self,
        data: JSONBody[LoginBody],
        request: Request[Any, Any, Any],
        accounts: NamedDependency[AccountService],
    ) -> Response[SessionView]:
        """Open a session; its token is in the answer and, for browsers, in a cookie."""
        _refuse_another_site(request.headers)
        client = request.client.host if request.client is not None else ""
        signed_in = await accounts.login(
            data.provider, Credentials(data.login, data.password), client=client
        )
        body = SessionView(
            signed_in.token, rfc3339(signed_in.expires_at), view(signed_in.principal)
        )
        response = Response(body, status_code=200, headers={"cache-control": "no-store"})
        response.set_cookie(
            COOKIE,
            signed_in.token,
            max_age=int(accounts.session_lifetime.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    @post("/logout", status_code=204, summary="Log out", responses=_LOGGED_OUT)
    async def logout(
        self, request: Request[Any, Any, Any], accounts: NamedDependency[AccountService]
    ) -> Response[None]:
        """End the session, if there still is one."""
        principal = await authenticate_request(
            accounts, method=request.method, headers=request.headers, cookies=request.cookies
        )
        if principal is not None:
            await accounts.logout(principal)
        response = Response(None, status_code=204)
        response.delete_cookie(COOKIE)
        return response

    @get("/me", summary="Who you are", responses=problem_responses(401))
    async def me(self, principal: NamedDependency[Principal]) -> UserView:
        """Read whom the session belongs to."""
        return view(principal)


def view(principal: Principal) -> UserView:
    """Present the user of a session."""
    return UserView(
        id=principal.user_id,
        login=principal.subject,
        display_name=principal.display_name,
        role=principal.role,
        provider=principal.provider,
    )


async def provide_principal(
    request: Request[Any, Any, Any], accounts: NamedDependency[AccountService]
) -> Principal:
    """Provide who a request acts for, as the dependency `principal`.

    Raises:
        NotSignedIn: There is no valid session, and none is needed only in a single-team service.
        NotAllowed: The request changes something, and another site made it.
    """
    mark("parse")
    principal = await authenticate_request(
        accounts, method=request.method, headers=request.headers, cookies=request.cookies
    )
    if principal is None and _bearer(request.headers) is None:
        principal = accounts.anonymous
        if principal is not None and request.method not in _SAFE:
            _refuse_another_site(request.headers)
    if principal is None:
        raise NotSignedIn("there is no valid session: log in, and send its token as Bearer")
    context.assign(user_id=principal.user_id)
    mark("auth")
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


def _refuse_another_site(headers: Mapping[str, str]) -> None:
    """Refuse what the browser states to be made by another site; programs state nothing."""
    said = "sec-fetch-site" in headers or "origin" in headers
    if said and not _is_from_this_site(headers):
        raise NotAllowed("another site cannot act here for its visitors")


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
