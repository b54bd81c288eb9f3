"""Remote inspections: the link that lets the applicant in, consent, the call, and its end."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from server.errors import ConsentMissing, LinkInvalid, MoveRefused, NotFound, SurveyPutOff
from server.models.base import Json
from server.models.bureau import Bureau, Mode
from server.models.case import CaseStatus
from server.models.drawing import Drawing
from server.models.expert import Booking
from server.models.round import RoundStatus, Visit
from server.models.session import (
    Consent,
    ConsentChoice,
    InspectionSession,
    JoinLink,
    SessionStatus,
)
from server.models.survey import Survey, SurveyStatus
from server.services import promises
from server.services.surveys import visit_of
from server.services.tokens import new_token, token_hash

#: Changes whenever the words of the consent page change.
CONSENT_VERSION = "2026-11-27"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A fresh link. `token` exists here and in the message to the applicant, nowhere else."""

    link: JoinLink
    token: str

    def url(self, public_url: str) -> str:
        """The address to send: the token is in the fragment, which no server or log sees."""
        return f"{public_url.rstrip('/')}/j#{self.token}"


def open_session(db: Session, visit: Visit) -> InspectionSession:
    """The call of a video visit, made when its round is published."""
    found = db.scalar(select(InspectionSession).where(InspectionSession.visit_id == visit.id))
    if found is not None:
        return found
    bureau = db.get_one(Bureau, visit.round.bureau_id)
    session = InspectionSession(
        bureau_id=bureau.id,
        visit_id=visit.id,
        visit=visit,
        room=secrets.token_hex(8),
        recorded=bureau.records_calls,
        kept_months=bureau.recordings_kept_months if bureau.records_calls else None,
        check_code=f"{secrets.randbelow(10_000):04}",
    )
    db.add(session)
    db.flush()
    return session


def invite(
    db: Session, session: InspectionSession, *, hours_after: float, at: datetime
) -> Invitation:
    """A new join link for the session; links given out before stop working.

    Valid until `hours_after` hours after the visit's end.
    """
    revoke_links(db, session, at=at)
    token = new_token()
    link = JoinLink(
        session_id=session.id,
        token_hash=token_hash(token),
        expires_at=session.visit.ends_at + timedelta(hours=hours_after),
    )
    db.add(link)
    db.flush()
    return Invitation(link, token)


