"""Evidence: take a photo in, keep the original untouched, make the views people look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspection.evidence.intake import EvidenceRefused, Intake, receive
from inspection.evidence.watermark import Caption, thumbnail, view
from server.adapters.files import FileStore
from server.errors import EvidenceNotAccepted, NotFound
from server.models.bureau import Bureau
from server.models.evidence import Evidence, EvidenceSource
from server.models.survey import Survey
from server.services.surveys import must_be_under_way


@dataclass(frozen=True, slots=True)
class Photo:
    """What came in: the bytes, what the sender says they hash to, and what they are for."""

    data: bytes
    sha256: str
    point: str
    source: EvidenceSource
    taken_at: datetime | None  # by the sender's clock


def keep(
    db: Session,
    files: FileStore,
    survey: Survey,
    photo: Photo,
    *,
    point_label: str,
    officer: str,
    by: str,
    at: datetime,
) -> Evidence:
    """Judge, store and number one photo. The same photo for the same point again changes nothing.

    Whether one taken without live view comes in time is for `later.must_still_take` to say.

    The original and its views are on disk before the row is; a crash between leaves only
    files nobody points at. The caller commits.

    Raises:
        EvidenceNotAccepted: not a picture, too big, broken, or not what its digest says.
        MoveRefused: the survey is not under way.
    """
    taken_later = photo.source is EvidenceSource.LATER
    if not taken_later:
        must_be_under_way(survey)
    intake = examine(photo)
    if (known := _same(db, survey, photo.point, intake.sha256)) is not None:
        if not taken_later:  # a phone that missed the answer does not undo what the officer did
            known.removed_at = known.removed_by = None
        return known
    number = 1 + (
        db.scalar(select(func.max(Evidence.number)).where(Evidence.survey_id == survey.id)) or 0
    )
    caption = caption_of(
        db,
        survey,
        evidence_number=f"{number:03}",
        point_label=point_label,
        officer=officer,
        sha256=intake.sha256,
        at=at,
    )
    evidence = Evidence(
        bureau_id=survey.bureau_id,
        survey_id=survey.id,
        number=number,
        point=photo.point,
        source=photo.source,
        sha256=files.put(photo.data),
        media_type=str(intake.media_type),
        bytes=len(photo.data),
        width=intake.width,
        height=intake.height,
        view_sha256=files.put(view(intake.picture, caption)),
        thumbnail_sha256=files.put(thumbnail(intake.picture, caption)),
        received_at=at,
        taken_at=photo.taken_at or intake.facts.taken_at,
        by=by,
        facts=_facts(intake),
    )
    db.add(evidence)
    db.flush()
    return evidence


def caption_of(
    db: Session,
    survey: Survey,
    *,
    evidence_number: str,
    point_label: str,
    officer: str,
    sha256: str,
    at: datetime,
) -> Caption:
    """What a view says about its photo, and about what is drawn on it."""
    return Caption(
        bureau=db.get_one(Bureau, survey.bureau_id).name,
        case_number=survey.case.number,
        point=point_label,
        at=at,
        officer=officer,
        evidence_number=evidence_number,
        sha256=sha256,
    )


def examine(photo: Photo) -> Intake:
    """Raises: EvidenceNotAccepted: with the cause, in the catalogue's words."""
    try:
        return receive(photo.data, claimed_sha256=photo.sha256)
    except EvidenceRefused as refused:
        raise EvidenceNotAccepted(refused.detail, cause=str(refused.cause)) from refused


def of_survey(db: Session, survey: Survey) -> list[Evidence]:
    """What counts, in the order it was numbered."""
    return list(
        db.scalars(
            select(Evidence)
            .where(Evidence.survey_id == survey.id, Evidence.removed_at.is_(None))
            .order_by(Evidence.number)
        )
    )


def sent_by(db: Session, survey: Survey, by: str) -> list[Evidence]:
    """All that arrived from them, also what no longer counts."""
    return list(
        db.scalars(
            select(Evidence)
            .where(Evidence.survey_id == survey.id, Evidence.by == by)
            .order_by(Evidence.number)
        )
    )


def photos_by_point(evidence: list[Evidence]) -> Mapping[str, int]:
    counted: dict[str, int] = {}
    for piece in evidence:
        counted[piece.point] = counted.get(piece.point, 0) + 1
    return counted


def remove(db: Session, survey: Survey, number: int, *, by: str, at: datetime) -> Evidence:
    """Take a photo out of the count; the original stays in the store, the row stays readable.

    Raises:
        NotFound: no such photo in this survey, or it is out already.
        MoveRefused: the survey is not under way.
    """
    must_be_under_way(survey)
    piece = db.scalar(
        select(Evidence).where(
            Evidence.survey_id == survey.id,
            Evidence.number == number,
            Evidence.removed_at.is_(None),
        )
    )
    if piece is None:
        raise NotFound(f"evidence {number} of survey {survey.id}")
    piece.removed_at, piece.removed_by = at, by
    return piece


def broken(files: FileStore, evidence: list[Evidence]) -> list[Evidence]:
    """Pieces whose original is missing or no longer what was received."""
    return [piece for piece in evidence if not files.verify(piece.sha256)]


def _same(db: Session, survey: Survey, point: str, sha256: str) -> Evidence | None:
    return db.scalar(
        select(Evidence).where(
            Evidence.survey_id == survey.id, Evidence.point == point, Evidence.sha256 == sha256
        )
    )


def _facts(intake: Intake) -> dict[str, object]:
    place = intake.facts.place
    return {
        "device": intake.facts.device,
        "taken_at": intake.facts.taken_at.isoformat() if intake.facts.taken_at else None,
        "place": [place.latitude, place.longitude, place.accuracy] if place else None,
    }
