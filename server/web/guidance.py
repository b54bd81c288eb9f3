"""Guidance sessions (云政务直播间): coordinators announce them, presenters hold them."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Annotated

import segno
from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field, StringConstraints

from inspection.media.engine import Role as Part
from inspection.media.engine import RoomKind
from server.clock import utcnow
from server.models.account import Account, Role
from server.models.guidance import (
    GuidanceQuestion,
    GuidanceSession,
    GuidanceStatus,
    QuestionStatus,
)
from server.services import guidance as sessions
from server.services import questions
from server.services.relays import relays_for
from server.web.access import current_account, only
from server.web.calling import answer_view, hang_up, join_call, watching
from server.web.db import db
from server.web.door import LARGEST_ID
from server.web.paging import page
from server.web.parts import parts
from server.web.shapes import AnswerSdp, Moment, OfferIn, Out, RelayOut, ViewIn
from server.web.sockets import tell_guidance

blueprint = APIBlueprint("guidance", __name__, url_prefix="/api/v1", tag="Guidance")

STAFF = (Role.EXPERT, Role.COORDINATOR, Role.SUPERVISOR)

Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]


class AnnouncementIn(BaseModel):
    title: Annotated[Title, Field(min_length=1)]
    title_en: Title = ""
    item_type: Id | None = None
    presenter: Id
    starts_at: Moment
    recorded: bool = True


class GuidanceQuery(BaseModel):
    over: bool = False
    cursor: str = Field("", max_length=400)
    limit: int = Field(50, ge=1, le=200)


class GuidanceRow(Out):
    id: int
    title: str
    title_en: str
    item_type: str
    item_type_en: str
    presenter: str
    starts_at: datetime
    recorded: bool
    status: GuidanceStatus


class GuidanceList(Out):
    items: list[GuidanceRow]
    next: str | None


class QuestionOut(Out):
    id: int
    text: str
    status: QuestionStatus
    asked_at: datetime
    taken_up_at: datetime | None


class GuidanceOut(GuidanceRow):
    """`url` is for the public; `code_url` its picture (QR). `watching`: how many are there now."""

    url: str
    code_url: str
    watching: int
    questions: list[QuestionOut]
    relays: list[RelayOut]


class QuestionPut(BaseModel):
    status: QuestionStatus


@blueprint.get("/guidance")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.input(GuidanceQuery, location="query")
@blueprint.output(GuidanceList)
def list_guidance(query_data: GuidanceQuery) -> GuidanceList:
    """What is to come and on air, in order of time; or what is over, the newest first."""
    found = page(
        db.session,
        sessions.listing(current_account(), over=query_data.over),
        (GuidanceSession.starts_at, GuidanceSession.id),
        cursor=query_data.cursor,
        limit=query_data.limit,
        newest_first=query_data.over,
    )
    return GuidanceList(items=[_row(one) for one in found.items], next=found.next)


@blueprint.post("/guidance")
@only(Role.COORDINATOR)
@blueprint.input(AnnouncementIn)
@blueprint.output(GuidanceOut, status_code=201)
def announce(json_data: AnnouncementIn) -> GuidanceOut:
    """A session to come, with the link to hand out."""
    made = sessions.announce(
        db.session,
        current_account(),
        title=json_data.title,
        title_en=json_data.title_en,
        item_type_id=json_data.item_type,
        presenter_id=json_data.presenter,
        starts_at=json_data.starts_at,
        recorded=json_data.recorded,
        at=utcnow(),
    )
    db.session.commit()
    return _whole(made)


@blueprint.get("/guidance/<int:guidance_id>")
@only(*STAFF)
@blueprint.output(GuidanceOut)
def show(guidance_id: int) -> GuidanceOut:
    """One session with its link and its questions, hidden ones too."""
    return _whole(sessions.for_staff(db.session, guidance_id, current_account()))


@blueprint.get("/guidance/<int:guidance_id>/code.svg")
@only(*STAFF)
@blueprint.output({}, content_type="image/svg+xml")
def show_code(guidance_id: int) -> Response:
    """The link as a QR code (ISO/IEC 18004), dark on white in every theme."""
    found = sessions.for_staff(db.session, guidance_id, current_account())
    out = io.BytesIO()
    segno.make(_url(found), error="m").save(
        out, kind="svg", border=4, scale=4, xmldecl=False, light="#fff", dark="#000"
    )
    return Response(out.getvalue(), mimetype="image/svg+xml")


@blueprint.post("/guidance/<int:guidance_id>/closing")
@only(Role.COORDINATOR)
@blueprint.output({}, status_code=204)
def close(guidance_id: int) -> str:
    """The link leads nowhere from now on; who still watches is put out."""
    account = current_account()
    found = sessions.for_staff(db.session, guidance_id, account)
    _over(found, GuidanceStatus.CLOSED, account)
    return ""


@blueprint.post("/guidance/<int:guidance_id>/start")
@only(Role.EXPERT)
@blueprint.output(GuidanceOut)
def start(guidance_id: int) -> GuidanceOut:
    """On air: viewers' pages join."""
    found, account = _mine(guidance_id)
    sessions.begin(found, by=account.sign_in_name, at=utcnow())
    db.session.commit()
    tell_guidance(found.id, found.status)
    return _whole(found)


