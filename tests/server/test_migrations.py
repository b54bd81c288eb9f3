"""The migrations and the models say the same, on both databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from server.adapters.database import MIGRATIONS, migrate, open_database
from server.clock import utcnow
from server.models.expert import Recusal
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
    command.downgrade(_config(database_url), "0001")
    assert not _overlap_rules(engine)

    migrate(database_url)
    assert _overlap_rules(engine)


@pytest.mark.usefixtures("rule_given_back")
def test_recusals_from_before_they_said_who_and_when_still_stand(engine, database_url, town, db):
    case = town.case()
    told = {"bureau_id": town.bureau.id, "applicant_id": case.applicant_id, "reason": "亲属"}
    for expert, status in ((town.lead, "recorded"), (town.second, "withdrawn")):
        db.add(Recusal(**told, expert_id=expert.id, status=status, by="zhou", at=utcnow()))
    db.commit()
    engine.dispose()

    command.downgrade(_config(database_url), "0017")
    migrate(database_url)

    (kept,) = db.scalars(select(Recusal))
    assert (kept.expert_id, kept.bureau_id, kept.status) == (
        town.lead.id,
        town.bureau.id,
        "recorded",
    )
    assert (kept.by, kept.at, kept.reason) == ("", kept.created_at, "亲属")


def _config(database_url):
    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix())
    config.attributes["url"] = database_url
    return config


def _overlap_rules(engine):
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT conname FROM pg_constraint WHERE contype = 'x'",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return connection.execute(text(asked)).scalars().all()


def test_a_sqlite_database_in_which_somebody_has_drawn_takes_every_migration_that_follows(tmp_path):
    """Where a constraint changes, SQLite's table is made anew: nothing may point at it by then."""
    url = f"sqlite:///{tmp_path}/drawn.db"
    engine = open_database(url)
    chain = [one.revision for one in ScriptDirectory(MIGRATIONS.as_posix()).walk_revisions()]
    left = iter(reversed(chain))
    for revision in left:
        migrate(url, revision)
        if inspect(engine).has_table("drawings"):
            break
    given = {"evidence": {"source": "phone"}, "drawings": {"evidence_id": 1}}
    columns = {table: inspect(engine).get_columns(table) for table in given}
    with closing(sqlite3.connect(f"{tmp_path}/drawn.db")) as raw:  # asks for no bureau, no call
        for table, values in given.items():
            row = {one["name"]: 1 for one in columns[table]} | values
            names, places = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
            raw.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(row.values()))
        raw.commit()
    engine.dispose()

    assert list(left), "something is to follow"
    migrate(url)

    with engine.connect() as connection:
        found = "SELECT count(*) FROM drawings JOIN evidence ON evidence.id = evidence_id"
        assert connection.exec_driver_sql(found).scalar_one() == 1
    engine.dispose()
