"""Observers (旁听) of calls, and to whom of them the applicant agreed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.models.base import Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In this form both databases add it in place: on SQLite Alembic would make the table anew.
    op.execute("ALTER TABLE consents ADD COLUMN observers JSON NOT NULL DEFAULT '[]'")
    name = "observers"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("capacity", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("grant_hash", sa.String(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "capacity IN ('citizen', 'superior', 'other')", name=op.f(f"ck_{name}_capacity")
        ),
        sa.CheckConstraint(
            "status IN ('invited', 'watching', 'away', 'refused', 'withdrawn')",
            name=op.f(f"ck_{name}_observerstatus"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f(f"fk_{name}_bureau_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f(f"fk_{name}_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("token_hash", name=op.f(f"uq_{name}_token_hash")),
        sa.UniqueConstraint("grant_hash", name=op.f(f"uq_{name}_grant_hash")),
    )
    for column in ("bureau_id", "session_id"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def downgrade() -> None:
    op.drop_table("observers")
    with op.batch_alter_table("consents") as batch:
        batch.drop_column("observers")
