"""How long recordings are kept, what is due, and its end: proposed by one, confirmed by another.

An administrator may be the second person: they are told numbers and dates, nothing of the place.
"""

from __future__ import annotations

from datetime import date, datetime

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.clock import utcnow
from server.models.account import Role
from server.models.bureau import Bureau
from server.models.case import Case
from server.models.recording import Side
from server.models.retention import Disposal, DisposalStatus
from server.services import retention
from server.web.access import current_account, only
from server.web.db import db
from server.web.names import name_of
from server.web.paging import page
from server.web.shapes import Id, Out

blueprint = APIBlueprint("retention", __name__, url_prefix="/api/v1", tag="Recordings")

STAFF = (Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
HANDS = (Role.COORDINATOR, Role.ADMINISTRATOR)


class PageQuery(BaseModel):
    cursor: str = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=200)


class ProposalIn(BaseModel):
    case_ids: list[Id] = Field(min_length=1, max_length=200)


class HoldIn(BaseModel):
    reason: str = Field(min_length=1, max_length=500)


class HoldOut(Out):
    reason: str
    by: str
    by_name: str
    at: datetime


class DisposalOut(Out):
    """`months` after `closed_at` is the rule by which it is deleted."""

    id: int
    case_id: int
    number: str
    status: DisposalStatus
    months: int
    closed_at: datetime
    proposed_by: str
    proposed_by_name: str
    proposed_at: datetime
    confirmed_by: str
    confirmed_by_name: str
    confirmed_at: datetime | None
    done_at: datetime | None


class DisposedFileOut(Out):
    """`shared`: another record has the same file, so it was not deleted."""

    side: Side
    name: str
    sha256: str
    bytes: int
    starts_at: datetime
    seconds: float
    gone_at: datetime | None
    shared: bool


class WholeDisposalOut(DisposalOut):
    files: list[DisposedFileOut]


class Disposals(Out):
    items: list[DisposalOut]
    next: str | None


class KeptOut(Out):
    """The recordings of one case: `id`. From `due_on` (local) on they may be deleted."""

    id: int
    number: str
    item_type: str
    item_type_en: str
    closed_at: datetime | None
    due_on: date | None
    calls: int
    files: int
    bytes: int
    hold: HoldOut | None
    disposals: list[DisposalOut]


class KeptList(Out):
    """`months`: what the bureau chose; None: nothing is due."""

    months: int | None
    items: list[KeptOut]
    next: str | None


@blueprint.get("/recordings-due")
@only(*STAFF)
@blueprint.input(PageQuery, location="query")
@blueprint.output(KeptList)
def list_due(query_data: PageQuery) -> KeptList:
    """Cases whose recordings are due, and those on hold."""
    account = current_account()
    query = retention.listing(db.session, account, at=utcnow())
    found = page(db.session, query, (Case.id,), cursor=query_data.cursor, limit=query_data.limit)
    return KeptList(
        months=db.session.get_one(Bureau, account.bureau_id).recordings_kept_months,
        items=[_kept(one) for one in retention.describe(db.session, found.items)],
        next=found.next,
    )


@blueprint.get("/cases/<int:case_id>/recordings")
@only(*STAFF)
@blueprint.output(KeptOut)
def show_kept(case_id: int) -> KeptOut:
    """What is kept of one case, whether it is due or not."""
    return _of_case(case_id)


@blueprint.post("/cases/<int:case_id>/recording-hold")
@only(Role.COORDINATOR)
@blueprint.input(HoldIn)
@blueprint.output(KeptOut, status_code=201)
def hold(case_id: int, json_data: HoldIn) -> KeptOut:
    """Nothing recorded of the case is deleted until the hold is lifted."""
    reason, account = json_data.reason, current_account()
    retention.hold(db.session, account, case_id, reason=reason, at=utcnow())
    db.session.commit()
    return _of_case(case_id)


