"""Run by Alembic for each migration, on the connection that `schema.py` opened and locked."""

from __future__ import annotations

from alembic import context

from asset_forge.database.models import Base

connection = context.config.attributes["connection"]
sqlite = connection.dialect.name == "sqlite"

context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=sqlite,
    # The caller holds one transaction around all: an upgrade happens entirely or not at all.
    transactional_ddl=True,
)

with context.begin_transaction():
    context.run_migrations()
