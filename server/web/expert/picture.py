"""What an expert does with the live picture from afar: the phone's camera."""

from __future__ import annotations

from apiflask import APIBlueprint

from server.clock import utcnow
from server.models.account import Role
from server.services import sessions, surveys
from server.services.cameras import Wish, within_reach
from server.web.access import current_account, only
from server.web.db import db
from server.web.expert.payload import CameraIn
from server.web.parts import parts
from server.web.sockets import tell_phone

blueprint = APIBlueprint("expert_picture", __name__, url_prefix="/api/v1", tag="Calls")


@blueprint.post("/surveys/<int:survey_id>/camera")
@only(Role.EXPERT)
@blueprint.input(CameraIn)
@blueprint.output({}, status_code=204)
def work_camera(survey_id: int, json_data: CameraIn) -> str:
    """Ask the phone for light, another zoom or its other camera; `camera.changed` answers."""
    account = current_account()
    survey = surveys.for_expert(db.session, survey_id, account)
    surveys.must_be_under_way(survey)
    session = sessions.of_survey(db.session, survey)
    parts().quick.keep(f"camera {account.id}", at=utcnow())
    wish = within_reach(parts().cameras.of(session.id), _wish(json_data))
    tell_phone(
        session.id,
        "camera.asked",
        request=json_data.request,
        torch=wish.torch,
        zoom=wish.zoom,
        switch=wish.switch,
    )
    return ""


def _wish(said: CameraIn) -> Wish:
    match said.what:
        case "torch":
            return Wish(torch=said.on)
        case "zoom":
            return Wish(zoom=said.zoom)
        case "switch":
            return Wish(switch=True)
