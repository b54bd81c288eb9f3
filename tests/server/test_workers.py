"""Workers know of each other: who is there, who is gone, and which one delivers messages."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import text

from server.adapters.workers import workers_of


@pytest.fixture
def worker(database_url):
    made = []

    def one():
        made.append(workers_of(database_url))
        return made[-1]

    yield one
    for each in made:
        each.close()


def soon(what):
    """A connection that is closed takes the server a moment to notice."""
    deadline = time.monotonic() + 5
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_the_only_worker_does_everything(worker):
    one = worker()

    assert one.count() == 1
    assert one.is_messenger()
    with one.standing_in_for(one.name) as gone:
        assert not gone


@only_postgresql
def test_of_two_workers_one_delivers_and_when_it_is_gone_the_other(worker):
    one, other = worker(), worker()

    assert (one.count(), other.count()) == (2, 2)
    assert [one.is_messenger(), other.is_messenger()] == [True, False]
    assert one.is_messenger()
    one.close()
    soon(other.is_messenger)
    assert other.count() == 1


@only_postgresql
def test_one_worker_at_a_time_stands_in_for_one_that_is_gone(worker):
    one, second, third = worker(), worker(), worker()

    with second.standing_in_for(one.name) as gone:
        assert not gone
    one.close()
    soon(lambda: second.count() == 2)
    with second.standing_in_for(one.name) as gone, third.standing_in_for(one.name) as too:
        assert (gone, too) == (True, False)


@only_postgresql
def test_a_worker_whose_line_is_cut_comes_back(worker, engine):
    one, other = worker(), worker()
    assert one.is_messenger()

    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks "
                "WHERE locktype = 'advisory' AND objid = :number"
            ),
            {"number": int(one.name.rpartition("-")[2])},
        )

    soon(other.is_messenger)
    assert not one.is_messenger()
    assert other.count() == 2
