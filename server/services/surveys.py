"""Finding surveys, always on behalf of somebody; beginning one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.errors import MoveRefused, NotFound
from server.models.account import Account, Role
from server.models.case import CaseStatus
from server.models.round import Round, RoundStatus, Visit
from server.models.survey import Survey, SurveyStatus
from server.services.recusals import nobody_recused
from server.services.scope import scope_of


def visit_of(db: Session, survey: Survey) -> Visit | None:
    """The visit this survey is promised, or the last one it had."""
    return db.scalar(
        select(Visit)
        .where(Visit.survey_id == survey.id)
        .order_by(Visit.promised.desc(), Visit.id.desc())
        .limit(1)
    )


def crew_of(db: Session, survey: Survey) -> Round:
    """The round, with its officers, that carries out this survey.

    Raises:
        NotFound: the survey has not been scheduled.
    """
    visit = visit_of(db, survey)
    if visit is None:
        raise NotFound(f"survey {survey.id} has no visit")
    return visit.round


def for_staff(db: Session, survey_id: int, account: Account) -> Survey:
    """The survey, if this account may see it: an expert their own, others those of their district.

    Raises:
        NotFound: no such survey, or not theirs; the two look the same on purpose.
    """
    survey = db.get(Survey, survey_id)
    if survey is None or survey.bureau_id != account.bureau_id:
        raise NotFound(f"survey {survey_id}")
    if account.role is Role.EXPERT:
        if not _is_on(db, survey, account.expert_id):
            raise NotFound(f"survey {survey_id} is another expert's")
    elif not _is_in(db, survey, account):
        raise NotFound(f"survey {survey_id} is in another district")
    return survey


def for_expert(db: Session, survey_id: int, account: Account) -> Survey:
    """The survey, if this expert carries it out.

    Raises:
        NotFound: no such survey, or another expert's.
    """
    survey = for_staff(db, survey_id, account)
    if not _is_on(db, survey, account.expert_id):
        raise NotFound(f"survey {survey_id} is another expert's")
    return survey


def begin(db: Session, survey: Survey, *, by: str, at: datetime) -> None:
    """The officer starts: survey, case and round are under way. Said twice, it changes nothing.

    Raises:
        OfficerRecused: somebody of the crew must not judge this applicant.
        MoveRefused: the survey is not scheduled, or over.
    """
    if survey.status is SurveyStatus.UNDER_WAY:
        return
    round_ = crew_of(db, survey)
    nobody_recused(round_.crew, survey.case)
    survey.move(SurveyStatus.UNDER_WAY, by=by, at=at)
    survey.case.move(CaseStatus.SURVEYING, by=by, at=at)
    if round_.status is RoundStatus.PUBLISHED:
        round_.move(RoundStatus.UNDER_WAY, by=by, at=at)


def must_be_under_way(survey: Survey) -> None:
    """Raises: MoveRefused: nothing may be written to a survey that is not being carried out."""
    if survey.status is not SurveyStatus.UNDER_WAY:
        raise MoveRefused(
            f"survey {survey.id} is {survey.status}", subject="survey", came_from=survey.status
        )


def _is_in(db: Session, survey: Survey, account: Account) -> bool:
    seen = select(Survey.id).where(Survey.id == survey.id, scope_of(account).surveys())
    return db.scalar(seen) is not None


def _is_on(db: Session, survey: Survey, expert_id: int | None) -> bool:
    if expert_id is None:
        return False
    found = db.scalar(
        select(Visit.id)
        .join(Round)
        .where(
            Visit.survey_id == survey.id,
            Visit.promised | (Survey.status == SurveyStatus.CONCLUDED),
            or_(Round.lead_id == expert_id, Round.second_id == expert_id),
        )
        .join(Survey, Survey.id == Visit.survey_id)
        .limit(1)
    )
    return found is not None
