"""Recordings are joined to files that can be handed over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.models.base import Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "joined_recordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", Moment(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "side IN ('applicant', 'expert')", name=op.f("ck_joined_recordings_joined_side")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'making', 'ready', 'failed', 'stopped', 'gone')",
            name=op.f("ck_joined_recordings_joinstatus"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{one}_id"], [f"{one}s.id"], name=op.f(f"fk_joined_recordings_{one}_id")
            )
            for one in ("bureau", "survey", "session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joined_recordings")),
        sa.UniqueConstraint(
            "session_id", "identity", name=op.f("uq_joined_recordings_session_id_identity")
        ),
    )
    for one in ("bureau_id", "survey_id"):
        op.create_index(op.f(f"ix_joined_recordings_{one}"), "joined_recordings", [one])
    # In this form both databases add it in place: on SQLite Alembic would make the table anew.
    op.execute(
        "ALTER TABLE recording_views ADD COLUMN joined_id INTEGER"
        " CONSTRAINT fk_recording_views_joined_id REFERENCES joined_recordings (id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("recording_views") as batch:
        batch.drop_column("joined_id")
    op.drop_table("joined_recordings")
