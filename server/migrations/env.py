"""Alembic's door to our tables: `migrate()` in adapters/database.py and `flask db` use it."""

from __future__ import annotations

from alembic import context

from server.adapters.database import open_database
from server.models.tables import METADATA

engine = open_database(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="base.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
