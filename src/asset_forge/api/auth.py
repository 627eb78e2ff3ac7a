"""`/api/auth`: log in and out; and who one is."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from asset_forge.accounts import TOKEN_LIMIT, AccountService, Credentials, Principal
from asset_forge.api.bodies import Body
from asset_forge.api.problems import problem_responses
from asset_forge.api.sessions import COOKIE, authenticate_request, refuse_another_site, signed_in
from asset_forge.clock import rfc3339
from asset_forge.faults import InvalidRequest


class LoginBody(Body):
    """Who wants to log in, and the proof of it: login and password, or another provider's token."""

    login: Annotated[str, msgspec.Meta(max_length=1000)] | msgspec.UnsetType = msgspec.UNSET
    password: Annotated[str, msgspec.Meta(max_length=1000)] | msgspec.UnsetType = msgspec.UNSET
    token: Annotated[str, msgspec.Meta(max_length=TOKEN_LIMIT)] | msgspec.UnsetType = msgspec.UNSET
    provider: Annotated[str, msgspec.Meta(max_length=32)] = "local"

    def credentials(self) -> Credentials:
        """Return what the provider needs.

        Raises:
            InvalidRequest: A field is missing, or there for another provider.
        """
        with_password = self.provider == "local"
        needed = ("login", "password") if with_password else ("token",)
        for field in ("login", "password", "token"):
            given = getattr(self, field) is not msgspec.UNSET
            if given != (field in needed):
                said = "is no field of" if given else "is missing for"
                raise InvalidRequest(
                    f"{said} a login with the provider {self.provider!r}, which takes "
                    + " and ".join(needed),
                    field=field,
                )
        if with_password:
            return Credentials(str(self.login), str(self.password))
        return Credentials("", str(self.token))


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
        refuse_another_site(request.headers)
        client = request.client.host if request.client is not None else ""
        signed_in = await accounts.login(data.provider, data.credentials(), client=client)
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

    @get("/me", summary="Who you are", responses=problem_responses(401), guards=[signed_in])
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
