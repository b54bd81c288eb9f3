"""Taken without live view (先拍后传): what a phone kept while no network carried the call.

The applicant's own photos come when a network is there, also after the call has ended, so what is
still taken, and from whom, is said here and nowhere else.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.errors import LinkInvalid, NoLongerTaken
from server.models.evidence import Evidence, EvidenceSource
from server.models.round import Visit
from server.models.session import InspectionSession, JoinLink
from server.models.survey import SurveyStatus

#: After the appointment's end. Long enough for a shop in the hills to reach a town with a network.
LATEST = timedelta(hours=24)

#: Photos of one survey from the applicant's phone. Several times what the longest script asks for.
MOST = 200

_TAKEN = (SurveyStatus.SCHEDULED, SurveyStatus.UNDER_WAY)


def until(visit: Visit) -> datetime:
    """When the last piece may arrive, if no verdict is given before."""
    return visit.ends_at + LATEST


def must_still_take(db: Session, session: InspectionSession, *, at: datetime) -> None:
    """The applicant may still send what was taken at this appointment.

    Raises:
        NoLongerTaken: the verdict is signed, another appointment was made, it is too late, or
            there are as many as a survey may have.
    """
    visit = session.visit
    survey = visit.survey
    if survey.status is SurveyStatus.CONCLUDED:
        raise NoLongerTaken(f"survey {survey.id} has its verdict", cause="verdict")
    if survey.status not in _TAKEN or not visit.promised:
        raise NoLongerTaken(f"visit {visit.id} is not promised any more", cause="moved")
    if at >= until(visit):
        raise NoLongerTaken(f"visit {visit.id} ended at {visit.ends_at}", cause="time")
    from_phone = Evidence.source.in_((EvidenceSource.PHONE, EvidenceSource.LATER))
    of_survey = select(func.count()).where(Evidence.survey_id == survey.id, from_phone)
    if (db.scalar(of_survey) or 0) >= MOST:
        raise NoLongerTaken(f"survey {survey.id} has {MOST} photos", cause="many")


def check_link(link: JoinLink, *, at: datetime) -> None:
    """Raises: LinkInvalid: the link was revoked, or its appointment is over for too long."""
    if link.revoked_at is not None:
        raise LinkInvalid(f"link {link.id} revoked")
    if at >= until(link.session.visit):
        raise LinkInvalid(f"link {link.id} is too old to bring anything")
