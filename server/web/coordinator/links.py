"""Join links, handed out again or taken back by the coordinator."""

from __future__ import annotations

from contextlib import suppress

from apiflask import APIBlueprint

from server.clock import utcnow
from server.errors import MediaUnavailable, NotFound
from server.models.account import Role
from server.models.round import Visit
from server.models.session import InspectionSession
from server.services import sessions, surveys
from server.web.access import current_account, only
from server.web.coordinator.payload import LinkOut
from server.web.db import db
from server.web.idempotency import keep_secret
from server.web.parts import parts
from server.web.sockets import tell_phone

blueprint = APIBlueprint("coordinator_links", __name__, url_prefix="/api/v1", tag="Calls")


@blueprint.post("/visits/<int:visit_id>/link")
@only(Role.COORDINATOR)
@blueprint.output(LinkOut, status_code=201)
def make_link(visit_id: int) -> LinkOut:
    """A new join link to read out or send by hand. Links given before stop working."""
    session = _session(visit_id)
    settings = parts().settings
    made = sessions.invite(
        db.session, session, hours_after=settings.join_link_hours_after, at=utcnow()
    )
    db.session.commit()
    tell_phone(session.id, "revoked")
    keep_secret()
    return LinkOut(url=made.url(settings.public_url), expires_at=made.link.expires_at)


@blueprint.delete("/visits/<int:visit_id>/link")
@only(Role.COORDINATOR)
@blueprint.output({}, status_code=204)
def revoke_link(visit_id: int) -> str:
    """Close the door at once; who is inside is put out."""
    session = _session(visit_id)
    sessions.revoke_links(db.session, session, at=utcnow())
    room, session_id = session.room, session.id
    db.session.commit()
    tell_phone(session_id, "revoked")
    with suppress(MediaUnavailable):  # no worker, no call to be put out of
        parts().media.leave(room, f"applicant-{session_id}")
    return ""


def _session(visit_id: int) -> InspectionSession:
    visit = db.session.get(Visit, visit_id)
    if visit is None:
        raise NotFound(f"visit {visit_id}")
    surveys.for_staff(db.session, visit.survey_id, current_account())
    session = sessions.of_visit(db.session, visit)
    if session is None:
        raise NotFound(f"visit {visit_id} is on site")
    return session
