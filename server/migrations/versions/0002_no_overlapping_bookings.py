"""The database itself forbids two bookings of one expert that overlap."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The expert's id as a one-element range: an exclusion without the btree_gist extension.
POSTGRESQL = """
ALTER TABLE bookings ADD CONSTRAINT bookings_no_overlap EXCLUDE USING gist (
    int8range(expert_id, expert_id, '[]') WITH &&,
    tstzrange(starts_at, ends_at) WITH &&
)
"""

SQLITE = """
CREATE TRIGGER bookings_no_overlap_{verb} BEFORE {verb} ON bookings
WHEN EXISTS (
    SELECT 1 FROM bookings
    WHERE expert_id = new.expert_id AND id IS NOT new.id
      AND starts_at < new.ends_at AND ends_at > new.starts_at
)
BEGIN SELECT RAISE(ABORT, 'bookings_no_overlap'); END
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL)
    else:
        op.execute(SQLITE.format(verb="INSERT"))
        op.execute(SQLITE.format(verb="UPDATE"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE bookings DROP CONSTRAINT bookings_no_overlap")
    else:
        op.execute("DROP TRIGGER bookings_no_overlap_INSERT")
        op.execute("DROP TRIGGER bookings_no_overlap_UPDATE")
