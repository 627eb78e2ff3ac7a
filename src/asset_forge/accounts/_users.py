"""Rows of users: made, and made once by several at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from asset_forge.accounts._principal import Role
from asset_forge.database import Database
from asset_forge.database.models import User
from asset_forge.ids import new_id


def new_user(provider: str, subject: str, display_name: str, role: Role, now: datetime) -> User:
    """Return the row of a user without a password or a quota; it is not stored yet."""
    return User(
        id=new_id(),
        provider=provider,
        subject=subject,
        display_name=display_name,
        role=role,
        created_at=now,
        updated_at=now,
    )


async def find_or_insert(database: Database, session: AsyncSession, user: User) -> User:
    """Return the stored user of that subject, who is stored if need be, also by two at once."""
    dialect = sqlite if database.dialect == "sqlite" else postgresql
    insert = dialect.insert(User).values(
        id=user.id,
        provider=user.provider,
        subject=user.subject,
        display_name=user.display_name,
        role=user.role,
        quota_bytes=user.quota_bytes,
        created_at=user.created_at,
        updated_at=user.updated_at,
    )
    await session.execute(insert.on_conflict_do_nothing())
    found = await session.scalar(
        select(User).where(User.provider == user.provider, User.subject == user.subject)
    )
    return found or user
