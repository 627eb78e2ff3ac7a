"""What jobs of remote providers need: legs, the model used, the expanded prompt, the day's spend.

All of it is added beside what is there, so that code that does not know it lives on.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column(
        "generations", sa.Column("leg", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("generations", sa.Column("model", sa.String(100), nullable=True))
    op.add_column("generations", sa.Column("expanded_prompt", sa.Text(), nullable=True))
    op.create_table(
        "ai_spend",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("micro_usd", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "provider", name="pk_ai_spend"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("ai_spend")
    for name in ("expanded_prompt", "model", "leg"):
        op.drop_column("generations", name)
