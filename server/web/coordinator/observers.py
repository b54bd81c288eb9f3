"""Observers of a call: invited by the coordinator, and taken back."""

from __future__ import annotations

from apiflask import APIBlueprint

from server.clock import utcnow
from server.models.account import Role
from server.services import observing
from server.web.access import current_account, only
from server.web.calling import put_out
from server.web.coordinator.links import call_of
from server.web.coordinator.payload import ObserverIn, ObserverMade, Observers
from server.web.db import db
from server.web.idempotency import keep_secret
from server.web.observers import observers_of
from server.web.parts import parts
from server.web.sockets import tell_session

blueprint = APIBlueprint("coordinator_observers", __name__, url_prefix="/api/v1", tag="Calls")


@blueprint.get("/visits/<int:visit_id>/observers")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(Observers)
def list_observers(visit_id: int) -> Observers:
    """Who may watch this call, and who does."""
    return Observers(items=observers_of(call_of(visit_id)))


@blueprint.post("/visits/<int:visit_id>/observers")
@only(Role.COORDINATOR)
@blueprint.input(ObserverIn)
@blueprint.output(ObserverMade, status_code=201)
def invite_observer(visit_id: int, json_data: ObserverIn) -> ObserverMade:
    """A link for one observer, to hand out by hand. The applicant is told and asked."""
    session = call_of(visit_id)
    settings = parts().settings
    made, token = observing.invite(
        db.session,
        session,
        name=json_data.name,
        capacity=json_data.capacity,
        hours_after=settings.join_link_hours_after,
    )
    db.session.commit()
    tell_session(session.id)
    keep_secret()
    return ObserverMade(
        url=f"{settings.public_url.rstrip('/')}/o#{token}", expires_at=made.expires_at
    )


@blueprint.delete("/visits/<int:visit_id>/observers/<int:observer_id>")
@only(Role.COORDINATOR)
@blueprint.output({}, status_code=204)
def withdraw_observer(visit_id: int, observer_id: int) -> str:
    """The invitation is taken back; who watches is put out."""
    session = call_of(visit_id)
    observer = observing.one(db.session, session, observer_id)
    observing.withdraw(observer, by=current_account().sign_in_name, at=utcnow())
    session_id = session.id
    db.session.commit()
    put_out(session_id, f"observer-{observer_id}")
    tell_session(session_id)
    return ""
