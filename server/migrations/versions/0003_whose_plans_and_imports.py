"""For which district a plan was ordered and a file imported; before, all were the bureau's."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("plans", "imports")


def upgrade() -> None:
    for table in TABLES:
        # In this form both databases add it in place: on SQLite Alembic would make the table anew.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN district_id INTEGER"
            f" CONSTRAINT fk_{table}_district_id REFERENCES districts (id)"
        )
        op.create_index(f"ix_{table}_district_id", table, ["district_id"])


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_index(f"ix_{table}_district_id")
            batch.drop_column("district_id")
