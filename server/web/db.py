"""One SQLAlchemy session per request; whoever opened it at the edge commits it."""

from __future__ import annotations

from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

#: Methods that change nothing, and so wait for nobody who does (SQLite has one writer at a time).
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Database:
    def init_app(self, app: Flask) -> None:
        app.teardown_appcontext(self._close)

    def use(self, app: Flask, engine: Engine) -> None:
        app.extensions["engine"] = engine
        app.extensions["reading engine"] = engine.execution_options(reading=True)

    @property
    def session(self) -> Session:
        if "session" not in g:
            reads = has_request_context() and request.method in READING
            engine = self.reading(current_app) if reads else current_app.extensions["engine"]
            g.session = Session(engine)
        session: Session = g.session
        return session

    def reading(self, app: Flask) -> Engine:
        """The engine of those who change nothing."""
        engine: Engine = app.extensions["reading engine"]
        return engine

    def begin_writing(self) -> None:
        """For a GET, or an event of a socket (a GET, too), that stores something: ask for the turn.

        What was read so far is read again.
        """
        self.session.rollback()
        self.session.connection(execution_options={"reading": False})

    def _close(self, error: BaseException | None) -> None:
        if (session := g.pop("session", None)) is not None:
            session.close()  # what was not committed is rolled back


db = Database()
