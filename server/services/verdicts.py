"""Giving a verdict: the one place a survey turns into a decision."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import local_day
from server.errors import BadPayload, FindingNotSupported, NotYours
from server.models.account import Account
from server.models.case import CaseStatus
from server.models.survey import Survey, SurveyStatus
from server.models.verdict import Finding, Rectification, SignerRole, Verdict
from server.services.checklists import Worked, must_be_complete
from server.services.sessions import finish_round
from server.services.signing import must_be_signed, role_of
from server.services.surveys import must_be_under_way, visit_of


def give_verdict(
    db: Session,
    survey: Survey,
    worked: Worked,
    *,
    finding: Finding,
    reason: str,
    rectify_by: date | None,
    by: str,
    at: datetime,
) -> Verdict:
    """Record an expert's finding and move the case on.

    A finding of RECTIFY needs `rectify_by`, the last day (Beijing time) for the applicant to
    show the work done. A finding other than the answers suggest needs a reason. The caller
    commits.

    Raises:
        ChecklistIncomplete: a point has no answer, or fewer photos than it asks for.
        OfficerRecused: an officer of the crew must not judge this applicant.
        SignatureMissing: an officer of the crew has not signed, or not what is decided now.
        FindingNotSupported: it contradicts the answers, and no reason was given.
        BadPayload: `rectify_by` goes with RECTIFY, only with it, and lies ahead.
        MoveRefused: the survey is not under way.
    """
    must_be_under_way(survey)
    if (finding is Finding.RECTIFY) != (rectify_by is not None):
        raise BadPayload("rectify_by goes with 'rectify', and only with it", cause="rectify_by")
    if rectify_by is not None and rectify_by <= local_day(at):
        raise BadPayload("rectify_by lies in the past", cause="rectify_by_past")
    suggested = Finding(must_be_complete(worked))
    must_be_signed(db, survey, worked, finding)
    if finding is not suggested and not reason.strip():
        raise FindingNotSupported(f"{finding} against {suggested}", suggested=str(suggested))
    verdict = Verdict(
        survey_id=survey.id,
        finding=finding,
        suggested=suggested,
        reason=reason.strip(),
        rectify_by=rectify_by,
        by=by,
        at=at,
        rectifications=[
            Rectification(point=failed.name, text=failed.rectify.zh)
            for failed in worked.run.failed()
            if failed.rectify is not None
        ]
        if finding is not Finding.PASS
        else [],
    )
    db.add(verdict)
    survey.move(SurveyStatus.CONCLUDED, by=by, at=at)
    after = CaseStatus.RECTIFYING if finding is Finding.RECTIFY else CaseStatus.DECIDED
    survey.case.move(after, by=by, at=at)
    if (visit := visit_of(db, survey)) is not None:
        db.flush()
        finish_round(db, visit, by=by, at=at)
    return verdict


def verdict_of(db: Session, survey: Survey) -> Verdict | None:
    return db.scalar(select(Verdict).where(Verdict.survey_id == survey.id))


def must_lead(db: Session, survey: Survey, account: Account) -> None:
    """Who leads decides, and answers for it; the second officer's own view is their signature.

    A lead who drops out decides nothing: the survey goes back to planning and gets another crew.

    Raises:
        NotYours: this account's expert is not the lead of the crew.
    """
    if role_of(db, survey, account) is not SignerRole.LEAD:
        raise NotYours(f"survey {survey.id}: {account.sign_in_name} does not lead", cause="lead")
