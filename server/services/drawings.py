"""Freezing a still for the applicant to see (定格), and drawing on it (圈画).

The original stays as it came; what is drawn is data over it, and a view of its own is made of both.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from inspection.evidence.drawing import Kind, drawn
from inspection.evidence.drawing import Stroke as Drawn
from inspection.evidence.watermark import thumbnail, view
from server.adapters.files import FileDamaged, FileMissing, FileStore
from server.errors import (
    AlreadyFrozen,
    DrawingFull,
    EvidenceDamaged,
    NotFound,
    NothingFrozen,
)
from server.models.drawing import Drawing, Stroke, StrokeKind
from server.models.evidence import Evidence, EvidenceSource
from server.models.session import InspectionSession
from server.models.survey import Survey
from server.services import checklists
from server.services.evidence import Photo, caption_of, examine
from server.services.sessions import must_be_open
from server.services.surveys import crew_of, must_be_under_way

#: Strokes of one drawing. More would say nothing any more, and each is sent to both sides.
MOST_STROKES = 40
#: Stills one survey may have been drawn on.
MOST_DRAWINGS = 200


def freeze(
    db: Session, session: InspectionSession, number: int, *, by: str, at: datetime
) -> Drawing:
    """Show a piece of evidence to the applicant, to be drawn on.

    Raises:
        MoveRefused: the survey is not under way, or its call is over.
        NotFound: no such photo. AlreadyFrozen: another one is being shown.
        DrawingFull: this survey has as many as it may have.
    """
    survey = session.visit.survey
    must_be_under_way(survey)
    must_be_open(session)
    piece = db.scalar(
        select(Evidence).where(
            Evidence.survey_id == survey.id,
            Evidence.number == number,
            Evidence.removed_at.is_(None),
        )
    )
    if piece is None:
        raise NotFound(f"evidence {number} of survey {survey.id}")
    of_survey = select(func.count()).where(Drawing.survey_id == survey.id)
    if (db.scalar(of_survey) or 0) >= MOST_DRAWINGS:
        raise DrawingFull(f"survey {survey.id}", cause="drawings")
    if open_of(db, session) is not None:
        raise AlreadyFrozen(f"session {session.id}")
    drawing = Drawing(
        bureau_id=survey.bureau_id,
        survey_id=survey.id,
        session_id=session.id,
        evidence=piece,
        by=by,
        shown_at=at,
    )
    db.add(drawing)
    try:
        db.flush()
    except IntegrityError as taken:
        db.rollback()
        raise AlreadyFrozen("another expert was first") from taken
    return drawing


def open_of(db: Session, session: InspectionSession) -> Drawing | None:
    """What the phone shows now instead of its own picture; None while it shows that."""
    return db.scalar(
        select(Drawing).where(Drawing.session_id == session.id, Drawing.closed_at.is_(None))
    )


def _to_change(db: Session, session: InspectionSession) -> Drawing | None:
    """What is shown, held until the caller commits: whoever comes second waits, and finds what the
    first one left."""
    return db.scalar(
        select(Drawing)
        .where(Drawing.session_id == session.id, Drawing.closed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def add_stroke(
    db: Session, session: InspectionSession, drawing_id: int, stroke: Drawn, *, by: str
) -> Drawing:
    """Draw one more stroke.

    Raises:
        NothingFrozen: it is not shown any more. DrawingFull: it has as many as it may have.
        MoveRefused: the survey is not under way.
    """
    drawing = _drawn_on(db, session, drawing_id)
    if len(drawing.strokes) >= MOST_STROKES:
        raise DrawingFull(f"drawing {drawing.id}", cause="strokes")
    drawing.strokes.append(
        Stroke(
            by=by,
            kind=StrokeKind(stroke.kind),
            places=json.dumps([[round(x, 4), round(y, 4)] for x, y in stroke.places]),
            text=stroke.text,
        )
    )
    db.flush()
    return drawing


def take_back_stroke(
    db: Session, session: InspectionSession, drawing_id: int, *, by: str
) -> Drawing:
    """Wipe out the last stroke of this expert, if any; others wipe out theirs.

    Raises:
        NothingFrozen: it is not shown any more. MoveRefused: the survey is not under way.
    """
    drawing = _drawn_on(db, session, drawing_id)
    mine = [stroke for stroke in drawing.strokes if stroke.by == by]
    if mine:
        drawing.strokes.remove(mine[-1])
        db.delete(mine[-1])
        db.flush()
    return drawing


def close(
    db: Session, files: FileStore, session: InspectionSession, *, keep: bool, at: datetime
) -> Drawing | None:
    """The phone shows its own picture again. Kept, if anything was drawn and `keep` says so.

    Of two experts who close it at once the first one's word counts. None: nothing was shown.

    Raises:
        EvidenceDamaged: the original is not what it was. AnswerNotValid: its point is none of the
            script's. FilesAway: the store does not answer. Nothing changes.
    """
    drawing = _to_change(db, session)
    if drawing is None:
        return None
    if keep and drawing.strokes:
        drawing.view_sha256, drawing.thumbnail_sha256 = _views(db, files, drawing, at)
    drawing.closed_at = at
    db.flush()
    return drawing


def kept_of(db: Session, survey: Survey) -> dict[int, list[Drawing]]:
    """What was drawn and kept, by the id of its evidence, in the order of time."""
    found: dict[int, list[Drawing]] = {}
    for drawing in db.scalars(
        select(Drawing)
        .where(Drawing.survey_id == survey.id, Drawing.view_sha256.is_not(None))
        .order_by(Drawing.id)
    ):
        found.setdefault(drawing.evidence_id, []).append(drawing)
    return found


def shown(db: Session, session: InspectionSession, drawing_id: int) -> Drawing:
    """The one that is shown. Raises: NothingFrozen: none is, or another one."""
    drawing = open_of(db, session)
    if drawing is None or drawing.id != drawing_id:
        raise NothingFrozen(f"drawing {drawing_id} is not shown in session {session.id}")
    return drawing


def _drawn_on(db: Session, session: InspectionSession, drawing_id: int) -> Drawing:
    must_be_under_way(session.visit.survey)
    return shown(db, session, drawing_id)


def _views(db: Session, files: FileStore, drawing: Drawing, at: datetime) -> tuple[str, str]:
    piece, survey = drawing.evidence, db.get_one(Survey, drawing.survey_id)
    try:
        original = files.open(piece.sha256)
    except (FileMissing, FileDamaged) as damaged:
        raise EvidenceDamaged(f"evidence {piece.id}", numbers=f"{piece.number:03}") from damaged
    intake = examine(Photo(original, piece.sha256, piece.point, EvidenceSource(piece.source), None))
    strokes = [
        Drawn(Kind(stroke.kind), tuple((x, y) for x, y in json.loads(stroke.places)), stroke.text)
        for stroke in drawing.strokes
    ]
    picture = drawn(intake.picture, strokes)
    caption = caption_of(
        db,
        survey,
        evidence_number=f"{piece.number:03} 圈画",
        point_label=checklists.must_have_point(db, survey, piece.point),
        officer=crew_of(db, survey).lead.name,
        sha256=piece.sha256,
        at=at,
    )
    return files.put(view(picture, caption)), files.put(thumbnail(picture, caption))
