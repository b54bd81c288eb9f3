"""Giving a verdict: the one place a survey turns into a decision."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import local_day
from server.errors import BadPayload, FindingNotSupported, MoveRefused, SignatureMissing
from server.models.bureau import Bureau
from server.models.case import CaseStatus
from server.models.survey import Survey, SurveyStatus
from server.models.verdict import Finding, Rectification, Signature, SignerRole, Verdict
from server.services.checklists import Worked, must_be_complete
from server.services.sessions import finish_round
from server.services.surveys import crew_of, must_be_under_way, visit_of


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
        SignatureMissing: an officer of the crew has not signed.
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
    _must_be_signed(db, survey)
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


def sign(
    db: Session,
    survey: Survey,
    *,
    role: SignerRole,
    name: str,
    strokes: Sequence[Sequence[tuple[float, float]]],
    at: datetime,
) -> Signature:
    """Keep a drawn name. Signed again before the verdict, the newer drawing counts.

    Raises:
        MoveRefused: the survey is not under way, or there is no second officer to sign.
    """
    must_be_under_way(survey)
    if role is SignerRole.SECOND and crew_of(db, survey).second_id is None:
        raise MoveRefused("this survey has no second officer", subject="signature")
    signature = db.scalar(
        select(Signature).where(Signature.survey_id == survey.id, Signature.role == role)
    )
    if signature is None:
        signature = Signature(survey_id=survey.id, role=role)
        db.add(signature)
    signature.name, signature.at = name.strip(), at
    signature.strokes = json.dumps(strokes)
    return signature


def signatures_of(db: Session, survey: Survey) -> list[Signature]:
    order = list(SignerRole)
    found = db.scalars(select(Signature).where(Signature.survey_id == survey.id))
    return sorted(found, key=lambda signature: order.index(signature.role))


def verdict_of(db: Session, survey: Survey) -> Verdict | None:
    return db.scalar(select(Verdict).where(Verdict.survey_id == survey.id))


def unsigned(db: Session, survey: Survey) -> list[SignerRole]:
    """Officers of the crew who still have to sign. The applicant may, and is asked, but need not:

    a refusal to sign is the applicant's right and does not undo what was seen.
    """
    signed = {signature.role for signature in signatures_of(db, survey)}
    needed = [SignerRole.LEAD]
    if crew_of(db, survey).second_id is not None and _second_signs(db, survey):
        needed.append(SignerRole.SECOND)
    return [role for role in needed if role not in signed]


def _second_signs(db: Session, survey: Survey) -> bool:
    """On site the law asks for two officers (行政许可法 art. 34); by video the bureau decides."""
    bureau = db.get_one(Bureau, survey.bureau_id)
    return survey.mode == "on_site" or bureau.video_officers > 1


def _must_be_signed(db: Session, survey: Survey) -> None:
    if missing := unsigned(db, survey):
        raise SignatureMissing(f"survey {survey.id}", roles=[str(role) for role in missing])
