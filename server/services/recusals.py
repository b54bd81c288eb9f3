"""Recusals (回避): a relative, an interest, an objection of the applicant.

Whoever is recused judges nothing of this applicant's: is not planned for it, and begins, signs and
decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from server.errors import AlreadyRecused, NotFound, OfficerRecused
from server.models.account import Account
from server.models.case import Case
from server.models.expert import Expert, Recusal, RecusalStatus
from server.models.lifecycle import Event
from server.models.round import Round, Visit
from server.models.survey import Survey, SurveyStatus
from server.services import promises
from server.services.scope import scope_of


def standing(db: Session, case: Case) -> Sequence[Recusal]:
    """Those that count for a case: its applicant's, whichever case they were recorded in."""
    return db.scalars(
        select(Recusal)
        .where(Recusal.applicant_id == case.applicant_id, Recusal.status == RecusalStatus.RECORDED)
        .options(joinedload(Recusal.expert))
        .order_by(Recusal.id)
    ).all()


def experts_for(db: Session, account: Account, case: Case) -> Sequence[Expert]:
    """Of whom this account may record or withdraw a recusal, also if they are no longer at work:
    who can be sent to what it sees, or comes to the case all the same."""
    return db.scalars(select(Expert).where(_concern(account, case)).order_by(Expert.id)).all()


def record(
    db: Session, account: Account, case: Case, expert_id: int, *, reason: str, at: datetime
) -> Recusal:
    """The expert judges nothing of the case's applicant from now on.

    What was promised stays until it is adjusted. The caller commits.

    Raises:
        NotFound: no such expert, or one who never comes to what the account sees.
        AlreadyRecused: it was recorded before, and stands.
    """
    expert = db.scalar(select(Expert).where(Expert.id == expert_id, _concern(account, case)))
    if expert is None:
        raise NotFound(f"expert {expert_id}")
    promises.changed(db, case.bureau_id)  # two who record the same take turns
    if expert.id in {one.expert_id for one in standing(db, case)}:
        raise AlreadyRecused(f"expert {expert.id}", name=expert.name)
    made = Recusal(
        bureau_id=case.bureau_id,
        expert=expert,
        applicant_id=case.applicant_id,
        reason=reason,
        by=account.sign_in_name,
        at=at,
    )
    db.add(made)
    db.flush()
    db.add(
        Event(
            bureau_id=made.bureau_id,
            subject=Recusal.SUBJECT,
            subject_id=made.id,
            came_from="",
            to=str(RecusalStatus.RECORDED),
            by=made.by,
            at=at,
            note=_note(made),
        )
    )
    return made


def withdraw(db: Session, account: Account, case: Case, recusal_id: int, *, at: datetime) -> None:
    """It was a mistake, or its reason is gone. The caller commits.

    Raises:
        NotFound: no such recusal of the case's applicant, or of an expert who never comes to what
            the account sees.
        MoveRefused: it was withdrawn before.
    """
    found = db.scalar(
        select(Recusal)
        .join(Recusal.expert)
        .where(
            Recusal.id == recusal_id,
            Recusal.applicant_id == case.applicant_id,
            _concern(account, case),
        )
    )
    if found is None:
        raise NotFound(f"recusal {recusal_id}")
    promises.changed(db, case.bureau_id)
    found.move(RecusalStatus.WITHDRAWN, by=account.sign_in_name, at=at, note=_note(found))


def recused_in(crew: Iterable[Expert], case: Case) -> list[Expert]:
    """Those of a crew who must not judge the case's applicant."""
    return [one.expert for one in _of_crew(crew, case)]


def recused_from(survey: Survey, crew: Iterable[Expert]) -> list[Expert]:
    """Those of its crew who must not judge; nobody once it is over: what was decided stands."""
    to_be_judged = survey.status in (SurveyStatus.SCHEDULED, SurveyStatus.UNDER_WAY)
    return recused_in(crew, survey.case) if to_be_judged else []


def why_recused(crew: Iterable[Expert], case: Case) -> str:
    """For the history: who of a crew must not judge the case's applicant, and why; "": nobody."""
    return "; ".join(_note(one) for one in _of_crew(crew, case))


def nobody_recused(crew: Iterable[Expert], case: Case) -> None:
    """Raises: OfficerRecused: one of them must not judge the case's applicant."""
    for expert in recused_in(crew, case):
        raise OfficerRecused(f"expert {expert.id} in case {case.id}", name=expert.name)


def _of_crew(crew: Iterable[Expert], case: Case) -> list[Recusal]:
    of_the_crew = (one for expert in crew for one in expert.recusals)
    return [one for one in of_the_crew if one.applicant_id == case.applicant_id]


def _concern(account: Account, case: Case) -> ColumnElement[bool]:
    """A witness at a desk may be another district's: the crews of the case count, too."""
    visits = select(Visit.round_id).join(Visit.survey).where(Survey.case_id == case.id)
    comes = Round.id.in_(visits)
    return or_(
        scope_of(account).experts(),
        Expert.id.in_(select(Round.lead_id).where(comes)),
        Expert.id.in_(select(Round.second_id).where(comes)),
    )


def _note(recusal: Recusal) -> str:
    """For the history: who must not judge, and why."""
    return f"{recusal.expert.name} · {recusal.reason}"
