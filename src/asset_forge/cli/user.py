"""`asset-forge user`: create, list and disable users."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from asset_forge.accounts import AccountService, UserRecord
from asset_forge.catalog import DECLARATIONS
from asset_forge.cli.startup import prepare
from asset_forge.clock import rfc3339
from asset_forge.database import Database
from asset_forge.faults import Conflict, InvalidRequest, NotFound
from asset_forge.observability.metrics import Registry
from asset_forge.settings import load_settings

app = typer.Typer(help="Create, list and disable users.", no_args_is_help=True)

_OPTIONS = {
    "login": "--login",
    "password": "the password",
    "displayName": "--display-name",
    "quotaBytes": "--quota-bytes",
}

_Result = TypeVar("_Result")


class RoleChoice(StrEnum):
    """The roles, as the command line takes them."""

    MEMBER = "member"
    OPERATOR = "operator"


class ProviderChoice(StrEnum):
    """The ways to sign in, as the command line takes them."""

    LOCAL = "local"
    PRIVY = "privy"


Login = Annotated[str, typer.Option(help="What the user signs in with; for privy the user's DID.")]
Provider = Annotated[ProviderChoice, typer.Option(help="Where the user signs in.")]


@app.command()
def create(
    login: Login,
    role: Annotated[RoleChoice, typer.Option(help="What the user may do.")] = RoleChoice.MEMBER,
    display_name: Annotated[str | None, typer.Option(help="By default the login.")] = None,
    quota_bytes: Annotated[
        int | None, typer.Option(min=0, help="Bytes of assets; without it there is no limit.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    provider: Provider = ProviderChoice.LOCAL,
) -> None:
    """Create a user: with a password, or the other provider's user of that id."""
    password = None
    if provider is not ProviderChoice.LOCAL:
        if password_stdin:
            raise typer.BadParameter(
                f"{provider.value} users have no password here", param_hint="--password-stdin"
            )
    elif password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if quota_bytes is None:
        quota_bytes = load_settings().default_user_quota_bytes
    user = _run(
        lambda service: service.create_user(
            login,
            password,
            provider=provider.value,
            role=role.value,
            display_name=display_name,
            quota_bytes=quota_bytes,
        )
    )
    typer.echo(f"Created {user.role} {user.login} ({user.id}).")


@app.command("list")
def list_users() -> None:
    """List all users, one a line, with tabs between the columns."""
    typer.echo("LOGIN\tROLE\tQUOTA\tCREATED\tDISABLED\tNAME\tPROVIDER")
    for user in _run(lambda service: service.list_users()):
        typer.echo("\t".join(_cells(user)))


@app.command()
def disable(login: Login, provider: Provider = ProviderChoice.LOCAL) -> None:
    """Take a user's access away; sessions end within five seconds."""
    user = _run(lambda service: service.disable_user(login, provider=provider.value))
    typer.echo(f"Disabled {user.login}.")


def _cells(user: UserRecord) -> tuple[str, ...]:
    quota = "-" if user.quota_bytes is None else str(user.quota_bytes)
    disabled = "-" if user.disabled_at is None else rfc3339(user.disabled_at)
    created = rfc3339(user.created_at)
    return user.login, user.role, quota, created, disabled, user.display_name, user.provider


def _run(work: Callable[[AccountService], Awaitable[_Result]]) -> _Result:
    """Do something with the accounts of the database that the settings name."""
    settings = load_settings()
    prepare(settings, files=False)

    async def run() -> _Result:
        database = Database(settings.effective_database_url, pool_size=1)
        try:
            return await work(AccountService(database, registry=Registry(DECLARATIONS)))
        finally:
            await database.dispose()

    try:
        return asyncio.run(run())
    except (InvalidRequest, Conflict, NotFound) as fault:
        option = _OPTIONS.get(fault.field or "login", "--login")
        raise typer.BadParameter(fault.message, param_hint=option) from None
