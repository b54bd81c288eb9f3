"""Observers (旁听) of a call: the bureau invites them, the applicant is told of each and agrees or
does not."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import BadPayload, ConsentMissing, LinkInvalid, MoveRefused, NotFound
from server.models.observer import Capacity, Observer, ObserverStatus
from server.models.session import Consent, InspectionSession
from server.services import sessions
from server.services.tokens import new_token, token_hash

#: Who may watch at all; the others' links lead nowhere.
WELCOME = (ObserverStatus.INVITED, ObserverStatus.WATCHING, ObserverStatus.AWAY)

#: More would leave too little of a call's room to experts.
MOST = 5


def invite(
    db: Session,
    session: InspectionSession,
    *,
    name: str,
    capacity: Capacity,
    hours_after: float,
) -> tuple[Observer, str]:
    """One more observer, and the token of their link. It works as long as the applicant's would.

    The caller commits.

    Raises:
        MoveRefused: the call is over. BadPayload: there are enough already.
    """
    if session.status not in session.OPEN:
        raise MoveRefused("the session is over", subject="session")
    if len(welcome(db, session)) >= MOST:
        raise BadPayload("observers", cause="observers", most=MOST)
    token = new_token()
    observer = Observer(
        bureau_id=session.bureau_id,
        session_id=session.id,
        name=name,
        capacity=capacity,
        token_hash=token_hash(token),
        expires_at=session.visit.ends_at + timedelta(hours=hours_after),
    )
    db.add(observer)
    db.flush()
    return observer, token


def of_session(db: Session, session: InspectionSession) -> list[Observer]:
    """In the order they were invited, whatever became of it."""
    return list(
        db.scalars(select(Observer).where(Observer.session_id == session.id).order_by(Observer.id))
    )


def welcome(db: Session, session: InspectionSession) -> list[Observer]:
    """Who may watch, if the applicant agrees to them."""
    return [one for one in of_session(db, session) if one.status in WELCOME]


def one(db: Session, session: InspectionSession, observer_id: int) -> Observer:
    """Raises: NotFound: nobody of this call."""
    observer = db.get(Observer, observer_id)
    if observer is None or observer.session_id != session.id:
        raise NotFound(f"observer {observer_id}")
    return observer


def accept_link(db: Session, token: str, *, at: datetime) -> tuple[Observer, str]:
    """Exchange the link's token for a cookie's value; an earlier cookie of it works no more.

    Raises:
        LinkInvalid: unknown, expired, withdrawn or refused; the log says which.
    """
    observer = db.scalar(select(Observer).where(Observer.token_hash == token_hash(token)))
    if observer is None:
        raise LinkInvalid("unknown")
    _check(observer, at)
    grant = new_token()
    observer.grant_hash = token_hash(grant)
    return observer, grant


def observer_of(db: Session, grant: str, *, at: datetime) -> Observer | None:
    """Who holds this cookie; nobody once they may not watch any more."""
    observer = db.scalar(select(Observer).where(Observer.grant_hash == token_hash(grant)))
    if observer is None:
        return None
    try:
        _check(observer, at)
    except LinkInvalid:
        return None
    return observer


def _check(observer: Observer, at: datetime) -> None:
    if observer.status not in WELCOME:
        raise LinkInvalid(f"observer {observer.id} {observer.status}")
    if at >= observer.expires_at:
        raise LinkInvalid(f"observer {observer.id} expired")


def agreed_to(db: Session, session: InspectionSession) -> set[int]:
    """Ids of the observers whom the applicant agreed to, by name."""
    consent = sessions.latest_consent(db, session)
    return set(consent.observers) if consent is not None else set()


def named(db: Session, session: InspectionSession, ids: list[int]) -> list[int]:
    """Of the ids that a page says it named, those that are welcome in this call."""
    return [one.id for one in welcome(db, session) if one.id in ids]


def agree(db: Session, session: InspectionSession, observer_id: int, *, at: datetime) -> None:
    """The applicant agrees to one invited after they agreed to the call: a consent of its own.

    Raises:
        ConsentMissing: they have not agreed to the call itself. NotFound: nobody of this call.
        MoveRefused: they are not welcome any more.
    """
    observer = one(db, session, observer_id)
    before = sessions.latest_consent(db, session)
    if before is None:
        raise ConsentMissing
    if observer.status not in WELCOME:
        raise MoveRefused(f"observer {observer.id} {observer.status}", subject=observer.SUBJECT)
    db.add(
        Consent(
            session_id=session.id,
            choice=before.choice,
            text_version=sessions.consent_version(session),
            language=before.language,
            at=at,
            device=before.device,
            observers=sorted({*before.observers, observer.id}),
        )
    )
    db.flush()


def may_watch(db: Session, observer: Observer, *, at: datetime) -> None:
    """Raises: LinkInvalid, ConsentMissing: the applicant has not agreed to them; MoveRefused:
    it is over."""
    _check(observer, at)
    if observer.id not in agreed_to(db, observer.session):
        raise ConsentMissing(cause="observer")
    sessions.may_join(db, observer.session)


def came(observer: Observer, *, at: datetime) -> None:
    """They watch. Said again, it changes nothing."""
    if observer.status in (ObserverStatus.INVITED, ObserverStatus.AWAY):
        observer.move(ObserverStatus.WATCHING, by="observer", at=at, note=observer.name)


def went(observer: Observer, *, at: datetime) -> None:
    """They watch no more, and may come back. Said again, it changes nothing."""
    if observer.status is ObserverStatus.WATCHING:
        observer.move(ObserverStatus.AWAY, by="observer", at=at, note=observer.name)


def refuse(observer: Observer, *, at: datetime) -> None:
    """The applicant would rather not. The caller puts them out.

    Raises:
        MoveRefused: they were not welcome any more as it is.
    """
    observer.move(ObserverStatus.REFUSED, by="applicant", at=at, note=observer.name)


def withdraw(observer: Observer, *, by: str, at: datetime) -> None:
    """The bureau takes the invitation back. The caller puts them out.

    Raises:
        MoveRefused: they were not welcome any more as it is.
    """
    observer.move(ObserverStatus.WITHDRAWN, by=by, at=at, note=observer.name)
