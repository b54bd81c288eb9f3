"""The outbox (发件箱): notices leave one by one, failures are tried again and stay visible."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from server.adapters.senders import NotSent, Sender
from server.errors import MoveRefused, NotFound
from server.models.account import Account
from server.models.notice import Channel, Notice, NoticeStatus
from server.services.scope import scope_of

#: Waiting before each further try; after the last one a notice counts as failed.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
AT_ONCE = 50


def listing(account: Account, status: NoticeStatus | None = None) -> Select[Notice]:
    """The notices this account may see; the edge cuts them into pages."""
    query = select(Notice).where(scope_of(account).notices())
    return query if status is None else query.where(Notice.status == status)


def one(db: Session, notice_id: int, account: Account) -> Notice:
    """Raises: NotFound: no such notice, or about a case the account does not see."""
    notice = db.scalar(listing(account).where(Notice.id == notice_id))
    if notice is None:
        raise NotFound(f"notice {notice_id}")
    return notice


def deliver_due(db: Session, senders: Mapping[Channel, Sender], *, at: datetime) -> int:
    """Send what is due; commits after each message, so a crash repeats at most one.

    The text of a sent notice is emptied: it may hold a join link.
    """
    due = db.scalars(
        select(Notice)
        .where(Notice.status == NoticeStatus.WAITING, Notice.next_try_at <= at)
        .order_by(Notice.id)
        .limit(AT_ONCE)
    ).all()
    for notice in due:
        channel, to, subject, body = notice.channel, notice.to, notice.subject, notice.body
        key = _key(notice.id, to, body)
        db.commit()  # no transaction is open while a gateway thinks
        try:
            senders[channel].send(to, subject, body, key=key)
        except NotSent as failure:
            _failed(notice, str(failure), at)
        else:
            notice.status, notice.sent_at = NoticeStatus.SENT, at
            notice.body, notice.error = "", ""
        notice.tries += 1
        db.commit()
    return len(due)


def try_again(notice: Notice, *, at: datetime) -> None:
    """The coordinator asks for another round of tries.

    Raises:
        MoveRefused: it has not failed, or there is nobody to send it to.
    """
    if notice.status is not NoticeStatus.FAILED or not notice.to:
        raise MoveRefused(f"notice {notice.id} is {notice.status}", subject="notice")
    notice.status, notice.tries, notice.next_try_at = NoticeStatus.WAITING, 0, at


def _key(number: int, to: str, body: str) -> str:
    """The same for every try of one message, and no other bureau's: its text is its own."""
    return hashlib.sha256(f"{number}\n{to}\n{body}".encode()).hexdigest()[:32]


def _failed(notice: Notice, error: str, at: datetime) -> None:
    notice.error = error
    if notice.tries < len(WAITS):
        notice.next_try_at = at + WAITS[notice.tries]
    else:
        notice.status = NoticeStatus.FAILED
