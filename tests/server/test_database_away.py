"""What a database does not do because it is away is done later; what it refuses has failed."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from server.adapters.database import is_away


def failure_of(work):
    with pytest.raises(DBAPIError) as failed:
        work()
    return failed.value


def test_a_server_that_nobody_reaches_is_away():
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")

    assert is_away(failure_of(engine.connect))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_cuts_a_line_was_away(engine):
    with engine.connect() as line:
        cut = text("SELECT pg_terminate_backend(pg_backend_pid())")

        assert is_away(failure_of(lambda: line.execute(cut)))


def test_what_a_database_refuses_was_not_for_want_of_it(engine):
    with engine.connect() as line:
        assert not is_away(failure_of(lambda: line.execute(text("SELECT nothing FROM nowhere"))))


def test_a_full_disk_is_no_database_that_is_away():
    full = DBAPIError.instance("INSERT", {}, psycopg.errors.DiskFull("full"), psycopg.Error)

    assert not is_away(full)
