"""Which media worker has a call, and since which epoch."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In this form both databases add it in place: on SQLite Alembic would make the table anew.
    op.execute("ALTER TABLE sessions ADD COLUMN media_worker VARCHAR NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE sessions ADD COLUMN media_epoch BIGINT NOT NULL DEFAULT 0")


def downgrade() -> None:
    with op.batch_alter_table("sessions") as batch:
        batch.drop_column("media_epoch")
        batch.drop_column("media_worker")
