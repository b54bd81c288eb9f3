"""A bureau's scripts: which are in force, and new ones from Excel to publication by two people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from apiflask.fields import File
from apiflask.schemas import Schema
from flask import Response
from pydantic import BaseModel, Field, StringConstraints

from inspection.checklist.comparison import Kind, compared
from inspection.checklist.confirming import ToConfirm, What
from inspection.checklist.faults import ScriptRefused
from inspection.checklist.script import Script
from inspection.checklist.workbook import workbook_of
from server.clock import local_day, utcnow
from server.errors import NoScript, ScriptFaulty
from server.models.account import Role
from server.models.publication import PublicationStatus, ScriptConfirmation, ScriptPublication
from server.services import publishing
from server.services.publishing import Standing
from server.services.script_versions import script_of
from server.web.access import current_account, only
from server.web.db import db
from server.web.documents import XLSX
from server.web.parts import parts
from server.web.scripts import script_json, words
from server.web.shapes import Out, Words

blueprint = APIBlueprint("scripts", __name__, url_prefix="/api/v1", tag="Scripts")

STAFF = (Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
#: Two of these publish a script.
HANDS = (Role.COORDINATOR, Role.ADMINISTRATOR)


class WorkbookForm(Schema):
    file = File(required=True)  # type: ignore[no-untyped-call]


class PublicationOut(Out):
    """One version; `first_day` is the first on which surveys begin with it."""

    id: int
    version: str
    status: PublicationStatus
    file: str
    uploaded_by: str
    uploaded_at: datetime
    proposed_by: str
    published_by: str
    published_at: datetime | None
    first_day: date | None


class ToConfirmOut(Out):
    what: What
    name: str
    title: Words
    says: Words
    sha256: str


class ConfirmedOut(Out):
    """Who says that it is right, since when, and where they looked it up."""

    what: What
    name: str
    title: Words
    by_name: str
    at: datetime
    note: str


class StandingOut(Out):
    """`id` is the item type's. `version` is in force today; "" where there is no script."""

    id: int
    code: str
    name: str
    name_en: str
    script: str
    version: str
    points: int
    publication: PublicationOut | None
    coming: list[PublicationOut]
    on_its_way: PublicationOut | None
    to_confirm: int


class StandingsOut(Out):
    items: list[StandingOut]


class CellOut(Out):
    column: str
    before: str
    now: str


class DifferenceOut(Out):
    sheet: str
    row: str
    kind: Kind
    cells: list[CellOut]


class ScriptOut(StandingOut):
    """`in_force` and `newest` as the officers' pages get them; `differences` between the two."""

    in_force: dict[str, Any] | None
    newest: dict[str, Any] | None
    differences: list[DifferenceOut]
    open: list[ToConfirmOut]
    confirmed: list[ConfirmedOut]


