"""One SQLAlchemy session per request; whoever opened it at the edge commits it."""

from __future__ import annotations

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session


class Database:
    def init_app(self, app: Flask, engine: Engine) -> None:
        app.extensions["engine"] = engine
        app.teardown_appcontext(self._close)

    @property
    def session(self) -> Session:
        if "session" not in g:
            g.session = Session(current_app.extensions["engine"])
        session: Session = g.session
        return session

    def _close(self, error: BaseException | None) -> None:
        if (session := g.pop("session", None)) is not None:
            session.close()  # what was not committed is rolled back


db = Database()
