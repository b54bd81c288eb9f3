"""Repairs (调整方案): proposed, looked at, accepted or discarded."""

from __future__ import annotations

from apiflask import APIBlueprint

from server.clock import utcnow
from server.models.account import Role
from server.models.bureau import Bureau
from server.services.notifying import invite_applicant, tell_new_time, tell_postponed
from server.services.planning import adopting, answering, finding, repairing
from server.services.planning.adopting import Promised
from server.services.planning.wishing import Wish
from server.services.scope import scope_of
from server.web.access import current_account, only
from server.web.coordinator.differences import repair_out
from server.web.coordinator.payload import AcceptedOut, PlanRef, RepairOrder, RepairOut
from server.web.db import db
from server.web.parts import parts
from server.web.sockets import tell_phone, tell_survey

blueprint = APIBlueprint("coordinator_repairs", __name__, url_prefix="/api/v1", tag="Repairs")


@blueprint.post("/repairs")
@only(Role.COORDINATOR)
@blueprint.input(RepairOrder)
@blueprint.output(RepairOut, status_code=201)
def propose_repair(json_data: RepairOrder) -> RepairOut:
    """The smallest change of what was promised that works again. Nothing is promised yet."""
    account = current_account()
    scope, by, bureau_id = scope_of(account), account.sign_in_name, account.bureau_id
    wish = json_data.wish
    question = repairing.ask(
        db.session,
        db.session.get_one(Bureau, bureau_id),
        first_day=json_data.first_day,
        last_day=json_data.last_day,
        at=utcnow(),
        calendar=parts().calendar,
        scope=scope,
        wish=Wish(wish.survey_id, wish.starts_at, wish.lead_id) if wish else None,
    )
    db.session.rollback()  # nobody waits for a transaction while others answer
    question = repairing.with_ways(question, parts().travel)
    proposal = repairing.think(question)
    made = repairing.propose(
        db.session, bureau_id, question, proposal, by=by, district_id=scope.district_id
    )
    db.session.commit()
    return repair_out(db.session, made, current_account())


@blueprint.get("/repairs/<int:repair_id>")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(RepairOut)
def show_repair(repair_id: int) -> RepairOut:
    """What it changes: who is moved from when to when, who else comes, who finds no place."""
    made = finding.repair(db.session, repair_id, current_account())
    return repair_out(db.session, made, current_account())


@blueprint.post("/repairs/<int:repair_id>/acceptance")
@only(Role.COORDINATOR)
@blueprint.output(AcceptedOut, status_code=201)
def accept_repair(repair_id: int) -> AcceptedOut:
    """Carry it out as proposed: book, cancel, and tell the applicants it concerns."""
    made = finding.repair(db.session, repair_id, current_account())
    at, settings = utcnow(), parts().settings
    adopted = adopting.adopt(
        db.session,
        made,
        by=current_account().sign_in_name,
        at=at,
        link_hours_after=settings.join_link_hours_after,
    )
    for told in adopted.moved:
        tell_new_time(db.session, told.visit, link_url=_link(told), at=at)
    for told in adopted.added:
        invite_applicant(db.session, told.visit, link_url=_link(told), at=at)
    for visit in adopted.lost:
        tell_postponed(db.session, visit, at=at)
    db.session.commit()
    for session_id in adopted.closed:
        tell_phone(session_id, "revoked")
    for visit in (*(told.visit for told in adopted.moved), *adopted.lost):
        tell_survey(visit.survey_id, visit.survey.version)
    return AcceptedOut(
        moved=len(adopted.moved),
        other_crew=adopted.other_crew,
        lost=len(adopted.lost),
        added=len(adopted.added),
        told=len(adopted.moved) + len(adopted.lost) + len(adopted.added),
    )


@blueprint.delete("/repairs/<int:repair_id>")
@only(Role.COORDINATOR)
@blueprint.output(PlanRef)
def discard_repair(repair_id: int) -> PlanRef:
    """Leave everything as it was promised."""
    made = finding.repair(db.session, repair_id, current_account())
    answering.discard(made, by=current_account().sign_in_name, at=utcnow())
    db.session.commit()
    return PlanRef.model_validate(made)


def _link(told: Promised) -> str | None:
    return told.invitation.url(parts().settings.public_url) if told.invitation else None
