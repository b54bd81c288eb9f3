"""Leave, as coordinators hear of it in the morning."""

from __future__ import annotations

from apiflask import APIBlueprint

from server.clock import utcnow
from server.models.account import Role
from server.services import leave
from server.web.access import current_account, only
from server.web.coordinator.payload import AbsenceOut, LeaveIn
from server.web.db import db

blueprint = APIBlueprint("coordinator_leave", __name__, url_prefix="/api/v1", tag="Experts")


@blueprint.post("/experts/<int:expert_id>/absences")
@only(Role.COORDINATOR)
@blueprint.input(LeaveIn)
@blueprint.output(AbsenceOut, status_code=201)
def record_leave(expert_id: int, json_data: LeaveIn) -> AbsenceOut:
    """Away on whole days. What was promised stays until a repair is accepted."""
    absence = leave.record(
        db.session,
        current_account(),
        expert_id,
        kind=json_data.kind,
        first_day=json_data.first_day,
        last_day=json_data.last_day,
        at=utcnow(),
    )
    db.session.commit()
    return AbsenceOut.model_validate(absence)


@blueprint.delete("/absences/<int:absence_id>")
@only(Role.COORDINATOR)
@blueprint.output({}, status_code=204)
def take_leave_back(absence_id: int) -> str:
    """Back at work, or never away."""
    leave.take_back(db.session, current_account(), absence_id)
    db.session.commit()
    return ""
