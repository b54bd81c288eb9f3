"""Leave (请假): an expert is away, as a coordinator who hears of it writes down."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import local_day, moment_of
from server.errors import BadPayload, NotFound
from server.models.account import Account
from server.models.expert import Absence, AbsenceKind, Expert
from server.services import promises
from server.services.scope import scope_of

FARTHEST = timedelta(days=366)


def record(
    db: Session,
    account: Account,
    expert_id: int,
    *,
    kind: AbsenceKind,
    first_day: date,
    last_day: date,
    at: datetime,
) -> Absence:
    """Away on whole days, the last one included. What was promised stays until it is adjusted.

    The caller commits.

    Raises:
        NotFound: no such expert, or one who never comes to what the account sees.
        BadPayload: days out of order, or more than a year from now.
    """
    expert = db.scalar(select(Expert).where(Expert.id == expert_id, scope_of(account).experts()))
    if expert is None:
        raise NotFound(f"expert {expert_id}")
    today = local_day(at)
    if not today - FARTHEST <= first_day <= last_day <= today + FARTHEST:
        raise BadPayload("days of leave", cause="leave")
    absence = Absence(
        expert_id=expert.id,
        kind=kind,
        starts_at=moment_of(first_day, 0),
        ends_at=moment_of(last_day, 24 * 60),
    )
    db.add(absence)
    db.flush()
    promises.changed(db, expert.bureau_id)
    return absence


def take_back(db: Session, account: Account, absence_id: int) -> None:
    """It was a mistake, or the expert is back. The caller commits.

    Raises:
        NotFound: no such absence, or of an expert the account does not see.
    """
    seen = select(Expert.id).where(scope_of(account).experts())
    absence = db.scalar(
        select(Absence).where(Absence.id == absence_id, Absence.expert_id.in_(seen))
    )
    if absence is None:
        raise NotFound(f"absence {absence_id}")
    db.delete(absence)
    promises.changed(db, account.bureau_id)
