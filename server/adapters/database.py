"""The database: SQLite on one machine, PostgreSQL for a province; migrations for both."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from server.errors import DoubleBooked

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"
BUSY_MILLISECONDS = 10_000
DETAIL = re.compile(r"\nDETAIL:.*")

#: Name of the rule against overlapping bookings, in the first migration.
NO_OVERLAP = "bookings_no_overlap"


def open_database(url: str) -> Engine:
    """An engine with the settings the records rely on.

    SQLite: write-ahead log, synchronous=FULL (an acknowledged write survives a power cut),
    foreign keys on, and BEGIN IMMEDIATE so that two writers queue instead of failing. Who only
    reads says so with the execution option `reading`, and then waits for nobody.

    What is stored are people's data: the values of a statement that fails are in no log.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
        )
    else:
        if address.database:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _hide_the_row)
    event.listen(engine, "handle_error", _name_the_overlap)
    return engine


def is_away(error: BaseException) -> bool:
    """Whether something failed because PostgreSQL is not there, or went away while it was asked: it
    is started again, perhaps, and what was asked may be asked again. A file is never away."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    code = getattr(error.orig, "sqlstate", "")  # None: nobody answered who could have told one
    return isinstance(error, OperationalError) and (
        code is None or code.startswith("08") or code in ("57P01", "57P02", "57P03")
    )


def migrate(url: str, revision: str = "head") -> None:
    """Bring the tables to `revision`; a second call does nothing."""
    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix().replace("%", "%%"))
    config.attributes["url"] = url
    command.upgrade(config, revision)


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _hide_the_row(context: ExceptionContext) -> None:
    """PostgreSQL quotes the row it refused, with people's data, in the DETAIL of its message."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(
                DETAIL.sub("", part) if isinstance(part, str) else part for part in error.args
            )


def _name_the_overlap(context: ExceptionContext) -> DoubleBooked | None:
    """Both databases refuse overlapping bookings in their own words; ours is `DoubleBooked`."""
    if isinstance(context.sqlalchemy_exception, IntegrityError) and NO_OVERLAP in str(
        context.original_exception
    ):
        return DoubleBooked(str(context.original_exception))
    return None
