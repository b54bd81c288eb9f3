"""An observer of a call: in by a link, watching and listening once the applicant has agreed."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g, request

from inspection.media.engine import Role as Part
from server.clock import utcnow
from server.models.bureau import Bureau
from server.models.observer import Observer
from server.services import observing
from server.services.relays import relays_for
from server.web.access import anyone, current_observer, only_observer
from server.web.callers import (
    OBSERVER,
    cookie,
    csrf_of_observer,
    give_cookie,
    it_was_right,
    recognise,
    slow_down,
)
from server.web.calling import answer_view, join_call, put_out
from server.web.db import db
from server.web.observer.payload import Observed, ObserveIn, Stage
from server.web.parts import parts
from server.web.shapes import AnswerSdp, BureauOut, OfferIn, RelayOut, ViewIn
from server.web.sockets import socketio, tell_session

blueprint = APIBlueprint("observe", __name__, url_prefix="/api/v1", tag="Calls")


@blueprint.post("/observe")
@anyone
@blueprint.input(ObserveIn)
@blueprint.output(Observed)
def enter(json_data: ObserveIn) -> Any:
    """Exchange the link's token for a cookie. For everybody: the token is the proof."""
    slow_down("join")
    observer, grant = observing.accept_link(db.session, json_data.token, at=utcnow())
    it_was_right("join")
    db.session.commit()
    seconds = int((observer.expires_at - utcnow()).total_seconds())
    body = _seen_by(observer).model_dump(mode="json")
    return give_cookie(body, cookie(OBSERVER), grant, seconds=seconds)


@blueprint.get("/observe")
@only_observer
@blueprint.output(Observed)
def show_observed() -> Observed:
    """Everything the page shows, at any stage."""
    return _seen_by(current_observer())


@blueprint.post("/observe/media")
@only_observer
@blueprint.input(OfferIn)
@blueprint.output(AnswerSdp)
def join_media(json_data: OfferIn) -> AnswerSdp:
    """The browser's offer, to receive alone. From now on both sides see that they watch."""
    observer = current_observer()
    observer_id, session_id = observer.id, observer.session_id

    def may() -> None:
        observing.may_watch(db.session, _read_again(observer_id), at=utcnow())

    may()
    observing.came(observer, at=utcnow())
    db.session.commit()
    me = f"observer-{observer_id}"
    joined = join_call(session_id, me, Part.OBSERVER, json_data.sdp, may=may)
    tell_session(session_id)
    return joined


@blueprint.post("/observe/media/view")
@only_observer
@blueprint.input(ViewIn)
@blueprint.output({}, status_code=204)
def answer_media(json_data: ViewIn) -> str:
    """The browser's answer to the connection over which it is shown the call."""
    observer = current_observer()
    observing.may_watch(db.session, observer, at=utcnow())
    answer_view(observer.session_id, f"observer-{observer.id}", json_data)
    return ""


@socketio.on("disconnect")  # type: ignore[untyped-decorator]
def left(reason: object = None) -> None:
    """An observer whose page is gone watches no more: so nobody watches whom both sides think away.

    A page that merely lost its socket joins again by itself.
    """
    if request.args.get("as") != "observer":
        return
    db.begin_writing()
    recognise()
    observer = g.get("observer")
    if observer is not None:
        observer_id, session_id = observer.id, observer.session_id
        observing.went(observer, at=utcnow())
        db.session.commit()
        put_out(session_id, f"observer-{observer_id}")
        tell_session(session_id)
    db.session.rollback()


def _read_again(observer_id: int) -> Observer:
    db.session.expire_all()
    return db.session.get_one(Observer, observer_id)


def _seen_by(observer: Observer) -> Observed:
    session = observer.session
    visit, case = session.visit, session.visit.survey.case
    bureau = db.session.get_one(Bureau, session.bureau_id)
    stage = _stage(observer)
    found = relays_for(f"observer-{observer.id}", parts().settings, at=utcnow())
    return Observed(
        csrf=csrf_of_observer(observer),
        id=observer.id,
        name=observer.name,
        stage=stage,
        status=session.status,
        bureau=BureauOut(
            name=bureau.name, name_en=bureau.name_en or bureau.name, phone=bureau.phone
        ),
        premises=case.premises.name,
        item_type=case.item_type.name,
        item_type_en=case.item_type.name_en or case.item_type.name,
        officer=visit.round.lead.name,
        starts_at=visit.starts_at,
        relays=[RelayOut.model_validate(one) for one in found] if stage == "open" else [],
    )


def _stage(observer: Observer) -> Stage:
    session = observer.session
    if session.status not in session.OPEN:
        return "over"
    return "open" if observer.id in observing.agreed_to(db.session, session) else "asking"
