"""Which assets the vector database knows, as of which of their edits.

A column that older code does not know and leaves empty for new assets; those then wait for a
process that does.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WAITING = "embedded_at IS NULL OR embedded_at < updated_at"


def upgrade() -> None:
    """Add the column, and an index of the assets that wait."""
    op.add_column("assets", sa.Column("embedded_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_assets_waiting_for_embedding",
        "assets",
        ["id"],
        sqlite_where=sa.text(_WAITING),
        postgresql_where=sa.text(_WAITING),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_index("ix_assets_waiting_for_embedding", table_name="assets")
    op.drop_column("assets", "embedded_at")
