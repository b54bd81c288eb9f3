"""Recordings are kept as long as the bureau says, and deleted by two people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.models.base import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE bureaus ADD COLUMN recordings_kept_months INTEGER")
    op.create_table(
        "recording_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("lifted_by", sa.String(), nullable=False),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        *_belonging_to("recording_holds", "bureau", "case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_holds")),
    )
    op.create_table(
        "disposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'confirmed', 'done', 'withdrawn')",
            name=op.f("ck_disposals_disposalstatus"),
        ),
        *_belonging_to("disposals", "bureau", "case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposals")),
    )
    op.create_table(
        "disposed_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("disposal_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("gone_at", Moment(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "side IN ('applicant', 'expert')", name=op.f("ck_disposed_files_disposed_side")
        ),
        *_belonging_to("disposed_files", "disposal", "session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposed_files")),
    )
    for table, column in (
        *((table, f"{one}_id") for table in ("recording_holds", "disposals") for one in OWNERS),
        ("disposed_files", "disposal_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


OWNERS = ("bureau", "case")


def _belonging_to(table: str, *owners: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{one}_id"], [f"{one}s.id"], name=op.f(f"fk_{table}_{one}_id"))
        for one in owners
    ]


def downgrade() -> None:
    for table in ("disposed_files", "disposals", "recording_holds"):
        op.drop_table(table)
    with op.batch_alter_table("bureaus") as batch:
        batch.drop_column("recordings_kept_months")
