"""The applicant's side: in by a link, consent, the call, photos, a signature, the result."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from inspection.media.engine import Role as Part
from server.clock import utcnow
from server.models.evidence import EvidenceSource
from server.models.session import InspectionSession
from server.services import drawings, later, observing, sessions, signing
from server.services.presence import Hindered, Hindrance, Quality, Side
from server.web.access import anyone, current_link, only_applicant, only_applicant_even_later
from server.web.applicant.invitation import invitation_of
from server.web.applicant.own_evidence import BY, own_evidence_of
from server.web.applicant.payload import (
    ConsentIn,
    FrozenQuery,
    Invitation,
    JoinIn,
    OwnEvidence,
    OwnSignatureIn,
    PhotoKept,
)
from server.web.callers import give_cookie, it_was_right, phone_cookie, slow_down
from server.web.calling import answer_view, join_call, put_out
from server.web.db import db
from server.web.documents import record_of
from server.web.parts import parts
from server.web.photos import OwnPhotoForm, kept
from server.web.points import point_out
from server.web.shapes import AnswerSdp, OfferIn, RecordQuery, ViewIn
from server.web.sockets import tell_session, tell_survey

blueprint = APIBlueprint("applicant_call", __name__, url_prefix="/api/v1", tag="Applicant")


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
    last = max(link.expires_at, later.until(link.session.visit))
    seconds = int((last - utcnow()).total_seconds())
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
        agreed_to=json_data.agreed_to,
        device=dict(json_data.device),
        observers=observing.named(db.session, link.session, json_data.observers),
        at=utcnow(),
    )
    db.session.commit()
    _tell(link.session)
    return invitation_of(link)


@blueprint.post("/applicant/observers/<int:observer_id>/agreement")
@only_applicant
@blueprint.output(Invitation)
def agree_to_observer(observer_id: int) -> Invitation:
    """Agree to an observer who was invited later than the applicant agreed."""
    link = current_link()
    observing.agree(db.session, link.session, observer_id, at=utcnow())
    db.session.commit()
    _tell(link.session)
    return invitation_of(link)


@blueprint.post("/applicant/observers/<int:observer_id>/refusal")
@only_applicant
@blueprint.output(Invitation)
def refuse_observer(observer_id: int) -> Invitation:
    """Rather not, before or during the call: they are put out, and the survey goes on."""
    link = current_link()
    observing.refuse(observing.one(db.session, link.session, observer_id), at=utcnow())
    db.session.commit()
    put_out(link.session_id, f"observer-{observer_id}")
    _tell(link.session)
    return invitation_of(link)


@blueprint.post("/applicant/media")
@only_applicant
@blueprint.input(OfferIn)
@blueprint.output(AnswerSdp)
def join_media(json_data: OfferIn) -> AnswerSdp:
    """The phone's offer, answered by the media worker. Said again, it replaces the earlier."""

    def may() -> None:
        link = current_link()
        sessions.check_link(link, at=utcnow())
        sessions.may_join(db.session, link.session)

    may()
    session_id = current_link().session_id
    db.session.commit()
    me = f"applicant-{session_id}"
    joined = join_call(session_id, me, Part.APPLICANT, json_data.sdp, may=may)
    parts().presence.beat(session_id, Side.APPLICANT, Quality.GOOD, at=utcnow())
    tell_session(session_id)
    return joined


@blueprint.post("/applicant/media/view")
@only_applicant
@blueprint.input(ViewIn)
@blueprint.output({}, status_code=204)
def answer_media(json_data: ViewIn) -> str:
    """The phone's answer to the connection over which it is shown the others."""
    session = current_link().session
    sessions.may_join(db.session, session)
    session_id = session.id
    db.session.rollback()
    answer_view(session_id, f"applicant-{session_id}", json_data)
    return ""


@blueprint.get("/applicant/evidence")
@only_applicant_even_later
@blueprint.output(OwnEvidence)
def show_own_evidence() -> OwnEvidence:
    """What is asked for, what has arrived, and whether more is taken."""
    return own_evidence_of(current_link())


@blueprint.post("/applicant/evidence")
@only_applicant_even_later
@blueprint.input(OwnPhotoForm, location="form_and_files")
@blueprint.output(PhotoKept, status_code=201)
def add_photo(form_and_files_data: dict[str, Any]) -> PhotoKept:
    """A photo at full size from the phone's camera, at once or when a network was there again."""
    session, form = current_link().session, form_and_files_data
    sessions.must_have_agreed(db.session, session)
    later.must_still_take(db.session, session, at=utcnow())
    source = EvidenceSource.PHONE if form["live"] else EvidenceSource.LATER
    _note_what_waits(session.id, form["waiting"], source)
    piece = kept(session.visit.survey, form, source, by=BY)
    parts().stills_asked.settle(session.id, form["request"])
    return PhotoKept(number=piece.number, sha256=piece.sha256, point=point_out(session))


@blueprint.get("/applicant/frozen")
@only_applicant
@blueprint.input(FrozenQuery, location="query")
@blueprint.output({}, content_type="image/jpeg")
def show_frozen(query_data: FrozenQuery) -> Response:
    """The still that the expert froze, for as long as it is shown; strokes come as data."""
    drawing = drawings.shown(db.session, current_link().session, query_data.drawing)
    return Response(
        parts().files.open(drawing.evidence.view_sha256),
        mimetype="image/jpeg",
        headers={"Cache-Control": "no-store"},
    )


@blueprint.post("/applicant/signature")
@only_applicant
@blueprint.input(OwnSignatureIn)
@blueprint.output(Invitation, status_code=201)
def sign(json_data: OwnSignatureIn) -> Invitation:
    """The applicant signs what was seen, with a finger."""
    link = current_link()
    signing.sign_as_applicant(
        db.session,
        link.session.visit.survey,
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


def _note_what_waits(session_id: int, waiting: int, source: EvidenceSource) -> None:
    """A page that is in no call says nothing else; one that is says it anew with its next beat."""
    present = parts().presence
    silent = present.quality(session_id, Side.APPLICANT, at=utcnow()) is None
    alone = silent and source is EvidenceSource.LATER
    by = Hindrance.LATER if alone else present.hindered(session_id).by
    if by is Hindrance.LATER and not waiting:
        by = Hindrance.NOTHING
    present.hinder(session_id, Hindered(by, waiting))


def _tell(session: InspectionSession) -> None:
    survey = session.visit.survey
    tell_session(session.id)
    tell_survey(survey.id, survey.version)
