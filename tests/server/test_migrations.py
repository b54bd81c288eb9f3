"""The migrations and the models say the same, on both databases."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from server.adapters.database import MIGRATIONS, migrate
from server.models.tables import METADATA


def test_a_migrated_database_is_what_the_models_say(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, METADATA) == []


def test_every_constraint_of_the_models_is_in_the_database(engine):
    found = inspect(engine)

    for table in METADATA.sorted_tables:
        stored = {one["name"] for one in found.get_check_constraints(table.name)}
        stored |= {one["name"] for one in found.get_unique_constraints(table.name)}
        stored |= {one["name"] for one in found.get_indexes(table.name)}
        meant = {
            constraint.name
            for constraint in table.constraints
            if constraint.__visit_name__ in ("check_constraint", "unique_constraint")
        }
        assert meant <= stored, table.name


def test_migrating_again_changes_nothing(engine, database_url):
    before = inspect(engine).get_table_names()

    migrate(database_url)

    assert inspect(engine).get_table_names() == before


@pytest.fixture
def rule_given_back(database_url):
    """Whatever a test does to the tables, the next one finds them whole."""
    yield
    migrate(database_url)


@pytest.mark.usefixtures("rule_given_back")
def test_the_rule_against_overlaps_can_be_taken_back_and_put_in_again(engine, database_url):
    assert _overlap_rules(engine)
    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix())
    config.attributes["url"] = database_url

    command.downgrade(config, "0001")
    assert not _overlap_rules(engine)

    migrate(database_url)
    assert _overlap_rules(engine)


def _overlap_rules(engine):
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT conname FROM pg_constraint WHERE contype = 'x'",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return connection.execute(text(asked)).scalars().all()
