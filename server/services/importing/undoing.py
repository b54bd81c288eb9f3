"""Undoing an import as a whole: everything it brought goes, except cases already under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from server.models.applicant import Applicant, Premises
from server.models.case import Case, CaseStatus
from server.models.expert import Recusal
from server.models.imports import Import, ImportStatus
from server.models.lifecycle import Event
from server.models.notice import Notice, WebhookDelivery
from server.models.round import Visit
from server.models.survey import Survey


@dataclass(frozen=True, slots=True)
class Undone:
    """How many cases went, and how many stayed because work on them had begun."""

    removed: int
    kept: int


def undo(db: Session, batch: Import, *, by: str, at: datetime) -> Undone:
    """Take back an import. Premises and applicants that only it needed go too.

    A case stays once it has moved, is in a plan, or somebody was told of it. The caller commits.

    Raises:
        MoveRefused: the import was undone before.
    """
    doomed = list(db.scalars(_untouched(batch)))
    mine = Case.import_id == batch.id
    total = len(db.scalars(select(Case.id).where(mine)).all())
    outcome = Undone(removed=len(doomed), kept=total - len(doomed))
    batch.move(
        ImportStatus.UNDONE, by=by, at=at, note=f"removed {outcome.removed}, kept {outcome.kept}"
    )
    db.flush()
    for first in range(0, len(doomed), _AT_ONCE):
        _remove(db, batch.bureau_id, doomed[first : first + _AT_ONCE])
    _remove_orphans(db, batch)
    return outcome


_AT_ONCE = 5000  # ids in one statement: below the limit of either database


def _untouched(batch: Import) -> Select[int]:
    moved_survey = exists().where(
        Survey.case_id == Case.id,
        or_(Survey.version > 1, exists().where(Visit.survey_id == Survey.id)),
    )
    return select(Case.id).where(
        Case.import_id == batch.id,
        Case.status == CaseStatus.RECEIVED,
        Case.version == 1,
        ~moved_survey,
        ~exists().where(Notice.case_id == Case.id),
    )


def _remove(db: Session, bureau_id: int, cases: list[int]) -> None:
    surveys = list(db.scalars(select(Survey.id).where(Survey.case_id.in_(cases))))

    def about(subject: str, ids: list[int]) -> ColumnElement[bool]:
        return and_(Event.subject == subject, Event.subject_id.in_(ids))

    # The import's own event tells what happened; these would be about nothing, and SQLite may
    # give their subject's id to another case.
    events = or_(about(Case.SUBJECT, cases), about(Survey.SUBJECT, surveys))
    told = select(Event.id).where(events)
    db.execute(delete(WebhookDelivery).where(WebhookDelivery.event_id.in_(told)))
    db.execute(delete(Event).where(events))
    db.execute(delete(Survey).where(Survey.id.in_(surveys)))
    db.execute(delete(Case).where(Case.id.in_(cases)))


def _remove_orphans(db: Session, batch: Import) -> None:
    """Only what was first stored with this import or after it, and no case needs."""
    db.execute(
        delete(Premises).where(
            Premises.bureau_id == batch.bureau_id,
            Premises.created_at >= batch.created_at,
            ~exists().where(Case.premises_id == Premises.id),
        )
    )
    db.execute(
        delete(Applicant).where(
            Applicant.bureau_id == batch.bureau_id,
            Applicant.created_at >= batch.created_at,
            ~exists().where(Case.applicant_id == Applicant.id),
            ~exists().where(Recusal.applicant_id == Applicant.id),
        )
    )
