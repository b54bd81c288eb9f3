"""Observers as everybody of a call is told of them."""

from __future__ import annotations

from server.models.session import InspectionSession
from server.services import observing
from server.web.db import db
from server.web.shapes import ObserverOut


def observers_of(session: InspectionSession) -> list[ObserverOut]:
    """Who may watch, who does, and to whom the applicant agreed."""
    agreed = observing.agreed_to(db.session, session)
    return [
        ObserverOut(
            id=one.id,
            name=one.name,
            capacity=one.capacity,
            status=one.status,
            agreed=one.id in agreed,
        )
        for one in observing.welcome(db.session, session)
    ]
