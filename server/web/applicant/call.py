"""The applicant's side: in by a link, consent, the call, photos, a signature, the result."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from inspection.media.engine import Role as Part
from server.clock import utcnow
from server.models.evidence import EvidenceSource
from server.models.session import InspectionSession
from server.models.verdict import SignerRole
from server.services import sessions, verdicts
from server.services.presence import Quality, Side
from server.web.access import anyone, current_link, only_applicant
from server.web.applicant.invitation import invitation_of
from server.web.applicant.payload import (
    ConsentIn,
    Invitation,
    JoinIn,
    OwnSignatureIn,
    PhotoKept,
)
from server.web.callers import give_cookie, it_was_right, phone_cookie, slow_down
from server.web.db import db
from server.web.documents import record_of
from server.web.parts import parts
from server.web.photos import PhotoForm, kept
from server.web.points import point_out
from server.web.shapes import AnswerSdp, OfferIn, RecordQuery
from server.web.sockets import tell_session, tell_survey

blueprint = APIBlueprint("applicant_call", __name__, url_prefix="/api/v1", tag="Applicant")

BY = "applicant"


@blueprint.post("/join")
@anyone
@blueprint.input(JoinIn)
@blueprint.output(Invitation)
def join(json_data: JoinIn) -> Any:
    """Exchange the link's token for a cookie. For everybody: the token is the proof."""
    slow_down("join")
    link, grant = sessions.accept_link(db.session, json_data.token, at=utcnow())
    it_was_right("join")
    db.session.commit()
    seconds = int((link.expires_at - utcnow()).total_seconds())
    body = invitation_of(link).model_dump(mode="json")
    return give_cookie(body, phone_cookie(), grant, seconds=seconds)


@blueprint.get("/applicant")
@only_applicant
@blueprint.output(Invitation)
def show_invitation() -> Invitation:
    """Everything the phone shows, at any stage."""
    return invitation_of(current_link())


@blueprint.post("/applicant/consent")
@only_applicant
@blueprint.input(ConsentIn)
@blueprint.output(Invitation)
def consent(json_data: ConsentIn) -> Invitation:
    """Agree to the video survey, or ask for a visit: both count the same."""
    link = current_link()
    sessions.choose(
        db.session,
        link.session,
        choice=json_data.choice,
        language=json_data.language,
        device=dict(json_data.device),
        at=utcnow(),
    )
    db.session.commit()
    _tell(link.session)
    return invitation_of(link)


@blueprint.post("/applicant/media")
@only_applicant
@blueprint.input(OfferIn)
@blueprint.output(AnswerSdp)
def join_media(json_data: OfferIn) -> AnswerSdp:
    """The phone's offer, answered by the media worker. Said again, it replaces the earlier."""
    session = current_link().session
    sessions.may_join(db.session, session)
    session_id, room = session.id, session.room
    db.session.commit()  # no lock is held while the media worker answers
    joined = parts().media.join(room, f"applicant-{session_id}", Part.APPLICANT, json_data.sdp)
    parts().presence.beat(session_id, Side.APPLICANT, Quality.GOOD, at=utcnow())
    tell_session(session_id)
    return AnswerSdp(sdp=joined.sdp, epoch=joined.epoch)


@blueprint.post("/applicant/evidence")
@only_applicant
@blueprint.input(PhotoForm, location="form_and_files")
@blueprint.output(PhotoKept, status_code=201)
def add_photo(form_and_files_data: dict[str, Any]) -> PhotoKept:
    """A photo at full size from the phone's camera."""
    session = current_link().session
    piece = kept(session.visit.survey, form_and_files_data, EvidenceSource.PHONE, by=BY)
    return PhotoKept(number=piece.number, sha256=piece.sha256, point=point_out(session))


@blueprint.post("/applicant/signature")
@only_applicant
@blueprint.input(OwnSignatureIn)
@blueprint.output(Invitation, status_code=201)
def sign(json_data: OwnSignatureIn) -> Invitation:
    """The applicant signs what was seen, with a finger."""
    link = current_link()
    verdicts.sign(
        db.session,
        link.session.visit.survey,
        role=SignerRole.APPLICANT,
        name=json_data.name,
        strokes=json_data.strokes,
        at=utcnow(),
    )
    db.session.commit()
    _tell(link.session)
    return invitation_of(link)


@blueprint.get("/applicant/record.pdf")
@only_applicant
@blueprint.input(RecordQuery, location="query")
@blueprint.output({}, content_type="application/pdf")
def show_record(query_data: RecordQuery) -> Response:
    """The record, once there is a verdict."""
    return record_of(current_link().session.visit.survey, query_data.language, by=BY)


def _tell(session: InspectionSession) -> None:
    survey = session.visit.survey
    tell_session(session.id)
    tell_survey(survey.id, survey.version)
