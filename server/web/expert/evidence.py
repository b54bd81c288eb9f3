"""Photos: taken on site, asked of the applicant's phone, or cut from the live picture."""

from __future__ import annotations

import hashlib
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from server.clock import utcnow
from server.errors import NotFound
from server.models.account import Role
from server.models.evidence import Evidence, EvidenceSource
from server.services import checklists, sessions, surveys
from server.services import evidence as evidence_of
from server.services.evidence import Photo
from server.services.stills_asked import PATIENCE
from server.web.access import current_account, only
from server.web.calling import still_of
from server.web.db import db
from server.web.expert.payload import StillAsked, StillIn
from server.web.parts import parts
from server.web.photos import KEEP, PhotoForm, keep, kept
from server.web.shapes import EvidenceOut
from server.web.sockets import tell_phone, tell_survey

blueprint = APIBlueprint("expert_evidence", __name__, url_prefix="/api/v1", tag="Evidence")


@blueprint.post("/surveys/<int:survey_id>/evidence")
@only(Role.EXPERT)
@blueprint.input(PhotoForm, location="form_and_files")
@blueprint.output(EvidenceOut, status_code=201)
def add_evidence(survey_id: int, form_and_files_data: dict[str, Any]) -> EvidenceOut:
    """A photo the officer took on site."""
    account = current_account()
    survey = surveys.for_expert(db.session, survey_id, account)
    return kept(survey, form_and_files_data, EvidenceSource.OFFICER, by=account.sign_in_name)


@blueprint.post("/surveys/<int:survey_id>/stills")
@only(Role.EXPERT)
@blueprint.input(StillIn)
@blueprint.output(EvidenceOut, status_code=201)
@blueprint.doc(responses={202: "The phone was asked for its full-size photo."})
def take_still(survey_id: int, json_data: StillIn) -> Any:
    """A still: the phone's own at full size, which it sends, or one of the live picture."""
    account = current_account()
    survey = surveys.for_expert(db.session, survey_id, account)
    surveys.must_be_under_way(survey)
    session = sessions.of_survey(db.session, survey)
    checklists.must_have_point(db.session, survey, json_data.point)
    if json_data.source == "phone":
        asked = parts().stills_asked.ask(session.id, json_data.point, at=utcnow())
        tell_phone(session.id, "still.requested", request=asked.request, point=asked.point)
        return StillAsked(request=asked.request, seconds=PATIENCE.seconds), 202
    by = account.sign_in_name
    still = still_of(session.id)
    survey = surveys.for_expert(db.session, survey_id, current_account())
    return keep(
        survey,
        Photo(
            data=still.jpeg,
            sha256=hashlib.sha256(still.jpeg).hexdigest(),
            point=json_data.point,
            source=EvidenceSource.SERVER,
            taken_at=still.taken_at,
        ),
        by=by,
    )


@blueprint.delete("/surveys/<int:survey_id>/stills/<request>")
@only(Role.EXPERT)
@blueprint.output({}, status_code=204)
def withdraw_still(survey_id: int, request: str) -> str:
    """The phone need not send the photo it was asked for; nothing happens if it has."""
    survey = surveys.for_expert(db.session, survey_id, current_account())
    session = sessions.of_survey(db.session, survey)
    if parts().stills_asked.settle(session.id, request):
        tell_phone(session.id, "still.withdrawn", request=request)
    return ""


@blueprint.delete("/surveys/<int:survey_id>/evidence/<int:number>")
@only(Role.EXPERT)
@blueprint.output({}, status_code=204)
def remove_evidence(survey_id: int, number: int) -> str:
    """Take a photo out of the count; the original is kept."""
    account = current_account()
    survey = surveys.for_expert(db.session, survey_id, account)
    evidence_of.remove(db.session, survey, number, by=account.sign_in_name, at=utcnow())
    db.session.commit()
    tell_survey(survey.id, survey.version)
    return ""


@blueprint.get("/evidence/<int:evidence_id>/<any(view, thumbnail, original):kind>")
@only(Role.EXPERT, Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output({}, content_type="image/jpeg")
def show_evidence(evidence_id: int, kind: str) -> Response:
    """The watermarked view, its thumbnail, or the untouched original (as a download)."""
    piece = db.session.get(Evidence, evidence_id)
    if piece is None:
        raise NotFound(f"evidence {evidence_id}")
    surveys.for_staff(db.session, piece.survey_id, current_account())
    digest = {
        "view": piece.view_sha256,
        "thumbnail": piece.thumbnail_sha256,
        "original": piece.sha256,
    }[kind]
    answer = Response(parts().files.open(digest), headers={"Cache-Control": KEEP})
    if kind == "original":
        # bytes from outside: never shown in a page of ours, only saved
        answer.mimetype = "application/octet-stream"
        ending = piece.media_type.rpartition("/")[2]
        name = f"evidence-{piece.survey_id}-{piece.number:03}.{ending}"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        answer.mimetype = "image/jpeg"
    return answer
