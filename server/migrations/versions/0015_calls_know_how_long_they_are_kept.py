"""What an applicant is told of how long their recording is kept stays true for it."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In this form both databases add it in place: on SQLite Alembic would make the table anew.
    op.execute("ALTER TABLE sessions ADD COLUMN kept_months INTEGER")
    op.execute(
        "UPDATE sessions SET kept_months = (SELECT recordings_kept_months FROM bureaus"
        " WHERE bureaus.id = sessions.bureau_id) WHERE recorded"
    )


def downgrade() -> None:
    with op.batch_alter_table("sessions") as batch:
        batch.drop_column("kept_months")
