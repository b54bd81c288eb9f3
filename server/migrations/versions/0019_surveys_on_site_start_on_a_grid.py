"""Surveys on site start at full multiples of some minutes, of five where nobody chose."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE bureaus ADD COLUMN on_site_grid INTEGER NOT NULL DEFAULT 5")


def downgrade() -> None:
    # In this form SQLite takes it from the table there is, which others refer to.
    op.execute("ALTER TABLE bureaus DROP COLUMN on_site_grid")
