"""Uploaded photos: the form they come in, and how they are kept and shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask.fields import AwareDateTime, File, String
from apiflask.schemas import Schema

from server.clock import utcnow
from server.models.evidence import Evidence, EvidenceSource
from server.models.survey import Survey
from server.services import checklists, surveys
from server.services import evidence as evidence_of
from server.services.evidence import Photo
from server.web.db import db
from server.web.parts import parts
from server.web.shapes import EvidenceOut
from server.web.sockets import tell_survey


class PhotoForm(Schema):
    """A photo with the digest computed where it was taken."""

    file = File(required=True)  # type: ignore[no-untyped-call]
    sha256 = String(required=True, validate=lambda text: len(text) == 64)
    point = String(required=True, validate=lambda text: 0 < len(text) <= 100)
    taken_at = AwareDateTime(load_default=None)
    request = String(load_default="")


def kept(survey: Survey, form: dict[str, Any], source: EvidenceSource, *, by: str) -> EvidenceOut:
    """Keep an uploaded photo; used for the officer's and the applicant's alike."""
    taken_at: datetime | None = form["taken_at"]
    return keep(
        survey,
        Photo(form["file"].read(), form["sha256"], form["point"], source, taken_at),
        by=by,
    )


def keep(survey: Survey, photo: Photo, *, by: str) -> EvidenceOut:
    """Keep a photo, commit, and tell who is watching."""
    label = checklists.must_have_point(db.session, survey, photo.point)
    piece = evidence_of.keep(
        db.session,
        parts().files,
        survey,
        photo,
        point_label=label,
        officer=surveys.crew_of(db.session, survey).lead.name,
        by=by,
        at=utcnow(),
    )
    db.session.commit()
    tell_survey(survey.id, survey.version)
    return evidence_out(piece)


def evidence_out(piece: Evidence) -> EvidenceOut:
    base = f"/api/v1/evidence/{piece.id}"
    return EvidenceOut(
        id=piece.id,
        number=piece.number,
        point=piece.point,
        source=piece.source,
        width=piece.width,
        height=piece.height,
        taken_at=piece.taken_at,
        received_at=piece.received_at,
        sha256=piece.sha256,
        view_url=f"{base}/view",
        thumbnail_url=f"{base}/thumbnail",
        original_url=f"{base}/original",
    )
