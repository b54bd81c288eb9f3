"""Calls are recorded where the bureau wants it. Bureaus and calls of before are not."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from server.models.base import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _of_whom() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
    ]


def upgrade() -> None:
    # In this form both databases add it in place: on SQLite Alembic would make the table anew.
    op.execute("ALTER TABLE bureaus ADD COLUMN records_calls BOOLEAN NOT NULL DEFAULT FALSE")
    op.execute("ALTER TABLE sessions ADD COLUMN recorded BOOLEAN NOT NULL DEFAULT FALSE")
    op.create_table(
        "recorded_stretches",
        *_of_whom(),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("broke_off", sa.String(), nullable=False),
        sa.CheckConstraint(
            "side IN ('applicant', 'expert')", name=op.f("ck_recorded_stretches_stretch_side")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureaus.id"], name=op.f("fk_recorded_stretches_bureau_id")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_recorded_stretches_survey_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_recorded_stretches_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorded_stretches")),
        sa.UniqueConstraint(
            "session_id",
            "identity",
            "name",
            name=op.f("uq_recorded_stretches_session_id_identity_name"),
        ),
    )
    op.create_table(
        "recording_gaps",
        *_of_whom(),
        sa.Column("packets", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.CheckConstraint(
            "side IN ('applicant', 'expert')", name=op.f("ck_recording_gaps_gap_side")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_recording_gaps_survey_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_recording_gaps_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_gaps")),
        sa.UniqueConstraint(
            "session_id",
            "identity",
            "starts_at",
            "cause",
            name=op.f("uq_recording_gaps_session_id_identity_starts_at_cause"),
        ),
    )
    op.create_table(
        "recording_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_recording_views_survey_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_views")),
    )
    for table in ("recorded_stretches", "recording_gaps", "recording_views"):
        op.create_index(op.f(f"ix_{table}_survey_id"), table, ["survey_id"])
    op.create_index(op.f("ix_recorded_stretches_bureau_id"), "recorded_stretches", ["bureau_id"])


def downgrade() -> None:
    for table in ("recording_views", "recording_gaps", "recorded_stretches"):
        op.drop_table(table)
    for table, column in (("sessions", "recorded"), ("bureaus", "records_calls")):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
