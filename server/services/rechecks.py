"""After the verdict: look again at what was put right (复核), or let a case go (撤回)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import MoveRefused
from server.models.case import Case, CaseStatus
from server.models.round import Visit
from server.models.survey import Survey, SurveyStatus
from server.models.verdict import Rectification, Verdict
from server.services import sessions


def order_recheck(db: Session, case: Case, *, by: str, at: datetime) -> Survey:
    """The applicant says it is put right: the case waits for a second survey. The caller commits.

    Raises:
        MoveRefused: nothing is being put right in this case.
    """
    if case.status is not CaseStatus.RECTIFYING:
        raise MoveRefused(f"case {case.id} is {case.status}", subject="case")
    case.move(CaseStatus.RECEIVED, by=by, at=at, note="recheck")
    for one in _open_rectifications(db, case):
        one.done_at = at
    survey = Survey(bureau_id=case.bureau_id, case_id=case.id, recheck=True)
    db.add(survey)
    db.flush()
    return survey


def withdraw(db: Session, case: Case, *, by: str, at: datetime, note: str) -> None:
    """The applicant gives up, or the case came in by mistake. The caller commits.

    An appointment already promised is taken back, its officers are free again, its link closes.

    Raises:
        MoveRefused: the survey is under way, or there is a verdict.
    """
    if CaseStatus.WITHDRAWN not in case.MOVES[case.status]:
        raise MoveRefused(f"case {case.id} is {case.status}", subject="case")
    for visit in _promised(db, case):
        sessions.take_back(db, visit, by=by, at=at, note=note)
    case.move(CaseStatus.WITHDRAWN, by=by, at=at, note=note)
    open_surveys = db.scalars(
        select(Survey).where(
            Survey.case_id == case.id,
            Survey.status.in_((SurveyStatus.OPEN, SurveyStatus.SCHEDULED)),
        )
    )
    for survey in open_surveys:
        survey.move(SurveyStatus.VOID, by=by, at=at, note=note)


def _promised(db: Session, case: Case) -> list[Visit]:
    return list(
        db.scalars(select(Visit).join(Survey).where(Survey.case_id == case.id, Visit.promised))
        if case.status in (CaseStatus.PLANNED, CaseStatus.NOTIFIED)
        else ()
    )


def _open_rectifications(db: Session, case: Case) -> list[Rectification]:
    return list(
        db.scalars(
            select(Rectification)
            .join(Verdict)
            .join(Survey)
            .where(Survey.case_id == case.id, Rectification.done_at.is_(None))
        )
    )
