"""A viewer of a guidance session: in by its link, watching, asking, looking again afterwards."""

from __future__ import annotations

import io
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request, send_file

from inspection.media.engine import Role as Part
from inspection.media.engine import RoomKind
from server.adapters.media import CallFull
from server.clock import utcnow
from server.errors import NotFound
from server.models.bureau import Bureau
from server.models.guidance import GuidanceStatus, GuidanceStretch, QuestionStatus
from server.services import guidance as sessions
from server.services import questions, replaying, watching
from server.services.relays import relays_for
from server.services.watching import Viewer
from server.web.access import anyone, current_viewer, only_viewer
from server.web.callers import csrf_of_viewer, give_cookie, viewer_cookie
from server.web.calling import answer_view, join_call
from server.web.db import db
from server.web.idempotency import keep_secret
from server.web.parts import parts
from server.web.shapes import AnswerSdp, BureauOut, OfferIn, RelayOut, ViewIn
from server.web.sockets import tell_guidance
from server.web.viewer.payload import (
    QuestionIn,
    ReplayMoment,
    ReplayOut,
    ReplayStretch,
    SeenQuestion,
    Watched,
    WatchIn,
)

blueprint = APIBlueprint("watch", __name__, url_prefix="/api/v1", tag="Guidance")

#: A browser stays the same viewer for a month, which is longer than anybody asks again.
COOKIE_SECONDS = 30 * 24 * 3600


@blueprint.post("/watch")
@anyone
@blueprint.input(WatchIn)
@blueprint.output(Watched)
def enter(json_data: WatchIn) -> Any:
    """Exchange the link's token for a cookie. For everybody: the link is the invitation."""
    viewer, grant = watching.let_in(db.session, json_data.token, request.cookies.values())
    body = _seen_by(viewer).model_dump(mode="json")
    name = viewer_cookie(viewer.guidance.id)
    return give_cookie(body, name, grant, seconds=COOKIE_SECONDS)


@blueprint.get("/watch/<int:guidance_id>")
@only_viewer
@blueprint.output(Watched)
def show_watched(guidance_id: int) -> Watched:
    """Everything the page shows, at any stage."""
    return _seen_by(current_viewer())


@blueprint.post("/watch/<int:guidance_id>/media")
@only_viewer
@blueprint.input(OfferIn)
@blueprint.output(AnswerSdp)
def join_media(guidance_id: int, json_data: OfferIn) -> AnswerSdp:
    """The browser's offer, to receive alone. Said again, it replaces the earlier."""
    viewer = current_viewer()

    def may() -> None:
        sessions.must_be_live(viewer.guidance)

    may()
    keep_secret()  # hundreds come at once, and each comes again by itself: nothing to remember
    me = f"viewer-{viewer.key}"
    try:
        kind = RoomKind.GUIDANCE
        return join_call(guidance_id, me, Part.OBSERVER, json_data.sdp, kind, may=may)
    except CallFull as full:
        raise CallFull(full.detail, cause="viewers") from full


@blueprint.post("/watch/<int:guidance_id>/media/view")
@only_viewer
@blueprint.input(ViewIn)
@blueprint.output({}, status_code=204)
def answer_media(guidance_id: int, json_data: ViewIn) -> str:
    """The browser's answer to the connection over which it is shown the presenter."""
    viewer = current_viewer()
    sessions.must_be_live(viewer.guidance)
    keep_secret()  # as above
    answer_view(guidance_id, f"viewer-{viewer.key}", json_data, RoomKind.GUIDANCE)
    return ""


@blueprint.post("/watch/<int:guidance_id>/questions")
@only_viewer
@blueprint.input(QuestionIn)
@blueprint.output(Watched, status_code=201)
def ask(guidance_id: int, json_data: QuestionIn) -> Watched:
    """One question; the presenter and everybody who watches see it, and nobody sees who asked."""
    viewer = current_viewer()
    questions.ask(db.session, viewer, json_data.text, agreed_to=json_data.agreed_to, at=utcnow())
    db.session.commit()
    tell_guidance(guidance_id, viewer.guidance.status)
    return _seen_by(viewer)


@blueprint.get("/watch/<int:guidance_id>/recordings/<int:replay_id>")
@only_viewer
@blueprint.output({}, content_type="video/webm")
def replay(guidance_id: int, replay_id: int) -> Response:
    """One file of the replay, in ranges if asked. Matroska, which browsers know as WebM."""
    stretch = db.session.get(GuidanceStretch, replay_id)
    if stretch is None or stretch.guidance_id != guidance_id:
        raise NotFound(f"recording {replay_id}")
    return send_file(
        io.BytesIO(parts().files.open(stretch.sha256)),
        mimetype="video/webm",
        etag=stretch.sha256,
        conditional=True,
    )


def _seen_by(viewer: Viewer) -> Watched:
    guidance = viewer.guidance
    item = guidance.item_type
    bureau = db.session.get_one(Bureau, guidance.bureau_id)
    asked = questions.of_session(db.session, guidance)
    return Watched(
        csrf=csrf_of_viewer(viewer),
        id=guidance.id,
        ask_again=parts().audience.ask_again(viewer, at=utcnow()),
        status=guidance.status,
        title=guidance.title,
        title_en=guidance.title_en or guidance.title,
        item_type=item.name if item else "",
        item_type_en=(item.name_en or item.name) if item else "",
        bureau=BureauOut(
            name=bureau.name, name_en=bureau.name_en or bureau.name, phone=bureau.phone
        ),
        presenter=guidance.presenter.name,
        starts_at=guidance.starts_at,
        recorded=guidance.recorded,
        questions=[
            SeenQuestion(
                id=one.id,
                text=one.text,
                status=one.status,
                asked_at=one.created_at,
                mine=one.asker == viewer.key,
            )
            for one in asked
            if one.status is not QuestionStatus.HIDDEN
        ],
        longest_question=questions.LONGEST,
        consent_version=questions.CONSENT_VERSION,
        replay=_replay(viewer) if guidance.status is GuidanceStatus.ENDED else None,
        relays=_relays(viewer),
    )


def _replay(viewer: Viewer) -> ReplayOut | None:
    guidance = viewer.guidance
    if not guidance.recorded:
        return None
    stretches = replaying.stretches_of(db.session, guidance)
    asked = questions.of_session(db.session, guidance)
    return ReplayOut(
        stretches=[
            ReplayStretch(
                id=one.id,
                starts_at=one.starts_at,
                seconds=one.seconds,
                width=one.width,
                height=one.height,
                url=f"/api/v1/watch/{guidance.id}/recordings/{one.id}",
            )
            for one in stretches
        ],
        moments=[
            ReplayMoment(question=one.question_id, stretch_id=one.stretch_id, seconds=one.seconds)
            for one in replaying.moments_of(asked, stretches)
        ],
        may_grow=replaying.may_grow(db.session, guidance, at=utcnow()),
    )


def _relays(viewer: Viewer) -> list[RelayOut]:
    """For whoever may join now, and nobody else."""
    if viewer.guidance.status is not GuidanceStatus.LIVE:
        return []
    found = relays_for(f"viewer-{viewer.key}", parts().settings, at=utcnow())
    return [RelayOut.model_validate(one) for one in found]
