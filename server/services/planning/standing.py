"""What stands of the published rounds: which can no longer be kept, and which must not move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.expert import Expert
from server.models.round import Round, RoundStatus, Visit
from server.models.session import Consent, ConsentChoice, InspectionSession
from server.models.survey import SurveyStatus
from server.services.planning.overrunning import Overruns
from server.services.recusals import recused_in

#: An appointment as near as this is no longer moved: the applicant has arranged for it.
NOTICE_OF_A_CHANGE = timedelta(hours=2)


def broken_in(round_: Round, late: Overruns) -> list[Visit]:
    """Its visits that cannot be kept: all of them where somebody of its crew cannot come (on leave,
    no longer at work, or held up elsewhere), else those whose applicant somebody must not judge.

    A round that was begun is for those who are there to settle.
    """
    if round_.status is not RoundStatus.PUBLISHED:
        return []
    visits = still_to_make(round_)
    if late.hold_up(round_) or any(_is_away(expert, round_) for expert in round_.crew):
        return visits
    return [visit for visit in visits if recused_in(round_.crew, visit.survey.case)]


def is_broken(round_: Round, late: Overruns) -> bool:
    """Whether something of it cannot be kept."""
    return bool(broken_in(round_, late))


def _is_away(expert: Expert, round_: Round) -> bool:
    return not expert.active or any(
        absence.starts_at < round_.back_at and round_.leaves_at < absence.ends_at
        for absence in expert.absences
    )


def may_change(round_: Round, confirmed: set[int], late: Overruns, *, at: datetime) -> bool:
    """Whether a repair may move it: a promise that nobody can keep, or one not yet counted on."""
    if round_.status is not RoundStatus.PUBLISHED or not still_to_make(round_):
        return False
    if any(visit.survey.status is not SurveyStatus.SCHEDULED for visit in still_to_make(round_)):
        return False
    counted_on = any(visit.id in confirmed for visit in round_.visits)
    near = round_.leaves_at < at + NOTICE_OF_A_CHANGE
    return is_broken(round_, late) or not (counted_on or near)


def still_to_make(round_: Round) -> list[Visit]:
    """Its visits that are promised and not over."""
    over = (SurveyStatus.CONCLUDED, SurveyStatus.VOID)
    return [v for v in round_.visits if v.promised and v.survey.status not in over]


def confirmed_among(db: Session, rounds: Iterable[Round]) -> set[int]:
    """Ids of the visits whose applicant opened the link and agreed to this call."""
    ids: Sequence[int] = [visit.id for round_ in rounds for visit in round_.visits]
    return set(
        db.scalars(
            select(InspectionSession.visit_id)
            .join(Consent, Consent.session_id == InspectionSession.id)
            .where(
                InspectionSession.visit_id.in_(ids),
                Consent.choice == ConsentChoice.AGREED,
            )
        )
    )
