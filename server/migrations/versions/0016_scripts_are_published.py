"""A bureau publishes scripts of its own, by two people, and confirms what is open in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.models.base import Moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ON_ITS_WAY = sa.text("status IN ('draft', 'proposed')")


def upgrade() -> None:
    op.create_table(
        "script_publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("script_version_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("uploaded_at", Moment(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'proposed', 'published', 'withdrawn')",
            name=op.f("ck_script_publications_publicationstatus"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureaus.id"], name=op.f("fk_script_publications_bureau_id")
        ),
        sa.ForeignKeyConstraint(
            ["script_version_id"],
            ["script_versions.id"],
            name=op.f("fk_script_publications_script_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_publications")),
    )
    op.create_index(op.f("ix_script_publications_bureau_id"), "script_publications", ["bureau_id"])
    op.create_index(
        "uq_script_publications_on_its_way",
        "script_publications",
        ["bureau_id", "script"],
        unique=True,
        sqlite_where=ON_ITS_WAY,
        postgresql_where=ON_ITS_WAY,
    )
    op.create_table(
        "script_confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "what IN ('basis', 'local_limit', 'wording')",
            name=op.f("ck_script_confirmations_what"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureaus.id"], name=op.f("fk_script_confirmations_bureau_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_confirmations")),
        sa.UniqueConstraint(
            "bureau_id",
            "script",
            "what",
            "name",
            "sha256",
            name=op.f("uq_script_confirmations_bureau_id_script_what_name_sha256"),
        ),
    )
    op.create_index(
        op.f("ix_script_confirmations_bureau_id"), "script_confirmations", ["bureau_id"]
    )


def downgrade() -> None:
    op.drop_table("script_confirmations")
    op.drop_table("script_publications")
