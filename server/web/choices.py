"""What a bureau chooses for itself: seen by its staff, changed by its administrator."""

from __future__ import annotations

from apiflask import APIBlueprint
from pydantic import BaseModel, Field, StrictInt

from server.clock import utcnow
from server.models.account import Role
from server.models.bureau import Bureau
from server.services import choosing
from server.web.access import current_account, only
from server.web.db import db
from server.web.shapes import Out

blueprint = APIBlueprint("choices", __name__, url_prefix="/api/v1", tag="Bureau")

#: A hundred years.
MOST_MONTHS = 1200


class ChoicesIn(BaseModel):
    """What is left out stays as it is."""

    records_calls: bool | None = None
    video_officers: int | None = Field(None, ge=1, le=2)
    on_site_grid: StrictInt | None = None
    recordings_kept_months: int | None = Field(None, ge=1, le=MOST_MONTHS)


class ChoicesOut(Out):
    """`records_calls`: of those who are invited from now on.

    `video_officers`: who carry out a video survey and sign, one or two.

    `on_site_grid`: surveys on site start at full multiples of so many minutes: 1, 5, 10, 15 or 30.

    `recordings_kept_months`: after a case was closed; of calls whose applicants were told of a time
    before, that one holds. None: not decided.
    """

    records_calls: bool
    video_officers: int
    on_site_grid: int
    recordings_kept_months: int | None


@blueprint.get("/bureau-settings")
@only(Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
@blueprint.output(ChoicesOut)
def show_choices() -> ChoicesOut:
    return ChoicesOut.model_validate(_bureau())


@blueprint.patch("/bureau-settings")
@only(Role.ADMINISTRATOR, whole_bureau=True)
@blueprint.input(ChoicesIn)
@blueprint.output(ChoicesOut)
def choose(json_data: ChoicesIn) -> ChoicesOut:
    """Each change is written down with who made it."""
    bureau, by, at = _bureau(), current_account().sign_in_name, utcnow()
    if "recordings_kept_months" in json_data.model_fields_set:
        months = json_data.recordings_kept_months
        choosing.keep_recordings(db.session, bureau, months, by=by, at=at)
    if json_data.records_calls is not None:
        choosing.record_calls(db.session, bureau, json_data.records_calls, by=by, at=at)
    if json_data.video_officers is not None:
        choosing.officers_by_video(db.session, bureau, json_data.video_officers, by=by, at=at)
    if json_data.on_site_grid is not None:
        choosing.on_site_grid(db.session, bureau, json_data.on_site_grid, by=by, at=at)
    db.session.commit()
    return ChoicesOut.model_validate(bureau)


def _bureau() -> Bureau:
    return db.session.get_one(Bureau, current_account().bureau_id)
