"""Socket.IO: hints that something changed; pages fetch what. The protocol: docs/signalling.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, g, request
from flask_socketio import ConnectionRefusedError, SocketIO, join_room

from inspection.media.engine import RoomKind
from server.clock import utcnow
from server.errors import Refused
from server.models.account import Role
from server.models.guidance import GuidanceStatus
from server.models.session import InspectionSession
from server.services import guidance, surveys
from server.services.placing import Place
from server.services.presence import Hindered, Hindrance, Quality, Side
from server.web.access import Guard, allow, current_account
from server.web.callers import recognise
from server.web.db import db
from server.web.parts import parts

socketio = SocketIO()

#: Every event a client may send, with its guard. The access matrix test reads it.
EVENTS: dict[str, Guard] = {}

#: Seconds between two looks for people who fell silent.
LISTEN_SECONDS = 1.0


def event(name: str, guard: Guard) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a handler that only runs for callers the guard lets through, and never raises."""

    def register(handler: Callable[..., Any]) -> Callable[..., Any]:
        EVENTS[name] = guard

        def guarded(message: object = None) -> dict[str, Any]:
            recognise()  # a sign-in may have ended, a link been revoked, since the last event
            try:
                allow(guard)
                handler(message if isinstance(message, dict) else {})
            except Refused as refused:
                return {"code": refused.code}
            finally:
                db.session.rollback()
            return {"code": "ok"}

        socketio.on_event(name, guarded)
        return handler

    return register


STAFF = Guard(frozenset({Role.EXPERT, Role.COORDINATOR, Role.SUPERVISOR}))
BOTH_SIDES = Guard(frozenset({Role.EXPERT}), applicant=True)


@socketio.on("connect")  # type: ignore[untyped-decorator]
def connect(auth: object = None) -> None:
    recognise()
    try:
        if request.args.get("as") == "observer":
            if "observer" not in g:
                raise ConnectionRefusedError("not_signed_in")
            join_room(_observers(g.observer.session_id))
        elif ("join_link" in g and "account" not in g) or _as_phone():
            link = g.get("join_link")
            if link is None:
                raise ConnectionRefusedError("not_signed_in")
            join_room(_phone(link.session_id))
        elif "account" not in g:
            raise ConnectionRefusedError("not_signed_in")
    finally:
        db.session.rollback()


@event("watch", STAFF)
def watch(message: dict[str, Any]) -> None:
    """Hear when this survey changes."""
    survey = surveys.for_staff(db.session, number_in(message, "survey"), current_account())
    join_room(_survey(survey.id))


@event("follow", STAFF)
def follow(message: dict[str, Any]) -> None:
    """Hear when this guidance session changes."""
    found = guidance.for_staff(db.session, number_in(message, "guidance"), current_account())
    join_room(_guidance(found.id))


@event("beat", BOTH_SIDES)
def beat(message: dict[str, Any]) -> None:
    """Still here, and the link is so."""
    quality = Quality(message["quality"]) if message.get("quality") in set(Quality) else None
    if quality is None:
        return
    side, session_id = _whose_beat(message)
    if session_id is None:
        return
    news = parts().presence.beat(session_id, side, quality, at=utcnow())
    if side is Side.APPLICANT:
        news = parts().presence.hinder(session_id, _hindered(message)) or news
    if news:
        tell_session(session_id)


def _hindered(message: dict[str, Any]) -> Hindered:
    by = message.get("hindered")
    known = Hindrance(by) if isinstance(by, str) and by in set(Hindrance) else Hindrance.NOTHING
    return Hindered(known, max(0, number_in(message, "waiting")))


def _whose_beat(message: dict[str, Any]) -> tuple[Side, int | None]:
    if _as_phone() or "account" not in g:
        return Side.APPLICANT, g.join_link.session_id
    session = db.session.get(InspectionSession, number_in(message, "session"))
    if session is None:
        return Side.EXPERT, None
    surveys.for_expert(db.session, session.visit.survey_id, current_account())
    return Side.EXPERT, session.id


# --- what the server tells ------------------------------------------------------------------


def tell_survey(survey_id: int, version: int) -> None:
    """Everybody who watches this survey fetches it again."""
    socketio.emit(
        "survey.changed", {"survey": survey_id, "version": version}, to=_survey(survey_id)
    )


def tell_session(session_id: int) -> None:
    """Both sides hear who is there."""
    session = db.session.get(InspectionSession, session_id)
    if session is None:
        return
    present, at = parts().presence, utcnow()
    applicant = present.quality(session_id, Side.APPLICANT, at=at)
    message = {
        "session": session_id,
        "status": session.status,
        "applicant_present": applicant is not None,
        "expert_present": present.quality(session_id, Side.EXPERT, at=at) is not None,
        "applicant_quality": applicant,
    }
    socketio.emit("session.changed", message, to=_phone(session_id))
    socketio.emit("session.changed", message, to=_survey(session.visit.survey_id))
    socketio.emit("session.changed", message, to=_observers(session_id))


def tell_phone(session_id: int, what: str, **message: Any) -> None:
    """A word to the applicant's phone: `still.requested`, `point.shown`, `revoked`."""
    socketio.emit(what, message, to=_phone(session_id))


def tell_watchers(survey_id: int, what: str, *, but: str | None = None, **message: Any) -> None:
    """A word to the staff who watch a survey, except the connection that said it itself."""
    socketio.emit(what, message, to=_survey(survey_id), skip_sid=but)


def tell_guidance(guidance_id: int, status: GuidanceStatus) -> None:
    """Staff who follow a guidance session fetch it again; viewers ask by themselves."""
    message = {"guidance": guidance_id, "status": status}
    socketio.emit("guidance.changed", message, to=_guidance(guidance_id))


def tell_to_join_again(place: Place) -> None:
    """The call begins anew, since its media worker was replaced: pages need not wait to notice."""
    if place.kind is RoomKind.GUIDANCE:
        rooms = [_guidance(place.session_id)]
    else:
        session = db.session.get(InspectionSession, place.session_id)
        rooms = _of_call(session) if session else []
        db.session.rollback()
    for room in rooms:
        socketio.emit("media.renewed", {"epoch": place.epoch}, to=room)


def _of_call(session: InspectionSession) -> list[str]:
    return [_phone(session.id), _survey(session.visit.survey_id), _observers(session.id)]


def number_in(message: dict[str, Any], name: str) -> int:
    """An id that a page sent; 0, which nothing has, if it sent anything else."""
    value = message.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def tell_of_disk(session_id: int, *, full: bool) -> None:
    """The call's recording stopped for want of room, or goes on."""
    session = db.session.get(InspectionSession, session_id)
    if session is not None:
        for where in (_phone(session_id), _survey(session.visit.survey_id)):
            socketio.emit("recording.changed", {"disk_full": full}, to=where)


def listen_for_silence(app: Flask) -> None:
    """Notice who fell silent, and say so; runs for ever in a thread of the web process."""
    while True:
        socketio.sleep(LISTEN_SECONDS)
        with app.app_context():
            for session_id, _ in parts().presence.silent(at=utcnow()):
                tell_session(session_id)
            db.session.rollback()


def _as_phone() -> bool:
    """A phone's page says so when it connects: one browser may hold both cookies (the demo)."""
    return request.args.get("as") == "phone"


def _survey(survey_id: int) -> str:
    return f"survey:{survey_id}"


def _phone(session_id: int) -> str:
    return f"phone:{session_id}"


def _observers(session_id: int) -> str:
    return f"observers:{session_id}"


def _guidance(guidance_id: int) -> str:
    return f"guidance:{guidance_id}"
