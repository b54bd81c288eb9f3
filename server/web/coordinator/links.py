"""Join links, handed out again or taken back by the coordinator."""

from __future__ import annotations

from apiflask import APIBlueprint

from server.clock import utcnow
from server.errors import NotFound
from server.models.account import Role
from server.models.round import Visit
from server.models.session import InspectionSession
from server.services import sessions, surveys
from server.web.access import current_account, only
from server.web.calling import put_out
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
    session = call_of(visit_id)
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
    session = call_of(visit_id)
    sessions.revoke_links(db.session, session, at=utcnow())
    session_id = session.id
    db.session.commit()
    tell_phone(session_id, "revoked")
    put_out(session_id, f"applicant-{session_id}")
    return ""


def call_of(visit_id: int) -> InspectionSession:
    """The call of a visit that the caller may see.

    Raises:
        NotFound: no such visit, not theirs, or it is on site.
    """
    visit = db.session.get(Visit, visit_id)
    if visit is None:
        raise NotFound(f"visit {visit_id}")
    surveys.for_staff(db.session, visit.survey_id, current_account())
    session = sessions.of_visit(db.session, visit)
    if session is None:
        raise NotFound(f"visit {visit_id} is on site")
    return session
