"""Whether a bureau draws its experts, and the seeds of its draws."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.models.base import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In this form both databases add it in place: on SQLite Alembic would make the table anew.
    op.execute("ALTER TABLE bureaus ADD COLUMN draws_experts BOOLEAN NOT NULL DEFAULT FALSE")
    op.create_table(
        "draws",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("undrawn", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_draws_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_draws_plan_id")),
        sa.UniqueConstraint("commitment", name=op.f("uq_draws_commitment")),
    )


def downgrade() -> None:
    op.drop_table("draws")
    with op.batch_alter_table("bureaus") as batch:
        batch.drop_column("draws_experts")