def revoke_links(db: Session, session: InspectionSession, *, at: datetime) -> int:
    """Close every door to this session; who is inside is put out by the next check."""
    closed = db.execute(
        update(JoinLink)
        .where(JoinLink.session_id == session.id, JoinLink.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return int(closed.rowcount)  # type: ignore[attr-defined]


def accept_link(db: Session, token: str, *, at: datetime) -> tuple[JoinLink, str]:
    """The applicant tapped: exchange the token for a cookie.

    The same link opened again (another browser, the phone restarted) takes the place of the
    first: whoever holds the newest cookie is in. Returns the link and the cookie's value.

    Raises:
        SurveyPutOff: its appointment was taken back.
        LinkInvalid: unknown, expired or revoked; the log says which.
    """
    link = db.scalar(select(JoinLink).where(JoinLink.token_hash == token_hash(token)))
    if link is None:
        raise LinkInvalid("unknown")
    must_not_be_put_off(db, link)
    check_link(link, at=at)
    grant = new_token()
    link.grant_hash = token_hash(grant)
    link.first_used_at = link.first_used_at or at
    return link, grant


def check_link(link: JoinLink, *, at: datetime) -> None:
    """Raises: LinkInvalid: the link was revoked or has expired."""
    if link.revoked_at is not None:
        raise LinkInvalid(f"link {link.id} revoked")
    if at >= link.expires_at:
        raise LinkInvalid(f"link {link.id} expired")


def must_not_be_put_off(db: Session, link: JoinLink) -> None:
    """Whoever was promised an appointment is told what became of it, and not of links.

    Raises:
        SurveyPutOff: it was taken back, or nobody answered, and the survey is still to be made.
    """
    visit = link.session.visit
    waits, again = SurveyStatus.OPEN, (SurveyStatus.SCHEDULED, SurveyStatus.UNDER_WAY)
    if link.revoked_at is None or visit.promised or visit.survey.status not in (waits, *again):
        return
    bureau = db.get_one(Bureau, link.session.bureau_id)
    raise SurveyPutOff(
        f"link {link.id}: visit {visit.id} was taken back",
        bureau=bureau.name,
        bureau_en=bureau.name_en or bureau.name,
        phone=bureau.phone,
        **({"cause": "moved"} if visit.survey.status in again else {}),
    )


def latest_consent(db: Session, session: InspectionSession) -> Consent | None:
    return db.scalar(
        select(Consent).where(Consent.session_id == session.id).order_by(Consent.id.desc()).limit(1)
    )


def choose(
    db: Session,
    session: InspectionSession,
    *,
    choice: ConsentChoice,
    language: str,
    device: Json,
    agreed_to: str = "",
    observers: Sequence[int] = (),
    at: datetime,
) -> None:
    """Record what the applicant chose, and to which observers they agreed.

    Choosing a visit in person costs nothing: the survey goes back to the coordinator, marked for
    on site. `agreed_to` names the words their page showed; empty: today's.

    Raises:
        ConsentMissing: they agreed to words that have changed since.
        MoveRefused: the session is over, or the survey has begun and cannot go back.
    """
    must_be_open(session)
    words = consent_version(session)
    if choice is ConsentChoice.AGREED and agreed_to not in ("", words):
        raise ConsentMissing(cause="words")
    if choice is ConsentChoice.ON_SITE:
        back_to_planning(db, session.visit, by="applicant", at=at, note="chose on site")
        session.visit.survey.only_on_site = True
        _over(db, session, SessionStatus.ENDED, by="applicant", at=at, note="chose on site")
    db.add(
        Consent(
            session_id=session.id,
            choice=choice,
            text_version=words,
            language=language,
            at=at,
            device=device,
            observers=list(observers),
        )
    )


def consent_version(session: InspectionSession) -> str:
    """Which words the consent page has, for this call: stored with each consent."""
    months = session.kept_months
    return CONSENT_VERSION if months is None else f"{CONSENT_VERSION}, kept {months} months"


def may_join(db: Session, session: InspectionSession) -> None:
    """Raises: ConsentMissing: the applicant has not agreed; MoveRefused: the call is over."""
    must_have_agreed(db, session)
    must_be_open(session)


def must_have_agreed(db: Session, session: InspectionSession) -> None:
    """Raises: ConsentMissing: the applicant has not agreed to be surveyed by video."""
    consent = latest_consent(db, session)
    if consent is None or consent.choice is not ConsentChoice.AGREED:
        raise ConsentMissing


def must_be_open(session: InspectionSession) -> None:
    """Raises: MoveRefused: the call is over."""
    if session.status in (SessionStatus.ENDED, SessionStatus.MISSED):
        raise MoveRefused("the session is over", subject="session")


def went_live(session: InspectionSession, *, by: str, at: datetime) -> None:
    """Both sides are connected. Said again after a re-join, it changes nothing."""
    if session.status is SessionStatus.WAITING:
        session.move(SessionStatus.LIVE, by=by, at=at)


def end(db: Session, session: InspectionSession, *, by: str, at: datetime) -> None:
    """Hang up for good. The checklist stays open until the verdict."""
    if session.status is SessionStatus.LIVE:
        _over(db, session, SessionStatus.ENDED, by=by, at=at)
    elif session.status is SessionStatus.WAITING:
        _over(db, session, SessionStatus.MISSED, by=by, at=at)


def _over(
    db: Session,
    session: InspectionSession,
    to: SessionStatus,
    *,
    by: str,
    at: datetime,
    note: str = "",
) -> None:
    """However a call ends, nothing stays frozen in it."""
    session.move(to, by=by, at=at, note=note)
    shown = Drawing.session_id == session.id, Drawing.closed_at.is_(None)
    db.execute(update(Drawing).where(*shown).values(closed_at=at))


def back_to_planning(db: Session, visit: Visit, *, by: str, at: datetime, note: str) -> None:
    """The visit did not happen, or not to its end: the case waits for a new time.

    Answers and evidence stay with the survey. Called before anything else of it is changed, so that
    whoever changes promises takes the bureau's turn first, and nobody waits for each other.
    """
    survey, case = visit.survey, visit.survey.case
    promises.changed(db, survey.bureau_id)
    visit.promised = False
    if survey.status in (SurveyStatus.SCHEDULED, SurveyStatus.UNDER_WAY):
        survey.move(SurveyStatus.OPEN, by=by, at=at, note=note)
    survey.mode = None
    if CaseStatus.RECEIVED in case.MOVES[case.status]:
        case.move(CaseStatus.RECEIVED, by=by, at=at, note=note)
    finish_round(db, visit, by=by, at=at)


def take_back(db: Session, visit: Visit, *, by: str, at: datetime, note: str) -> None:
    """The bureau cannot or need not come at this time: the link closes, the case waits."""
    back_to_planning(db, visit, by=by, at=at, note=note)
    if (session := of_visit(db, visit)) is not None:
        revoke_links(db, session, at=at)
        if SessionStatus.ENDED in session.MOVES[session.status]:
            _over(db, session, SessionStatus.ENDED, by=by, at=at, note=note)
    db.flush()


def finish_round(db: Session, visit: Visit, *, by: str, at: datetime) -> None:
    """A round is finished once none of its visits is still to be made."""
    open_visits = db.scalar(
        select(func.count())
        .select_from(Visit)
        .where(
            Visit.round_id == visit.round_id,
            Visit.promised,
            Visit.survey.has(Survey.status.in_((SurveyStatus.SCHEDULED, SurveyStatus.UNDER_WAY))),
        )
    )
    if not open_visits and RoundStatus.FINISHED in visit.round.MOVES[visit.round.status]:
        visit.round.move(RoundStatus.FINISHED, by=by, at=at)
        _free_what_is_left(db, visit.round_id, at=at)


def _free_what_is_left(db: Session, round_id: int, *, at: datetime) -> None:
    """Officers who are done early, or need not go, can be given other appointments."""
    booked = Booking.round_id == round_id
    db.execute(delete(Booking).where(booked, Booking.starts_at >= at))
    db.execute(update(Booking).where(booked, Booking.ends_at > at).values(ends_at=at))


def of_survey(db: Session, survey: Survey) -> InspectionSession:
    """The call of the visit that a survey is promised.

    Raises:
        NotFound: it is surveyed on site, or not scheduled.
    """
    visit = visit_of(db, survey)
    session = of_visit(db, visit) if visit else None
    if session is None:
        raise NotFound(f"survey {survey.id} has no call")
    return session


def of_visit(db: Session, visit: Visit) -> InspectionSession | None:
    if visit.round.mode is not Mode.VIDEO:
        return None
    return db.scalar(select(InspectionSession).where(InspectionSession.visit_id == visit.id))
