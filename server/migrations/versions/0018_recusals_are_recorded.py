"""Recusals (回避) say who recorded them and when; one that was withdrawn is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.models.base import Moment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ONE_OF_A_PAIR = "uq_recusals_expert_id_applicant_id"


def upgrade() -> None:
    with op.batch_alter_table("recusals") as batch:
        batch.drop_constraint(op.f(ONE_OF_A_PAIR), type_="unique")
        batch.add_column(sa.Column("bureau_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("by", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("at", Moment(), nullable=True))
        batch.add_column(
            sa.Column("status", sa.String(length=32), nullable=False, server_default="recorded")
        )
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    # Until now only somebody at the database itself could write one.
    op.execute(
        "UPDATE recusals SET at = created_at,"
        " bureau_id = (SELECT bureau_id FROM experts WHERE experts.id = recusals.expert_id)"
    )
    with op.batch_alter_table("recusals") as batch:
        batch.alter_column("bureau_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("at", existing_type=Moment(), nullable=False)
        batch.create_foreign_key(op.f("fk_recusals_bureau_id"), "bureaus", ["bureau_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_recusals_recusalstatus"), "status IN ('recorded', 'withdrawn')"
        )
    op.create_index(op.f("ix_recusals_bureau_id"), "recusals", ["bureau_id"])
    stands = sa.text("status = 'recorded'")
    op.create_index(
        "uq_recusals_recorded",
        "recusals",
        ["expert_id", "applicant_id"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )


def downgrade() -> None:
    op.execute("DELETE FROM recusals WHERE status = 'withdrawn'")
    op.drop_index("uq_recusals_recorded", table_name="recusals")
    op.drop_index(op.f("ix_recusals_bureau_id"), table_name="recusals")
    with op.batch_alter_table("recusals") as batch:
        batch.drop_constraint(op.f("ck_recusals_recusalstatus"), type_="check")
        batch.drop_constraint(op.f("fk_recusals_bureau_id"), type_="foreignkey")
        for name in ("bureau_id", "by", "at", "status", "version"):
            batch.drop_column(name)
        batch.create_unique_constraint(op.f(ONE_OF_A_PAIR), ["expert_id", "applicant_id"])
