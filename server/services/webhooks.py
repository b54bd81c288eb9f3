"""Webhooks: other systems (一体化平台) hear of case and survey events.

Each delivery is a JSON POST signed with the webhook's secret:
`X-Yunkan-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from http.client import HTTPException
from urllib.request import Request, build_opener

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.adapters.senders import NoRedirect
from server.models.base import Json
from server.models.lifecycle import Event
from server.models.notice import NoticeStatus, Webhook, WebhookDelivery
from server.services.outbox import WAITS

SUBJECTS = ("case", "survey")
SECONDS = 10.0
AT_ONCE = 50
#: An event is committed before this many later ones are.
LATE_IDS = 1_000


def deliver_webhooks(db: Session, *, at: datetime) -> int:
    """Line up new events, then send what is due; commits after each delivery."""
    _line_up(db, at)
    due = db.scalars(
        select(WebhookDelivery)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(
            Webhook.active,
            WebhookDelivery.status == NoticeStatus.WAITING,
            WebhookDelivery.next_try_at <= at,
        )
        .order_by(WebhookDelivery.id)
        .limit(AT_ONCE)
    ).all()
    silent: set[int] = set()  # who did not answer once is not waited for again in this round
    for delivery in due:
        if delivery.webhook_id in silent:
            continue
        webhook = db.get_one(Webhook, delivery.webhook_id)
        url, secret, payload, tries = webhook.url, webhook.secret, delivery.payload, delivery.tries
        db.commit()  # no transaction is open while the other side thinks
        error = _post(url, secret, payload, at)
        delivery.tries, delivery.error = tries + 1, error
        if error:
            silent.add(delivery.webhook_id)
        if not error:
            delivery.status = NoticeStatus.SENT
        elif tries < len(WAITS):
            delivery.next_try_at = at + WAITS[tries]
        else:
            delivery.status = NoticeStatus.FAILED
        db.commit()
    return len(due)


def signature(secret: str, body: bytes, at: datetime) -> str:
    """What a receiver computes again to know that the message is ours and unchanged."""
    seconds = int(at.timestamp())
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"


def _line_up(db: Session, at: datetime) -> None:
    """One delivery for every event since the webhook was made.

    Ids are given before a transaction is committed, so an event may appear after a later one
    (PostgreSQL): the last few ids are looked at again.
    """
    for webhook in db.scalars(select(Webhook).where(Webhook.active)):
        mine = select(WebhookDelivery.event_id).where(WebhookDelivery.webhook_id == webhook.id)
        last = db.scalar(select(func.max(mine.subquery().c.event_id))) or 0
        events = (
            select(Event)
            .where(
                Event.bureau_id == webhook.bureau_id,
                Event.subject.in_(webhook.subjects),
                Event.created_at >= webhook.created_at,
                Event.id > last - LATE_IDS,
                Event.id.not_in(mine.where(WebhookDelivery.event_id > last - LATE_IDS)),
            )
            .order_by(Event.id)
            .limit(AT_ONCE)
        )
        for event in db.scalars(events):
            db.add(
                WebhookDelivery(
                    webhook_id=webhook.id,
                    event_id=event.id,
                    payload=_payload(event),
                    next_try_at=at,
                )
            )
    db.commit()


def _payload(event: Event) -> Json:
    return {
        "id": event.id,
        "type": f"{event.subject}.{event.to}",
        "subject_id": event.subject_id,
        "from": event.came_from,
        "to": event.to,
        "at": event.at.isoformat(),
    }


def _post(url: str, secret: str, payload: Json, at: datetime) -> str:
    """Send one; the error in words, or nothing."""
    body = json.dumps(payload, ensure_ascii=False).encode()
    request = Request(
        url,
        data=body,
        headers={
            "Content-Type": "application/json",
            "X-Yunkan-Signature": signature(secret, body, at),
        },
        method="POST",
    )
    try:
        with build_opener(NoRedirect).open(request, timeout=SECONDS):
            return ""
    except (HTTPException, OSError, ValueError) as failure:  # URLError is an OSError
        return f"{type(failure).__name__}: {failure}"
