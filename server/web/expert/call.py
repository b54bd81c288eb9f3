"""The expert's side of a call: the media offer, the point the phone shows, the end."""

from __future__ import annotations

from apiflask import APIBlueprint

from inspection.media.engine import Role as Part
from server.clock import utcnow
from server.errors import NotFound
from server.models.account import Account, Role
from server.models.session import InspectionSession
from server.models.survey import Survey
from server.services import checklists, ending, sessions, surveys
from server.services.presence import Quality, Side
from server.web.access import current_account, only
from server.web.call_over import tell_call_over
from server.web.calling import answer_view, join_call
from server.web.db import db
from server.web.expert.payload import PointIn
from server.web.parts import parts
from server.web.points import point_out
from server.web.shapes import AnswerSdp, OfferIn, ViewIn
from server.web.sockets import tell_phone, tell_session

blueprint = APIBlueprint("expert_call", __name__, url_prefix="/api/v1", tag="Calls")


@blueprint.post("/sessions/<int:session_id>/media")
@only(Role.EXPERT)
@blueprint.input(OfferIn)
@blueprint.output(AnswerSdp)
def join_media(session_id: int, json_data: OfferIn) -> AnswerSdp:
    """The browser's offer, answered by the media worker. Said again, it replaces the earlier."""
    account = current_account()

    def may() -> InspectionSession:
        session, survey = _mine(session_id, account)
        surveys.must_be_under_way(survey)
        return session

    session, identity = may(), f"expert-{account.id}"
    sessions.went_live(session, by=account.sign_in_name, at=utcnow())
    db.session.commit()
    joined = join_call(session_id, identity, Part.EXPERT, json_data.sdp, may=may)
    parts().presence.beat(session_id, Side.EXPERT, Quality.GOOD, at=utcnow())
    tell_session(session_id)
    return joined


@blueprint.post("/sessions/<int:session_id>/media/view")
@only(Role.EXPERT)
@blueprint.input(ViewIn)
@blueprint.output({}, status_code=204)
def answer_media(session_id: int, json_data: ViewIn) -> str:
    """The browser's answer to the connection over which it is shown the others."""
    account = current_account()
    _, survey = _mine(session_id, account)
    surveys.must_be_under_way(survey)
    identity = f"expert-{account.id}"
    db.session.rollback()
    answer_view(session_id, identity, json_data)
    return ""


@blueprint.post("/surveys/<int:survey_id>/point")
@only(Role.EXPERT)
@blueprint.input(PointIn)
@blueprint.output({}, status_code=204)
def show_point(survey_id: int, json_data: PointIn) -> str:
    """The phone shows this point now."""
    survey = surveys.for_expert(db.session, survey_id, current_account())
    surveys.must_be_under_way(survey)
    session = sessions.of_survey(db.session, survey)
    checklists.must_have_point(db.session, survey, json_data.point)
    session.point = json_data.point
    shown = point_out(session)
    db.session.commit()
    parts().stills_asked.turn_to(session.id, json_data.point)
    tell_phone(session.id, "point.shown", **(shown.model_dump() if shown else {}))
    return ""


@blueprint.post("/sessions/<int:session_id>/end")
@only(Role.EXPERT)
@blueprint.output({}, status_code=204)
def end_session(session_id: int) -> str:
    """Hang up for everybody. The checklist stays open until the verdict."""
    account = current_account()
    session, _ = _mine(session_id, account)
    at = utcnow()
    ending.end_call(db.session, parts().files, session, by=account.sign_in_name, at=at)
    db.session.commit()
    tell_call_over(session)
    return ""


def _mine(session_id: int, account: Account) -> tuple[InspectionSession, Survey]:
    session = db.session.get(InspectionSession, session_id)
    if session is None:
        raise NotFound(f"session {session_id}")
    return session, surveys.for_expert(db.session, session.visit.survey_id, account)
