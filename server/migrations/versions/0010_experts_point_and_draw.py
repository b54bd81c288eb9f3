"""Experts point at the live picture and draw on stills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.models.base import Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STILL_SHOWN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "drawings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("shown_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("view_sha256", sa.String(), nullable=True),
        sa.Column("thumbnail_sha256", sa.String(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_drawings_bureau_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_drawings_survey_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_drawings_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_drawings_evidence_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawings")),
    )
    for column in ("bureau_id", "survey_id", "evidence_id"):
        op.create_index(op.f(f"ix_drawings_{column}"), "drawings", [column])
    op.create_index(
        "uq_drawings_open",
        "drawings",
        ["session_id"],
        unique=True,
        sqlite_where=STILL_SHOWN,
        postgresql_where=STILL_SHOWN,
    )
    op.create_table(
        "strokes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drawing_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("places", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('arrow', 'circle', 'line', 'text')", name=op.f("ck_strokes_strokekind")
        ),
        sa.ForeignKeyConstraint(
            ["drawing_id"], ["drawings.id"], name=op.f("fk_strokes_drawing_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strokes")),
    )
    op.create_index(op.f("ix_strokes_drawing_id"), "strokes", ["drawing_id"])
    op.create_table(
        "pointings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_pointings_survey_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_pointings_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pointings")),
    )
    for column in ("survey_id", "session_id"):
        op.create_index(op.f(f"ix_pointings_{column}"), "pointings", [column])


def downgrade() -> None:
    for table in ("pointings", "strokes", "drawings"):
        op.drop_table(table)