@blueprint.post("/guidance/<int:guidance_id>/media")
@only(Role.EXPERT)
@blueprint.input(OfferIn)
@blueprint.output(AnswerSdp)
def join_media(guidance_id: int, json_data: OfferIn) -> AnswerSdp:
    """The presenter's offer, answered by the media worker. Said again, it replaces the earlier."""

    def may() -> None:
        sessions.must_be_live(_mine(guidance_id)[0])

    may()
    me, kind = f"expert-{current_account().id}", RoomKind.GUIDANCE
    return join_call(guidance_id, me, Part.EXPERT, json_data.sdp, kind, may=may)


@blueprint.post("/guidance/<int:guidance_id>/media/view")
@only(Role.EXPERT)
@blueprint.input(ViewIn)
@blueprint.output({}, status_code=204)
def answer_media(guidance_id: int, json_data: ViewIn) -> str:
    """The presenter's answer to the connection over which others would be shown."""
    found, account = _mine(guidance_id)
    sessions.must_be_live(found)
    answer_view(guidance_id, f"expert-{account.id}", json_data, RoomKind.GUIDANCE)
    return ""


@blueprint.post("/guidance/<int:guidance_id>/end")
@only(Role.EXPERT, Role.COORDINATOR)
@blueprint.output({}, status_code=204)
def end(guidance_id: int) -> str:
    """Off air, also for a presenter who is gone. The link is the replay from now on."""
    found, account = _mine(guidance_id)
    questions.finish(db.session, found)
    _over(found, GuidanceStatus.ENDED, account)
    return ""


@blueprint.patch("/guidance/<int:guidance_id>/questions/<int:question_id>")
@only(Role.EXPERT, Role.COORDINATOR)
@blueprint.input(QuestionPut)
@blueprint.output(GuidanceOut)
def put_question(guidance_id: int, question_id: int, json_data: QuestionPut) -> GuidanceOut:
    """A question is taken up, was answered, is hidden or shown again: by the presenter, or by the
    coordinator who assists."""
    found, _ = _mine(guidance_id)
    questions.put(db.session, found, question_id, json_data.status, at=utcnow())
    db.session.commit()
    tell_guidance(found.id, found.status)
    return _whole(found)


def _mine(guidance_id: int) -> tuple[GuidanceSession, Account]:
    account = current_account()
    return sessions.for_staff(db.session, guidance_id, account), account


def _over(guidance: GuidanceSession, to: GuidanceStatus, account: Account) -> None:
    """Said again, it moves nothing; it tells and hangs up once more, should that have been lost."""
    if guidance.status is not to:
        guidance.move(to, by=account.sign_in_name, at=utcnow())
    guidance_id = guidance.id
    db.session.commit()
    tell_guidance(guidance_id, to)
    hang_up(guidance_id, RoomKind.GUIDANCE)


def _row(guidance: GuidanceSession) -> GuidanceRow:
    item = guidance.item_type
    return GuidanceRow(
        id=guidance.id,
        title=guidance.title,
        title_en=guidance.title_en or guidance.title,
        item_type=item.name if item else "",
        item_type_en=(item.name_en or item.name) if item else "",
        presenter=guidance.presenter.name,
        starts_at=guidance.starts_at,
        recorded=guidance.recorded,
        status=guidance.status,
    )


def _whole(guidance: GuidanceSession) -> GuidanceOut:
    row = _row(guidance)
    asked = [_question(one) for one in questions.of_session(db.session, guidance)]
    found = GuidanceOut(
        **row.model_dump(),
        url=_url(guidance),
        code_url=f"/api/v1/guidance/{guidance.id}/code.svg",
        watching=0,
        questions=asked,
        relays=_relays(guidance),
    )
    if row.status is GuidanceStatus.LIVE:
        found.watching = watching(row.id, RoomKind.GUIDANCE)
    return found


def _question(one: GuidanceQuestion) -> QuestionOut:
    return QuestionOut(
        id=one.id,
        text=one.text,
        status=one.status,
        asked_at=one.created_at,
        taken_up_at=one.taken_up_at,
    )


def _url(guidance: GuidanceSession) -> str:
    """The token is in the fragment, as in every link of ours."""
    return f"{parts().settings.public_url.rstrip('/')}/g#{guidance.token}"


def _relays(guidance: GuidanceSession) -> list[RelayOut]:
    """For the presenter while the session is open; others read it too, and join nothing."""
    account = current_account()
    if account.role is not Role.EXPERT or guidance.status not in guidance.OPEN:
        return []
    found = relays_for(f"expert-{account.id}", parts().settings, at=utcnow())
    return [RelayOut.model_validate(one) for one in found]