@blueprint.delete("/cases/<int:case_id>/recording-hold")
@only(Role.COORDINATOR)
@blueprint.output({}, status_code=204)
def lift_hold(case_id: int) -> str:
    retention.lift(db.session, current_account(), case_id, at=utcnow())
    db.session.commit()
    return ""


@blueprint.get("/disposals")
@only(*STAFF)
@blueprint.input(PageQuery, location="query")
@blueprint.output(Disposals)
def list_disposals(query_data: PageQuery) -> Disposals:
    """What was proposed and what became of it, the newest first."""
    asked, query = query_data, retention.disposals(current_account())
    found = page(
        db.session, query, (Disposal.id,), cursor=asked.cursor, limit=asked.limit, newest_first=True
    )
    return Disposals(items=[_disposal(one) for one in found.items], next=found.next)


@blueprint.get("/disposals/<int:disposal_id>")
@only(*STAFF)
@blueprint.output(WholeDisposalOut)
def show_disposal(disposal_id: int) -> WholeDisposalOut:
    """With every file that was deleted and its digest."""
    found = retention.one(db.session, current_account(), disposal_id)
    files = [DisposedFileOut.model_validate(one) for one in retention.files_of(db.session, found)]
    return WholeDisposalOut(**_disposal(found).model_dump(), files=files)


@blueprint.post("/disposals")
@only(*HANDS)
@blueprint.input(ProposalIn)
@blueprint.output(Disposals, status_code=201)
def propose(json_data: ProposalIn) -> Disposals:
    """Propose to delete what was recorded of these cases: of all, or of none."""
    account = current_account()
    proposed = retention.propose(db.session, account, json_data.case_ids, at=utcnow())
    db.session.commit()
    return Disposals(items=[_disposal(one) for one in proposed], next=None)


@blueprint.post("/disposals/<int:disposal_id>/confirmation")
@only(*HANDS)
@blueprint.output(DisposalOut)
def confirm(disposal_id: int) -> DisposalOut:
    """By somebody else than who proposed it: nothing of the recordings can be seen any more."""
    confirmed = retention.confirm(db.session, current_account(), disposal_id, at=utcnow())
    db.session.commit()
    return _disposal(confirmed)


@blueprint.post("/disposals/<int:disposal_id>/withdrawal")
@only(*HANDS)
@blueprint.output(DisposalOut)
def withdraw(disposal_id: int) -> DisposalOut:
    """Not to be deleted after all: by who proposed it, or by the second person."""
    withdrawn = retention.withdraw(db.session, current_account(), disposal_id, at=utcnow())
    db.session.commit()
    return _disposal(withdrawn)


def _of_case(case_id: int) -> KeptOut:
    case = retention.case_of(db.session, current_account(), case_id)
    (kept,) = retention.describe(db.session, [case])
    return _kept(kept)


def _kept(kept: retention.Kept) -> KeptOut:
    case = kept.case
    return KeptOut(
        id=case.id,
        number=case.number,
        item_type=case.item_type.name,
        item_type_en=case.item_type.name_en,
        closed_at=kept.closed_at,
        due_on=kept.due_on,
        calls=kept.calls,
        files=kept.files,
        bytes=kept.bytes,
        hold=HoldOut(
            reason=kept.hold.reason,
            by=kept.hold.by,
            by_name=name_of(kept.hold.by),
            at=kept.hold.at,
        )
        if kept.hold
        else None,
        disposals=[_disposal(one) for one in kept.disposals],
    )


def _disposal(one: Disposal) -> DisposalOut:
    return DisposalOut(
        id=one.id,
        case_id=one.case_id,
        number=one.case.number,
        status=DisposalStatus(one.status),
        months=one.months,
        closed_at=one.closed_at,
        proposed_by=one.proposed_by,
        proposed_by_name=name_of(one.proposed_by),
        proposed_at=one.proposed_at,
        confirmed_by=one.confirmed_by,
        confirmed_by_name=name_of(one.confirmed_by),
        confirmed_at=one.confirmed_at,
        done_at=one.done_at,
    )
