from __future__ import annotations

from sqlalchemy import text

from asset_forge.database import Database


async def test_what_is_committed_can_be_read(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE schema_info SET oldest_code_revision = 7"))
    async with database.reading() as session:
        found = await session.execute(text("SELECT oldest_code_revision FROM schema_info"))
        assert found.scalar_one() == 7
