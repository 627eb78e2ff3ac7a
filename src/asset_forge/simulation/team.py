"""The simulated team: its accounts, and how they come into the service's database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from asset_forge.accounts import AccountService
from asset_forge.catalog import DECLARATIONS
from asset_forge.database import Database
from asset_forge.observability.metrics import Registry

QUOTA_BYTES: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class Account:
    """A local user of the simulated team."""

    login: str
    password: str = field(repr=False)
    role: str = "member"


ACCOUNTS: Final = (
    Account("olivia", "olivia-runs-this-place", "operator"),
    *(Account(name, f"{name}-likes-long-passwords") for name in ("mara", "jonas", "wei", "amara")),
    *(Account(name, f"{name}-likes-long-passwords") for name in ("tomas", "yuki", "lena")),
)


def create_accounts(path: Path) -> None:
    """Create the team, as `asset-forge user create` does; those that exist stay as they are."""

    async def create() -> None:
        database = Database(f"sqlite:///{path}", pool_size=1)
        try:
            service = AccountService(database, registry=Registry(DECLARATIONS))
            known = {user.login for user in await service.list_users()}
            for one in ACCOUNTS:
                if one.login not in known:
                    await service.create_user(
                        one.login,
                        one.password,
                        role="operator" if one.role == "operator" else "member",
                        display_name=one.login.capitalize(),
                        quota_bytes=QUOTA_BYTES,
                    )
        finally:
            await database.dispose()

    asyncio.run(create())
