from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, text, update

from asset_forge.database import Database, schema
from asset_forge.database.models import Asset, User
from asset_forge.ids import new_id

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def add(database: Database, name: str, tags: list[str], description: str = "") -> str:
    user = User(
        id=new_id(), provider="local", subject=new_id(), display_name="Ada", role="member",
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    asset = Asset(
        id=new_id(), owner_id=user.id, name=name, type="prop", description=description, tags=tags,
        file_type="glb", media_type="model/gltf-binary", size_bytes=1, sha256="0" * 64,
        storage_key="x", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    async with database.transaction() as session:
        session.add(user)
        await session.flush()
        session.add(asset)
    return asset.id


async def found(database: Database, word: str) -> list[str]:
    query = {
        "sqlite": "SELECT asset_id FROM asset_search WHERE asset_search MATCH :word",
        "postgresql": "SELECT id FROM assets WHERE search_vector @@ to_tsquery('simple', :word)",
    }[database.dialect]
    async with database.reading() as session:
        return list(await session.scalars(text(query), {"word": word}))


@pytest.mark.parametrize("word", ["dragon", "crimson", "épée", "drache", "DRAGON"])
async def test_an_asset_is_found_by_name_tag_and_description(database: Database, word: str) -> None:
    await add(database, "An old chair", [])
    dragon = await add(database, "Red Dragon", ["crimson", "épée"], "Ein roter Drache")
    assert await found(database, word) == [dragon]


async def test_a_change_of_words_changes_what_is_found(database: Database) -> None:
    dragon = await add(database, "Red Dragon", ["crimson"])
    async with database.transaction() as session:
        await session.execute(update(Asset).values(name="Blue Knight", tags=["azure"]))
    assert await found(database, "dragon") == []
    assert await found(database, "azure") == [dragon]


async def test_a_deleted_asset_is_not_found(database: Database) -> None:
    await add(database, "Red Dragon", [])
    async with database.transaction() as session:
        await session.execute(delete(Asset))
    assert await found(database, "dragon") == []


async def test_an_index_made_later_holds_the_assets_from_before(
    database: Database, database_url: str
) -> None:
    dragon = await add(database, "Red Dragon", ["crimson"])
    await database.dispose()
    schema.downgrade(database_url, "0001")  # which had no index
    schema.migrate(database_url)
    assert await found(database, "crimson") == [dragon]
