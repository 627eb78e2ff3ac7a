"""All tables but for the search index.

Revision ID: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(36)
TIME = sa.DateTime(timezone=True)


def column(
    name: str,
    kind: sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]],
    *,
    nullable: bool = False,
    **options: Any,
) -> sa.Column[Any]:
    """Describe a column that, as most here, holds a value in every row."""
    return sa.Column(name, kind, nullable=nullable, **options)


def upgrade() -> None:
    """Create the tables, and say that every code revision can use them."""
    _create_accounts()
    _create_projects_and_assets()
    _create_generations()
    _create_provider_claims()
    _create_processes()
    op.execute("INSERT INTO schema_info (id, oldest_code_revision) VALUES (1, 1)")


def downgrade() -> None:
    """Drop the tables, those that refer to others first."""
    for table in (
        "schema_info",
        "leases",
        "executors",
        "provider_claims",
        "generations",
        "assets",
        "projects",
        "login_limits",
        "sessions",
        "users",
    ):
        op.drop_table(table)


def _create_accounts() -> None:
    op.create_table(
        "users",
        column("id", ID),
        column("provider", sa.String(32)),
        column("subject", sa.String(320)),
        column("display_name", sa.String(200)),
        column("role", sa.String(16)),
        column("password_hash", sa.String(200), nullable=True),
        column("quota_bytes", sa.BigInteger(), nullable=True),
        column("disabled_at", TIME, nullable=True),
        column("created_at", TIME),
        column("updated_at", TIME),
        sa.CheckConstraint("role IN ('member', 'operator')", name="ck_users_role"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("provider", "subject", name="uq_users_provider_subject"),
    )
    op.create_table(
        "sessions",
        column("token_hash", sa.String(64)),
        column("user_id", ID),
        column("provider", sa.String(32)),
        column("created_at", TIME),
        column("expires_at", TIME),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_sessions_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "login_limits",
        column("key", sa.String(64)),
        column("failures", sa.Integer()),
        column("expires_at", TIME),
        sa.PrimaryKeyConstraint("key", name="pk_login_limits"),
    )
    op.create_index("ix_login_limits_expires_at", "login_limits", ["expires_at"])


def _create_projects_and_assets() -> None:
    op.create_table(
        "projects",
        column("id", ID),
        column("owner_id", ID),
        column("name", sa.String(200)),
        column("description", sa.Text()),
        column("quota_bytes", sa.BigInteger(), nullable=True),
        column("created_at", TIME),
        column("updated_at", TIME),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_projects_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sa.UniqueConstraint("owner_id", "name", name="uq_projects_owner_id_name"),
    )
    op.create_table(
        "assets",
        column("id", ID),
        column("owner_id", ID),
        column("project_id", ID, nullable=True),
        column("generation_id", ID, nullable=True),
        column("name", sa.String(200)),
        column("type", sa.String(32)),
        column("description", sa.Text()),
        column("tags", sa.JSON()),
        column("file_type", sa.String(16)),
        column("media_type", sa.String(100)),
        column("size_bytes", sa.BigInteger()),
        column("sha256", sa.String(64)),
        column("storage_key", sa.String(300)),
        column("created_at", TIME),
        column("updated_at", TIME),
        sa.CheckConstraint("size_bytes >= 0", name="ck_assets_size"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_assets_owner_id"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_assets_project_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_assets"),
        sa.UniqueConstraint("generation_id", name="uq_assets_generation_id"),
    )
    op.create_index("ix_assets_owner_id_id", "assets", ["owner_id", "id"])
    op.create_index("ix_assets_project_id_id", "assets", ["project_id", "id"])


def _create_generations() -> None:
    op.create_table(
        "generations",
        column("id", ID),
        column("owner_id", ID),
        column("project_id", ID, nullable=True),
        column("idempotency_key", sa.String(200), nullable=True),
        column("request_hash", sa.String(64)),
        column("revision", sa.String(32)),
        column("name", sa.String(200)),
        column("type", sa.String(32)),
        column("prompt", sa.Text()),
        column("requested_provider", sa.String(32)),
        column("provider", sa.String(32), nullable=True),
        column("seed", sa.BigInteger()),
        column("options", sa.JSON()),
        column("status", sa.String(16)),
        column("stage", sa.String(16), nullable=True),
        column("stages", sa.JSON()),
        column("runs", sa.Integer(), server_default=sa.text("0")),
        column("asset_id", ID, nullable=True),
        column("error_type", sa.String(32), nullable=True),
        column("error_message", sa.Text(), nullable=True),
        column("request_id", sa.String(128), nullable=True),
        column("traceparent", sa.String(64), nullable=True),
        column("created_at", TIME),
        column("enqueued_at", TIME, nullable=True),
        column("cancel_requested_at", TIME, nullable=True),
        column("started_at", TIME, nullable=True),
        column("finished_at", TIME, nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')",
            name="ck_generations_status",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_generations_owner_id"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_generations_project_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_generations"),
        sa.UniqueConstraint(
            "owner_id", "idempotency_key", name="uq_generations_owner_id_idempotency_key"
        ),
    )
    op.create_index("ix_generations_owner_id_id", "generations", ["owner_id", "id"])
    op.create_index("ix_generations_project_id_id", "generations", ["project_id", "id"])
    op.create_index("ix_generations_status_id", "generations", ["status", "id"])


def _create_provider_claims() -> None:
    op.create_table(
        "provider_claims",
        column("generation_id", ID),
        column("step", sa.String(32)),
        column("purpose", sa.String(64)),
        column("provider", sa.String(32)),
        column("task_id", sa.String(200), nullable=True),
        column("result", sa.JSON(), nullable=True),
        column("created_at", TIME),
        column("finished_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["generations.id"],
            name="fk_provider_claims_generation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("generation_id", "step", "purpose", name="pk_provider_claims"),
    )


def _create_processes() -> None:
    op.create_table(
        "executors",
        column("id", ID),
        column("hostname", sa.String(255)),
        column("pid", sa.Integer()),
        column("version", sa.String(32)),
        column("started_at", TIME),
        column("heartbeat_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_executors"),
    )
    op.create_table(
        "leases",
        column("name", sa.String(64)),
        column("holder", ID),
        column("expires_at", TIME),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "schema_info",
        column("id", sa.Integer(), autoincrement=False),
        column("oldest_code_revision", sa.Integer()),
        sa.CheckConstraint("id = 1", name="ck_schema_info_single_row"),
        sa.PrimaryKeyConstraint("id", name="pk_schema_info"),
    )
