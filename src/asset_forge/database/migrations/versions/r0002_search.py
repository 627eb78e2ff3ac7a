"""Full-text search over the assets, with what each of the two databases has for it.

Words are split and folded to lower case, not stemmed: prompts and tags come in any language, and
both databases shall find the same.

Revision ID: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SQLITE_UPGRADE = (
    # FTS5 finds a row by number only. The implicit rowid of `assets` will not do: VACUUM and batch
    # migrations may change it, so that each asset gets a number that stays.
    """CREATE TABLE asset_search_numbers (
        number INTEGER PRIMARY KEY,
        asset_id VARCHAR(36) NOT NULL UNIQUE
    )""",
    """CREATE VIRTUAL TABLE asset_search USING fts5(
        asset_id UNINDEXED, name, description, tags,
        tokenize = 'unicode61 remove_diacritics 0'
    )""",
    # The texts of the tags are indexed apart from JSON's own punctuation and escapes.
    """CREATE TRIGGER asset_search_insert AFTER INSERT ON assets BEGIN
        INSERT INTO asset_search_numbers (asset_id) VALUES (new.id);
        INSERT INTO asset_search (rowid, asset_id, name, description, tags)
        VALUES (
            (SELECT number FROM asset_search_numbers WHERE asset_id = new.id),
            new.id, new.name, new.description,
            (SELECT coalesce(group_concat(value, ' '), '') FROM json_each(new.tags))
        );
    END""",
    """CREATE TRIGGER asset_search_update AFTER UPDATE OF name, description, tags ON assets BEGIN
        UPDATE asset_search SET name = new.name, description = new.description,
            tags = (SELECT coalesce(group_concat(value, ' '), '') FROM json_each(new.tags))
        WHERE rowid = (SELECT number FROM asset_search_numbers WHERE asset_id = new.id);
    END""",
    """CREATE TRIGGER asset_search_delete AFTER DELETE ON assets BEGIN
        DELETE FROM asset_search
        WHERE rowid = (SELECT number FROM asset_search_numbers WHERE asset_id = old.id);
        DELETE FROM asset_search_numbers WHERE asset_id = old.id;
    END""",
    "INSERT INTO asset_search_numbers (asset_id) SELECT id FROM assets",
    """INSERT INTO asset_search (rowid, asset_id, name, description, tags)
    SELECT number, id, name, description,
        (SELECT coalesce(group_concat(value, ' '), '') FROM json_each(assets.tags))
    FROM assets JOIN asset_search_numbers ON asset_id = id""",
)

_SQLITE_DOWNGRADE = (
    "DROP TRIGGER asset_search_delete",
    "DROP TRIGGER asset_search_update",
    "DROP TRIGGER asset_search_insert",
    "DROP TABLE asset_search",
    "DROP TABLE asset_search_numbers",
)

_POSTGRES_UPGRADE = (
    """ALTER TABLE assets ADD COLUMN search_vector tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', name), 'A')
        || setweight(json_to_tsvector('simple', tags, '["string"]'), 'B')
        || setweight(to_tsvector('simple', description), 'C')
    ) STORED""",
    "CREATE INDEX ix_assets_search_vector ON assets USING gin (search_vector)",
)

_POSTGRES_DOWNGRADE = (
    "DROP INDEX ix_assets_search_vector",
    "ALTER TABLE assets DROP COLUMN search_vector",
)


def upgrade() -> None:
    """Create the index and fill it with the assets that exist."""
    _run(_SQLITE_UPGRADE, _POSTGRES_UPGRADE)


def downgrade() -> None:
    """Drop the index."""
    _run(_SQLITE_DOWNGRADE, _POSTGRES_DOWNGRADE)


def _run(sqlite: tuple[str, ...], postgres: tuple[str, ...]) -> None:
    for statement in sqlite if op.get_context().dialect.name == "sqlite" else postgres:
        op.get_bind().exec_driver_sql(statement)
