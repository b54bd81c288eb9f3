"""Rooms of guidance (云政务直播间), with their questions and replays."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from server.models.base import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _table(name: str, *columns: Any) -> None:
    """With what every table has."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _of(name: str, column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))


def upgrade() -> None:
    name = "guidance_sessions"
    _table(
        name,
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("item_type_id", sa.Integer(), nullable=True),
        sa.Column("presenter_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("media_worker", sa.String(), nullable=False),
        sa.Column("media_epoch", sa.BigInteger(), nullable=False),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "status IN ('announced', 'live', 'ended', 'closed')",
            name=op.f(f"ck_{name}_guidancestatus"),
        ),
        _of(name, "bureau_id", "bureaus"),
        _of(name, "district_id", "districts"),
        _of(name, "item_type_id", "item_types"),
        _of(name, "presenter_id", "experts"),
        sa.UniqueConstraint("token", name=op.f(f"uq_{name}_token")),
        sa.UniqueConstraint("room", name=op.f(f"uq_{name}_room")),
    )
    for column in ("bureau_id", "district_id", "presenter_id"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])
    name = "guidance_questions"
    _table(
        name,
        sa.Column("guidance_id", sa.Integer(), nullable=False),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("taken_up_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'answering', 'answered', 'hidden')",
            name=op.f(f"ck_{name}_questionstatus"),
        ),
        _of(name, "guidance_id", "guidance_sessions"),
    )
    op.create_index("ix_guidance_questions_asker", name, ["guidance_id", "asker"])
    name = "guidance_stretches"
    _table(
        name,
        sa.Column("guidance_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("broke_off", sa.String(), nullable=False),
        _of(name, "guidance_id", "guidance_sessions"),
        sa.UniqueConstraint(
            "guidance_id",
            "identity",
            "name",
            name=op.f(f"uq_{name}_guidance_id_identity_name"),
        ),
    )


def downgrade() -> None:
    for table in ("guidance_stretches", "guidance_questions", "guidance_sessions"):
        op.drop_table(table)
