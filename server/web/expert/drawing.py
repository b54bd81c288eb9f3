"""Freezing a still for the applicant to see, and drawing on it."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from inspection.evidence.drawing import Stroke
from server.clock import utcnow
from server.errors import BadPayload, NotFound
from server.models.account import Role
from server.models.drawing import Drawing
from server.models.session import InspectionSession
from server.services import drawings, sessions, surveys
from server.web.access import current_account, only
from server.web.db import db
from server.web.expert.payload import CloseIn, FreezeIn
from server.web.frozen import frozen_out, tell_frozen
from server.web.parts import parts
from server.web.photos import KEEP
from server.web.shapes import FrozenOut, StrokeIn
from server.web.sockets import tell_survey

blueprint = APIBlueprint("expert_drawing", __name__, url_prefix="/api/v1", tag="Evidence")


@blueprint.post("/surveys/<int:survey_id>/frozen")
@only(Role.EXPERT)
@blueprint.input(FreezeIn)
@blueprint.output(FrozenOut, status_code=201)
def freeze(survey_id: int, json_data: FreezeIn) -> FrozenOut | None:
    """The phone shows this photo instead of its own picture, until it is closed."""
    session, by = _call_of(survey_id)
    return _shown(
        session, drawings.freeze(db.session, session, json_data.number, by=by, at=utcnow())
    )


@blueprint.post("/surveys/<int:survey_id>/frozen/<int:drawing_id>/strokes")
@only(Role.EXPERT)
@blueprint.input(StrokeIn)
@blueprint.output(FrozenOut, status_code=201)
def add_stroke(survey_id: int, drawing_id: int, json_data: StrokeIn) -> FrozenOut | None:
    """Draw one stroke, which both sides see at once. Any expert of the crew may."""
    session, by = _call_of(survey_id)
    try:
        stroke = Stroke(json_data.kind, tuple(json_data.places), json_data.text)
    except ValueError as wrong:
        raise BadPayload(str(wrong)) from wrong
    return _shown(session, drawings.add_stroke(db.session, session, drawing_id, stroke, by=by))


@blueprint.delete("/surveys/<int:survey_id>/frozen/<int:drawing_id>/strokes")
@only(Role.EXPERT)
@blueprint.output(FrozenOut)
def take_back_stroke(survey_id: int, drawing_id: int) -> FrozenOut | None:
    """Wipe out one's own last stroke."""
    session, by = _call_of(survey_id)
    return _shown(session, drawings.take_back_stroke(db.session, session, drawing_id, by=by))


@blueprint.post("/surveys/<int:survey_id>/frozen/close")
@only(Role.EXPERT)
@blueprint.input(CloseIn)
@blueprint.output({}, status_code=204)
def close(survey_id: int, json_data: CloseIn) -> str:
    """Back to the live picture. What was drawn is kept over the untouched original, or given up."""
    session, _ = _call_of(survey_id)
    survey = session.visit.survey
    surveys.must_be_under_way(survey)
    drawings.close(db.session, parts().files, session, keep=json_data.keep, at=utcnow())
    db.session.commit()
    tell_frozen(session, None)
    tell_survey(survey.id, survey.version)
    return ""


@blueprint.get("/drawings/<int:drawing_id>/<any(view, thumbnail):size>")
@only(Role.EXPERT, Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output({}, content_type="image/jpeg")
def show_drawing(drawing_id: int, size: str) -> Response:
    """A photo with what was drawn on it, with its watermark."""
    drawing = db.session.get(Drawing, drawing_id)
    if drawing is None or drawing.view_sha256 is None or drawing.thumbnail_sha256 is None:
        raise NotFound(f"drawing {drawing_id}")
    surveys.for_staff(db.session, drawing.survey_id, current_account())
    digest = drawing.view_sha256 if size == "view" else drawing.thumbnail_sha256
    return Response(
        parts().files.open(digest), mimetype="image/jpeg", headers={"Cache-Control": KEEP}
    )


def _call_of(survey_id: int) -> tuple[InspectionSession, str]:
    account = current_account()
    survey = surveys.for_expert(db.session, survey_id, account)
    return sessions.of_survey(db.session, survey), account.sign_in_name


def _shown(session: InspectionSession, drawing: Drawing) -> FrozenOut | None:
    db.session.commit()
    tell_frozen(session, drawing)
    return frozen_out(drawing)
