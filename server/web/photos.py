"""Uploaded photos: the form they come in, and how they are kept and shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apiflask.fields import AwareDateTime, Boolean, File, Integer, String
from apiflask.schemas import Schema

from server.clock import utcnow
from server.errors import NoScript
from server.models.drawing import Drawing
from server.models.evidence import Evidence, EvidenceSource
from server.models.survey import Survey
from server.services import checklists, drawings, surveys
from server.services import evidence as evidence_of
from server.services.evidence import Photo
from server.web.db import db
from server.web.parts import parts
from server.web.shapes import DrawnOut, EvidenceOut
from server.web.sockets import tell_survey

#: A picture never changes under its address; a browser may keep it for a day.
KEEP = "private, max-age=86400, immutable"


class PhotoForm(Schema):
    """A photo with the digest computed where it was taken."""

    file = File(required=True)  # type: ignore[no-untyped-call]
    sha256 = String(required=True, validate=lambda text: len(text) == 64)
    point = String(required=True, validate=lambda text: 0 < len(text) <= 100)
    taken_at = AwareDateTime(load_default=None)
    request = String(load_default="")


class OwnPhotoForm(PhotoForm):
    """The applicant's: seen live by the officer, or taken while no network carried the call."""

    live = Boolean(load_default=True)
    waiting = Integer(load_default=0, validate=lambda many: many >= 0)  # still on the phone


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
    worked = checklists.worked_or_preview(db.session, survey, parts().scripts)
    if worked is None:
        raise NoScript(survey.case.item_type.script)
    label = checklists.label_of(worked, photo.point)
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
    return evidence_out(piece, drawings.kept_of(db.session, survey).get(piece.id, ()))


def evidence_out(piece: Evidence, drawn: Sequence[Drawing]) -> EvidenceOut:
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
        drawn=[drawn_out(drawing) for drawing in drawn],
    )


def drawn_out(drawing: Drawing) -> DrawnOut:
    base = f"/api/v1/drawings/{drawing.id}"
    return DrawnOut(
        id=drawing.id,
        by=drawing.by,
        at=drawing.shown_at,
        view_url=f"{base}/view",
        thumbnail_url=f"{base}/thumbnail",
    )
