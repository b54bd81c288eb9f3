"""The point of the checklist that the expert is at, as the applicant should film it."""

from __future__ import annotations

from collections.abc import Mapping

from inspection.checklist.point import Point
from server.models.session import InspectionSession
from server.services import evidence as evidence_of
from server.services.checklists import Worked, worked_or_preview
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
    found = next((p for p in worked.run.asked if p.name == session.point), None)
    if found is None:
        return None
    taken = evidence_of.photos_by_point(evidence_of.of_survey(db.session, survey))
    return as_shown(found, worked, taken)


def as_shown(point: Point, worked: Worked, taken: Mapping[str, int]) -> PointOut:
    """One point for the applicant, numbered among those that are asked."""
    return PointOut(
        name=point.name,
        number=worked.run.asked.index(point) + 1,
        total=len(worked.run.asked),
        label=Words(**words(point.label)),
        hint=Words(**words(point.hint)),
        sketch=point.sketch,
        good=Words(**words(point.tip_good)),
        photos=point.photos,
        photos_done=taken.get(point.name, 0),
    )
