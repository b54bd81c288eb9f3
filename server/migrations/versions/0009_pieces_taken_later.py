"""Evidence may have been taken without live view.

Before any table points at `evidence`, which SQLite makes anew here.
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CHECK = "ck_evidence_evidencesource"


def _sources(*names: str) -> None:
    listed = ", ".join(f"'{name}'" for name in names)
    with op.batch_alter_table("evidence") as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        batch.create_check_constraint(op.f(CHECK), f"source IN ({listed})")


def upgrade() -> None:
    _sources("phone", "server", "officer", "later")


def downgrade() -> None:
    op.execute("UPDATE evidence SET source = 'phone' WHERE source = 'later'")
    _sources("phone", "server", "officer")
