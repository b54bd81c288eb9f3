"""For other systems and for keeping an eye on things: notices, webhooks, calendar feeds, health."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from apiflask import APIBlueprint
from flask import Response
from icalendar import Calendar, Event
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from server.clock import utcnow
from server.errors import NotFound
from server.models.account import Role
from server.models.bureau import Mode
from server.models.case import Case
from server.models.expert import Expert
from server.models.identifiers import mask_phone
from server.models.notice import Channel, Notice, NoticeStatus, Webhook
from server.models.round import Round, Visit
from server.models.survey import Survey
from server.services import outbox
from server.services.tokens import new_token
from server.web.access import anyone, current_account, only
from server.web.db import db
from server.web.idempotency import keep_secret
from server.web.paging import page
from server.web.shapes import Out
from server.web.words import failure, language

blueprint = APIBlueprint("integration", __name__, url_prefix="/api/v1", tag="Integration")

#: A calendar feed holds this much of the past.
CALENDAR_PAST = timedelta(days=30)


class Health(Out):
    status: Literal["ok"]


class NoticesQuery(BaseModel):
    status: NoticeStatus | None = None
    cursor: str = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=200)


class NoticeOut(Out):
    id: int
    case_id: int | None
    kind: str
    channel: Channel
    to: str
    status: NoticeStatus
    tries: int
    sent_at: datetime | None
    error: str


class Notices(Out):
    items: list[NoticeOut]
    next: str | None


class WebhookIn(BaseModel):
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+", max_length=500)]
    subjects: list[Literal["case", "survey"]] = Field(min_length=1, max_length=2)


class WebhookOut(Out):
    id: int
    url: str
    subjects: list[str]
    active: bool


class WebhookMade(WebhookOut):
    """The secret is shown this once."""

    secret: str


class Webhooks(Out):
    items: list[WebhookOut]


@blueprint.get("/health")
@anyone
@blueprint.output(Health)
def health() -> Health:
    """For everybody: a load balancer asks; the database was asked for the time."""
    db.session.execute(select(1))
    return Health(status="ok")


@blueprint.get("/notices")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.input(NoticesQuery, location="query")
@blueprint.output(Notices)
def list_notices(query_data: NoticesQuery) -> Notices:
    """The outbox, oldest first; texts are never shown, they may hold links."""
    query = outbox.listing(current_account(), query_data.status)
    found = page(db.session, query, (Notice.id,), cursor=query_data.cursor, limit=query_data.limit)
    return Notices(items=[_notice(one) for one in found.items], next=found.next)


@blueprint.post("/notices/<int:notice_id>/retry")
@only(Role.COORDINATOR)
@blueprint.output(NoticeOut)
def retry_notice(notice_id: int) -> NoticeOut:
    """Try a failed notice again."""
    notice = outbox.one(db.session, notice_id, current_account())
    outbox.try_again(notice, at=utcnow())
    db.session.commit()
    return _notice(notice)


@blueprint.get("/webhooks")
@only(Role.ADMINISTRATOR, whole_bureau=True)
@blueprint.output(Webhooks)
def list_webhooks() -> Webhooks:
    """Systems that hear of events."""
    found = db.session.scalars(
        select(Webhook).where(Webhook.bureau_id == current_account().bureau_id).order_by(Webhook.id)
    )
    return Webhooks(items=[WebhookOut.model_validate(one) for one in found])


@blueprint.post("/webhooks")
@only(Role.ADMINISTRATOR, whole_bureau=True)
@blueprint.input(WebhookIn)
@blueprint.output(WebhookMade, status_code=201)
def add_webhook(json_data: WebhookIn) -> WebhookMade:
    """Tell another system from now on. Bureaus' systems are on private networks: any address."""
    webhook = Webhook(
        bureau_id=current_account().bureau_id,
        url=json_data.url,
        subjects=sorted(set(json_data.subjects)),
        secret=new_token(),
    )
    db.session.add(webhook)
    db.session.commit()
    keep_secret()
    return WebhookMade.model_validate(webhook)


@blueprint.delete("/webhooks/<int:webhook_id>")
@only(Role.ADMINISTRATOR, whole_bureau=True)
@blueprint.output({}, status_code=204)
def stop_webhook(webhook_id: int) -> str:
    """Tell it nothing more; what was delivered stays on record."""
    webhook = db.session.get(Webhook, webhook_id)
    if webhook is None or webhook.bureau_id != current_account().bureau_id:
        raise NotFound(f"webhook {webhook_id}")
    webhook.active = False
    db.session.commit()
    return ""


@blueprint.get("/calendar/<token>.ics")
@anyone
@blueprint.output({}, content_type="text/calendar")
def calendar(token: str) -> Response:
    """An expert's visits (RFC 5545). For everybody: the address's 256-bit token is the proof."""
    expert = db.session.scalar(select(Expert).where(Expert.calendar_token == token, Expert.active))
    if expert is None:
        raise NotFound("calendar")
    feed = Calendar()
    feed.add("prodid", "-//Yunkan//云勘//ZH")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", f"云勘 {expert.name}")
    visits = db.session.scalars(
        select(Visit)
        .join(Round)
        .where(
            Visit.promised,
            Visit.starts_at >= utcnow() - CALENDAR_PAST,
            or_(Round.lead_id == expert.id, Round.second_id == expert.id),
        )
        .options(
            joinedload(Visit.round),
            joinedload(Visit.survey).joinedload(Survey.case).joinedload(Case.premises),
            joinedload(Visit.survey).joinedload(Survey.case).joinedload(Case.item_type),
        )
        .order_by(Visit.starts_at)
    )
    for visit in visits:
        feed.add_component(_calendar_event(visit))
    return Response(feed.to_ical(), mimetype="text/calendar")


def _calendar_event(visit: Visit) -> Event:
    case = visit.survey.case
    how = "视频" if visit.round.mode is Mode.VIDEO else "现场"
    event = Event()
    event.add("uid", f"visit-{visit.id}@yunkan")
    event.add("dtstamp", visit.created_at)
    event.add("dtstart", visit.starts_at)
    event.add("dtend", visit.ends_at)
    event.add("summary", f"{how}踏勘 {case.premises.name}（{case.item_type.name}）")
    if visit.round.mode is Mode.ON_SITE:
        event.add("location", case.premises.address)
    return event


def _notice(notice: Notice) -> NoticeOut:
    return NoticeOut(
        id=notice.id,
        case_id=notice.case_id,
        kind=notice.kind,
        channel=notice.channel,
        to=mask_phone(notice.to),
        status=notice.status,
        tries=notice.tries,
        sent_at=notice.sent_at,
        error=failure(notice.error, language()),
    )
