"""Officers sign their own view of a finding, and may word the record's summary themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.models.base import Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ONE_OF_A_ROLE = "uq_signatures_survey_id_role"


def upgrade() -> None:
    with op.batch_alter_table("signatures") as batch:
        batch.drop_constraint(op.f(ONE_OF_A_ROLE), type_="unique")
        for name, length in (("finding", 32), ("stance", 32)):
            batch.add_column(sa.Column(name, sa.String(length=length), nullable=True))
        for name in ("by", "reason", "signed_sha256"):
            batch.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        batch.create_check_constraint(
            op.f("ck_signatures_finding"), "finding IN ('pass', 'rectify', 'fail')"
        )
        batch.create_check_constraint(
            op.f("ck_signatures_stance"), "stance IN ('agrees', 'dissents')"
        )
        batch.create_check_constraint(
            op.f("ck_signatures_reason_with_dissent"),
            "(coalesce(stance, '') = 'dissents') = (reason <> '')",
        )
    op.create_table(
        "record_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("drafted", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_record_edits_survey_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_edits")),
    )
    op.create_index(op.f("ix_record_edits_survey_id"), "record_edits", ["survey_id"])


def downgrade() -> None:
    op.drop_table("record_edits")
    op.execute(
        "DELETE FROM signatures WHERE id NOT IN"
        " (SELECT max(id) FROM signatures GROUP BY survey_id, role)"
    )
    with op.batch_alter_table("signatures") as batch:
        for name in ("finding", "stance", "reason_with_dissent"):
            batch.drop_constraint(op.f(f"ck_signatures_{name}"), type_="check")
        for name in ("by", "finding", "stance", "reason", "signed_sha256"):
            batch.drop_column(name)
        batch.create_unique_constraint(op.f(ONE_OF_A_ROLE), ["survey_id", "role"])
