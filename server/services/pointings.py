"""Showing a place in the live picture (指点): seen at once, and kept with its time."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.errors import DrawingFull
from server.models.drawing import Pointing
from server.models.session import InspectionSession
from server.models.survey import Survey
from server.services.sessions import must_be_open
from server.services.surveys import must_be_under_way

#: Places kept of one pointing: it is shown eight times a second at most.
MOST_PLACES = 120
#: Pointings kept of one call.
MOST_POINTINGS = 1000

#: Seconds since it began, and where: shares of the picture.
Step = tuple[float, float, float]


def begin(
    db: Session, session: InspectionSession, x: float, y: float, *, by: str, at: datetime
) -> None:
    """Keep that somebody begins to point, and where.

    Raises:
        MoveRefused: the survey is not under way, or its call is over.
        DrawingFull: this call has as many as it may have.
    """
    must_be_under_way(session.visit.survey)
    must_be_open(session)
    of_call = select(func.count()).where(Pointing.session_id == session.id)
    if (db.scalar(of_call) or 0) >= MOST_POINTINGS:
        raise DrawingFull(f"session {session.id}", cause="pointings")
    db.add(
        Pointing(
            survey_id=session.visit.survey_id,
            session_id=session.id,
            by=by,
            at=at,
            path=_begun(x, y),
        )
    )


def end(
    db: Session, session: InspectionSession, path: list[Step], *, by: str, at: datetime
) -> None:
    """Keep where it went, as the page noted it; times before it began or after now are not kept.

    Of a pointing whose beginning was not kept nothing is: the one before stays as it was.

    Raises:
        MoveRefused: the survey is not under way, or its call is over.
    """
    must_be_under_way(session.visit.survey)
    must_be_open(session)
    pointing = db.scalar(
        select(Pointing)
        .where(Pointing.session_id == session.id, Pointing.by == by)
        .order_by(Pointing.id.desc())
        .limit(1)
    )
    if pointing is None or not path or pointing.path != _begun(*path[0][1:]):
        return
    most = (at - pointing.at).total_seconds()
    pointing.path = json.dumps(
        [_rounded((min(max(0.0, seconds), most), x, y)) for seconds, x, y in path]
    )


def of_survey(db: Session, survey: Survey) -> list[Pointing]:
    """In the order of time."""
    return list(
        db.scalars(select(Pointing).where(Pointing.survey_id == survey.id).order_by(Pointing.id))
    )


def _begun(x: float, y: float) -> str:
    return json.dumps([_rounded((0, x, y))])


def _rounded(step: Step) -> list[float]:
    seconds, x, y = step
    return [round(seconds, 2), round(x, 4), round(y, 4)]
