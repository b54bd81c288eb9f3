"""Who is at work: one worker on SQLite, on PostgreSQL as many as are started, on any machine.

On PostgreSQL a worker holds an advisory lock for as long as it lives, on a connection of its own.
When it is killed, its connection ends with it and the lock is free: the others see at once, without
a clock, that what it was at needs somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from random import SystemRandom
from typing import Any, Protocol

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

#: What our advisory locks are told apart by: that of each worker, and that of the messenger.
WORKER, MESSENGER = 7951, 7952

#: A machine that has lost its power, or its network, is missed after about a quarter of a minute.
_KEEPALIVE = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2"

_COUNT = """
    SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND classid = :kind AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class Workers(Protocol):
    """This worker, among the others of its database."""

    name: str
    """Under which it is known to them, and its jobs are kept."""

    def count(self) -> int:
        """How many are at work, this one included."""
        ...

    def is_messenger(self) -> bool:
        """Whether messages are this one's to deliver: by two of them they would be sent twice."""
        ...

    def standing_in_for(self, name: str) -> AbstractContextManager[bool]:
        """Whether another is gone; within the block nobody else finds that out."""
        ...

    def close(self) -> None: ...


def workers_of(database_url: str) -> Workers:
    """This process as a worker of a database."""
    on_sqlite = make_url(database_url).get_backend_name() == "sqlite"
    return Alone() if on_sqlite else SideBySide(database_url)


class Alone:
    """The only worker. Started again after a crash it is the same one, and finds its own jobs."""

    name = "worker"

    def count(self) -> int:
        return 1

    def is_messenger(self) -> bool:
        return True

    @contextmanager
    def standing_in_for(self, name: str) -> Iterator[bool]:
        yield False

    def close(self) -> None:
        pass


class SideBySide:
    """One of several. Started again after a crash it is a new one."""

    def __init__(self, database_url: str) -> None:
        self._engine = create_engine(
            make_url(database_url).set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
            connect_args={"options": _KEEPALIVE},
        )
        self._number = SystemRandom().randrange(1, 2**31)
        self.name = f"worker-{self._number}"
        self._line = self._begin()
        self._messenger = False

    def count(self) -> int:
        with self._engine.connect() as line:
            return line.scalar(text(_COUNT), {"kind": WORKER}) or 0

    def is_messenger(self) -> bool:
        question = "SELECT true" if self._messenger else "SELECT pg_try_advisory_lock(:kind, 0)"
        self._messenger = self._ask(question, kind=MESSENGER)
        return self._messenger

    @contextmanager
    def standing_in_for(self, name: str) -> Iterator[bool]:
        number = name.rpartition("-")[2]
        if name == self.name or not number.isdecimal():
            yield name != self.name  # it has a name that no worker of this release has
            return
        values = {"kind": WORKER, "number": int(number)}
        with self._engine.connect() as line:  # ends with the lock
            yield bool(line.scalar(text("SELECT pg_try_advisory_lock(:kind, :number)"), values))

    def close(self) -> None:
        self._line.close()
        self._engine.dispose()

    def _begin(self) -> Connection:
        """A line to the database that says that this one is at work."""
        line = self._engine.connect()
        try:
            line.execute(
                text("SELECT pg_advisory_lock(:kind, :number)"),
                {"kind": WORKER, "number": self._number},
            )
        except DBAPIError:
            line.close()
            raise
        return line

    def _ask(self, question: str, **values: Any) -> bool:
        if not self._line.closed:
            try:
                return bool(self._line.scalar(text(question), values))
            except DBAPIError:
                self._line.close()
        # the database was started again, or still is: others may have stood in meanwhile
        self._line = self._begin()
        return False