class ConfirmationIn(BaseModel):
    """`sha256`: of what was seen, as given with what is open. `note`: where it was looked up."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class PublishIn(BaseModel):
    first_day: date


@blueprint.get("/scripts")
@only(*STAFF)
@blueprint.output(StandingsOut)
def list_scripts() -> StandingsOut:
    """Every item type of the bureau, and how its script stands."""
    found = publishing.standings(db.session, current_account(), parts().scripts, day=_today())
    return StandingsOut(items=[StandingOut(**_standing(one)) for one in found])


@blueprint.get("/scripts/<int:item_id>")
@only(*STAFF)
@blueprint.output(ScriptOut)
def show_script(item_id: int) -> ScriptOut:
    """One script: in force, on its way, what differs, and what is still to be confirmed."""
    return _script_out(_of(item_id))


@blueprint.get("/scripts/<int:item_id>/workbook")
@only(*STAFF)
def take_workbook(item_id: int) -> Response:
    """What is in force, as a workbook to edit."""
    script = _of(item_id).script
    if script is None:
        raise NoScript(f"item type {item_id}")
    name = f"{script.key.rpartition('/')[2]}-{script.version}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(workbook_of(script.content), mimetype=XLSX, headers=headers)


@blueprint.post("/scripts/<int:item_id>/drafts")
@only(*HANDS, whole_bureau=True)
@blueprint.input(WorkbookForm, location="files")
@blueprint.output(ScriptOut, status_code=201)
def upload(item_id: int, files_data: dict[str, Any]) -> ScriptOut:
    """A workbook becomes a draft, unless something is wrong with it: then nothing is kept."""
    file, account = files_data["file"], current_account()
    try:
        publishing.take_in(
            db.session,
            account,
            _of(item_id).item_type,
            file.read(),
            file=(file.filename or "")[:200],
            scripts=parts().scripts,
            at=utcnow(),
        )
    except ScriptRefused as refused:
        raise _faulty(refused) from refused
    db.session.commit()
    return _script_out(_of(item_id))


@blueprint.post("/scripts/<int:item_id>/confirmations")
@only(*HANDS, whole_bureau=True)
@blueprint.input(ConfirmationIn)
@blueprint.output(ScriptOut, status_code=201)
def confirm(item_id: int, json_data: ConfirmationIn) -> ScriptOut:
    """Somebody has looked it up, and says by name that it is right for this bureau."""
    newest, account = _newest(_of(item_id)), current_account()
    if newest is None:
        raise NoScript(f"item type {item_id}")
    publishing.confirm(
        db.session, account, newest, json_data.sha256, note=json_data.note, at=utcnow()
    )
    db.session.commit()
    return _script_out(_of(item_id))


@blueprint.post("/script-publications/<int:publication_id>/proposal")
@only(*HANDS, whole_bureau=True)
@blueprint.output({}, status_code=204)
def propose(publication_id: int) -> str:
    """Ask a second person to publish it."""
    publishing.propose(db.session, current_account(), publication_id, at=utcnow())
    db.session.commit()
    return ""


@blueprint.post("/script-publications/<int:publication_id>/publication")
@only(*HANDS, whole_bureau=True)
@blueprint.input(PublishIn)
@blueprint.output({}, status_code=204)
def publish(publication_id: int, json_data: PublishIn) -> str:
    """In force for surveys that begin on the first day or later."""
    publishing.publish(
        db.session, current_account(), publication_id, first_day=json_data.first_day, at=utcnow()
    )
    db.session.commit()
    return ""


@blueprint.delete("/script-publications/<int:publication_id>")
@only(*HANDS, whole_bureau=True)
@blueprint.output({}, status_code=204)
def withdraw(publication_id: int) -> str:
    """It is not going to be published."""
    publishing.withdraw(db.session, current_account(), publication_id, at=utcnow())
    db.session.commit()
    return ""


def _today() -> date:
    return local_day(utcnow())


def _of(item_id: int) -> Standing:
    return publishing.standing_of(
        db.session, current_account(), item_id, parts().scripts, day=_today()
    )


def _newest(standing: Standing) -> Script | None:
    on_its_way = standing.on_its_way
    return script_of(on_its_way.script_version) if on_its_way else standing.script


def _standing(standing: Standing) -> dict[str, Any]:
    item_type, script = standing.item_type, standing.script
    return {
        "id": item_type.id,
        "code": item_type.code,
        "name": item_type.name,
        "name_en": item_type.name_en or item_type.name,
        "script": item_type.script,
        "version": script.version if script else "",
        "points": len(script.points) if script else 0,
        "publication": _publication(standing.publication),
        "coming": [_publication(one) for one in standing.coming],
        "on_its_way": _publication(standing.on_its_way),
        "to_confirm": len(standing.open),
    }


def _script_out(standing: Standing) -> ScriptOut:
    script, newest = standing.script, _newest(standing)
    differences = compared(script, newest) if script and newest else []
    return ScriptOut(
        **_standing(standing),
        in_force=script_json(script) if script else None,
        newest=script_json(newest) if newest else None,
        differences=[DifferenceOut.model_validate(one) for one in differences],
        open=[_to_confirm(one) for one in standing.open],
        confirmed=[_confirmed(*one) for one in standing.confirmed],
    )


def _publication(found: ScriptPublication | None) -> PublicationOut | None:
    if found is None:
        return None
    return PublicationOut(
        id=found.id,
        version=found.script_version.version,
        status=found.status,
        file=found.file,
        uploaded_by=found.uploaded_by,
        uploaded_at=found.uploaded_at,
        proposed_by=found.proposed_by,
        published_by=found.published_by,
        published_at=found.published_at,
        first_day=found.effective_from,
    )


def _to_confirm(one: ToConfirm) -> ToConfirmOut:
    title, says = Words(**words(one.title)), Words(**words(one.says))
    return ToConfirmOut(what=one.what, name=one.name, title=title, says=says, sha256=one.sha256)


def _confirmed(one: ToConfirm, confirmation: ScriptConfirmation) -> ConfirmedOut:
    return ConfirmedOut(
        what=one.what,
        name=one.name,
        title=Words(**words(one.title)),
        by_name=confirmation.by_name,
        at=confirmation.at,
        note=confirmation.note,
    )


def _faulty(refused: ScriptRefused) -> ScriptFaulty:
    faults = [
        {"row": fault.row, "problem": words(fault.problem), "cure": words(fault.cure)}
        for fault in refused.faults
    ]
    return ScriptFaulty(str(refused)[:500], n=len(faults), faults=faults[:200])
