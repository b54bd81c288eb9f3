"""How many more calls the video service takes, seen before an applicant is told it is full."""

from __future__ import annotations

from apiflask import APIBlueprint

from server.models.account import Role
from server.web.access import only
from server.web.coordinator.payload import CapacityOut
from server.web.parts import parts

blueprint = APIBlueprint("coordinator_capacity", __name__, url_prefix="/api/v1", tag="Calls")


@blueprint.get("/capacity")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(CapacityOut)
def show_capacity() -> CapacityOut:
    """Of all workers that are there. How many calls are up is not said: they may be of others."""
    loads = parts().media.loads().values()
    return CapacityOut(
        workers=len(loads),
        fit=sum(load.fits for load in loads),
        disk_full=any(load.disk_full for load in loads),
    )
