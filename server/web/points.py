"""The point of the checklist that the expert is at, as the applicant should film it."""

from __future__ import annotations

from server.models.session import InspectionSession
from server.services import evidence as evidence_of
from server.services.checklists import worked_or_preview
from server.web.db import db
from server.web.parts import parts
from server.web.scripts import words
from server.web.shapes import PointOut, Words


def point_out(session: InspectionSession) -> PointOut | None:
    """None before the first point is shown."""
    survey = session.visit.survey
    worked = worked_or_preview(db.session, survey, parts().scripts)
    if worked is None or not session.point:
        return None
    relevant = worked.run.asked
    found = next((p for p in relevant if p.name == session.point), None)
    if found is None:
        return None
    taken = evidence_of.photos_by_point(evidence_of.of_survey(db.session, survey))
    return PointOut(
        name=found.name,
        number=relevant.index(found) + 1,
        total=len(relevant),
        label=Words(**words(found.label)),
        hint=Words(**words(found.hint)),
        photos=found.photos,
        photos_done=taken.get(found.name, 0),
    )
