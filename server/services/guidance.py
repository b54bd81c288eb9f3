"""Guidance sessions (云政务直播间): announced, begun, ended, closed; who may see which."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from server.clock import moment_of
from server.errors import BadPayload, MoveRefused, NotFound
from server.models.account import Account, Role
from server.models.bureau import ItemType
from server.models.expert import Expert
from server.models.guidance import GuidanceSession, GuidanceStatus
from server.services.scope import scope_of
from server.services.tokens import new_token

#: An announcement lies no further ahead, and no further back: somebody may write it down late.
FARTHEST_AHEAD, FARTHEST_BACK = timedelta(days=366), timedelta(days=1)


def announce(
    db: Session,
    account: Account,
    *,
    title: str,
    title_en: str,
    item_type_id: int | None,
    presenter_id: int,
    starts_at: datetime,
    recorded: bool,
    at: datetime,
) -> GuidanceSession:
    """A session to come, with its link. The caller commits.

    Raises:
        NotFound: no such item type or expert, or one the account does not see.
        BadPayload: the beginning is long past, or more than a year away.
    """
    if not at - FARTHEST_BACK <= starts_at <= at + FARTHEST_AHEAD:
        raise BadPayload("beginning of a guidance session", cause="guidance_time")
    presenter = db.scalar(
        select(Expert).where(Expert.id == presenter_id, Expert.active, scope_of(account).experts())
    )
    if presenter is None:
        raise NotFound(f"expert {presenter_id}")
    if item_type_id is not None:
        item = db.get(ItemType, item_type_id)
        if item is None or item.bureau_id != account.bureau_id:
            raise NotFound(f"item type {item_type_id}")
    made = GuidanceSession(
        bureau_id=account.bureau_id,
        district_id=account.district_id,
        title=title,
        title_en=title_en,
        item_type_id=item_type_id,
        presenter_id=presenter.id,
        starts_at=starts_at,
        recorded=recorded,
        room=secrets.token_hex(8),
        token=new_token(),
    )
    db.add(made)
    db.flush()
    return made


def listing(account: Account, *, over: bool) -> Select[GuidanceSession]:
    """The sessions an account sees: to come and on air, or over; the edge cuts it into pages."""
    is_open = GuidanceSession.status.in_(GuidanceSession.OPEN)
    return _seen_by(account).where(~is_open if over else is_open)


def for_staff(db: Session, guidance_id: int, account: Account) -> GuidanceSession:
    """The session, if this account may see it: an expert those they present.

    Raises:
        NotFound: no such session, or not theirs; the two look the same on purpose.
    """
    if account.role is Role.EXPERT:
        mine = GuidanceSession.presenter_id == account.expert_id
        query = select(GuidanceSession).where(mine)
    else:
        query = _seen_by(account)
    found = db.scalar(query.where(GuidanceSession.id == guidance_id))
    if found is None:
        raise NotFound(f"guidance {guidance_id}")
    return found


def _seen_by(account: Account) -> Select[GuidanceSession]:
    return (
        select(GuidanceSession)
        .where(scope_of(account).guidance())
        .options(joinedload(GuidanceSession.presenter), joinedload(GuidanceSession.item_type))
    )


def of_presenter(db: Session, expert_id: int | None, day: date) -> list[GuidanceSession]:
    """What an expert presents on a day (Beijing time), in order of time."""
    return list(
        db.scalars(
            select(GuidanceSession)
            .where(
                GuidanceSession.presenter_id == expert_id,
                GuidanceSession.status != GuidanceStatus.CLOSED,
                GuidanceSession.starts_at >= moment_of(day, 0),
                GuidanceSession.starts_at < moment_of(day, 24 * 60),
            )
            .order_by(GuidanceSession.starts_at, GuidanceSession.id)
        )
    )


def begin(guidance: GuidanceSession, *, by: str, at: datetime) -> None:
    """On air. Said again, it changes nothing.

    Raises:
        MoveRefused: it is over.
    """
    if guidance.status is not GuidanceStatus.LIVE:
        guidance.move(GuidanceStatus.LIVE, by=by, at=at)


def must_be_live(guidance: GuidanceSession) -> None:
    """Raises: MoveRefused: nobody speaks now."""
    if guidance.status is not GuidanceStatus.LIVE:
        raise MoveRefused(
            f"guidance {guidance.id} is {guidance.status}",
            subject=guidance.SUBJECT,
            came_from=guidance.status,
        )
