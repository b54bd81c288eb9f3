"""What the phone is told of its own photos: wanted, arrived, still taken or not."""

from __future__ import annotations

from server.clock import utcnow
from server.errors import NoLongerTaken
from server.models.session import InspectionSession, JoinLink
from server.services import evidence as evidence_of
from server.services import later
from server.services.checklists import worked_or_preview
from server.web.applicant.payload import KeptOut, OwnEvidence
from server.web.callers import csrf_of_link
from server.web.db import db
from server.web.parts import parts
from server.web.points import as_shown
from server.web.problems import in_words
from server.web.shapes import PointOut

BY = "applicant"


def own_evidence_of(link: JoinLink) -> OwnEvidence:
    """Enough for a phone to go on alone: it is kept there, and read without a network."""
    session = link.session
    survey = session.visit.survey
    return OwnEvidence(
        csrf=csrf_of_link(link),
        steps=_steps(session),
        kept=[
            KeptOut(point=one.point, sha256=one.sha256)
            for one in evidence_of.sent_by(db.session, survey, BY)
        ],
        until=later.until(session.visit),
        refused=_refused(session),
    )


def _steps(session: InspectionSession) -> list[PointOut]:
    """The points that ask for photos: the rest needs somebody who asks."""
    survey = session.visit.survey
    worked = worked_or_preview(db.session, survey, parts().scripts)
    if worked is None:
        return []
    taken = evidence_of.photos_by_point(evidence_of.of_survey(db.session, survey))
    return [as_shown(point, worked, taken) for point in worked.run.asked if point.photos]


def _refused(session: InspectionSession) -> str:
    try:
        later.must_still_take(db.session, session, at=utcnow())
    except NoLongerTaken as no:
        return in_words(no)
    return ""
