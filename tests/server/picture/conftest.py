"""A call that stands: the officer's hands, and the ears of officer and phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.clock import utcnow
from server.models.account import Role
from server.models.session import InspectionSession
from server.models.survey import Survey
from server.services import checklists, surveys
from server.web.sockets import socketio


@dataclass
class Call:
    """A survey under way, with two experts. Whoever is named as an ear is a page's socket."""

    survey: Survey
    session: InspectionSession
    officer: Any
    desk: Any
    phone: Any
    applicant: Any
    second: Any
    second_desk: Any
    db: Session

    def say(self, ear: Any, event: str, **message: Any) -> dict[str, Any]:
        """A page says something; what the server answers."""
        self.db.commit()  # the test's own transaction must not hold the app up
        heard: dict[str, Any] = ear.emit(event, message, callback=True)
        return heard

    def told(self, ear: Any, event: str) -> list[dict[str, Any]]:
        return [one["args"][0] for one in ear.get_received() if one["name"] == event]


@pytest.fixture
def ear(app) -> Iterator[Callable[[Any], Any]]:
    """The socket of a caller's page."""
    opened = []

    def open_one(caller: Any) -> Any:
        socket = socketio.test_client(app, flask_test_client=caller.client)
        opened.append(socket)
        return socket

    yield open_one
    for socket in opened:
        socket.disconnect()


@pytest.fixture
def call(town, db, scripts, sign_in_as, caller, ear) -> Call:
    visit = town.visit(town.case(), second=town.second)
    session, token = town.call(visit)
    surveys.begin(db, visit.survey, by="limin", at=utcnow())
    checklists.pin(db, visit.survey, scripts)
    db.commit()
    officer = sign_in_as(Role.EXPERT)
    second = sign_in_as(Role.EXPERT, expert=town.second)
    applicant = caller(token=token)
    applicant.post("/api/v1/applicant/consent", {"choice": "agreed"})
    desk, second_desk, phone = ear(officer), ear(second), ear(applicant)
    for watching in (desk, second_desk):
        said = watching.emit("watch", {"survey": visit.survey_id}, callback=True)
        assert said == {"code": "ok"}
    return Call(visit.survey, session, officer, desk, phone, applicant, second, second_desk, db)
