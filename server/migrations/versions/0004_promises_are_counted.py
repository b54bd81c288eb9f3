"""A number for what a bureau has promised, and proposals to adjust it."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ADDED = (
    ("bureaus", "promises", "INTEGER NOT NULL DEFAULT 0"),
    ("plans", "made_from", "INTEGER"),
    ("plans", "changes", "JSON NOT NULL DEFAULT '{}'"),
)


def upgrade() -> None:
    for table, column, kind in ADDED:
        # In this form both databases add it in place: on SQLite Alembic would make the table anew.
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")


def downgrade() -> None:
    for table, column, _ in reversed(ADDED):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
