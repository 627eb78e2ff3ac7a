"""What commands that ask a running service share: its address, tokens, and one question."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlsplit

import httpx
import typer

from asset_forge.faults import Unavailable
from asset_forge.monitoring.prometheus_api import shown_url

DEFAULT_URL: Final = "http://127.0.0.1:3004"
TIMEOUT_SECONDS: Final = 10.0
_SHOWN_CHARACTERS: Final = 200


def base_url(value: str) -> str:
    """Check that a value is the base URL of a server, and return it without a slash at its end."""
    try:
        parts = urlsplit(value)
        fit = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fit = False
    if not fit:
        raise typer.BadParameter(f"{value!r}: write it as {DEFAULT_URL}")
    return value.rstrip("/")


Url = Annotated[str, typer.Argument(help="Where the service is.", callback=base_url)]
Token = Annotated[
    str | None,
    typer.Option(
        envvar="ASSET_FORGE_TOKEN",
        help="An operator's session, where the service asks for sign-in.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def bearer(token: str | None) -> dict[str, str]:
    """Return the headers that carry a token."""
    return {"authorization": f"Bearer {token}"} if token else {}


def read(url: str, path: str, token: str | None) -> bytes:
    """Return what a path answers.

    Raises:
        Unavailable: It does not answer, or not with 200; the text says what to do.
    """
    shown = shown_url(url)
    try:
        response = httpx.get(
            f"{url}{path}", headers=bearer(token), timeout=TIMEOUT_SECONDS, follow_redirects=True
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable(
            f"{shown} cannot be reached ({error or type(error).__name__}); start it with "
            "`asset-forge serve`, or name another URL"
        ) from error
    if response.status_code in (401, 403):
        raise Unavailable(
            f"{shown} answers {response.status_code}: {path} is for operators; give the token of "
            "an operator's session as --token, or in ASSET_FORGE_TOKEN"
        )
    if response.status_code != 200:
        said = response.text[:_SHOWN_CHARACTERS]
        raise Unavailable(f"{shown}{path} answers {response.status_code}: {said}")
    return response.content
