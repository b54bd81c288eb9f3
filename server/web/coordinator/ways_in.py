"""What would let a survey in that a plan leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from apiflask import APIBlueprint
from sqlalchemy import select

from scheduler import change as planned
from scheduler.change import Change
from scheduler.minutes import Span
from server.clock import moment_of
from server.errors import NotFound
from server.models.account import Role
from server.models.bureau import District
from server.models.expert import Expert
from server.models.round import Plan
from server.services import casework
from server.services.planning import finding
from server.services.planning.letting_in import what_lets_in
from server.web.access import current_account, only
from server.web.coordinator.payload import (
    Named,
    OtherSurvey,
    Person,
    Stretch,
    WayInCode,
    WayInOut,
    WaysInOut,
)
from server.web.db import db

blueprint = APIBlueprint("coordinator_ways_in", __name__, url_prefix="/api/v1", tag="Plans")


@blueprint.get("/plans/<int:plan_id>/unplanned/<int:survey_id>/changes")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(WaysInOut)
def list_ways_in(plan_id: int, survey_id: int) -> WaysInOut:
    """Up to three changes, the cheapest first, each of which alone lets the survey in.

    Each was tried out on the draft; none means that nothing small helps.
    """
    account = current_account()
    plan = finding.one(db.session, plan_id, account)
    survey = casework.unplanned_details(db.session, account, [survey_id]).get(survey_id)
    if survey is None:
        raise NotFound(f"survey {survey_id}")
    found = what_lets_in(db.session, plan, survey)
    return WaysInOut(items=[_told(plan, change) for change in found])


def _told(plan: Plan, change: Change) -> WayInOut:
    match change:
        case planned.Nothing():
            return WayInOut(code=WayInCode.NOTHING)
        case planned.WiderWindow(span):
            return WayInOut(code=WayInCode.WINDOW, at=_at(plan, span))
        case planned.ByVideo(mode):
            return WayInOut(code=WayInCode.VIDEO, minutes=mode.minutes)
        case planned.Overtime(officers, span):
            length = span.end - span.start
            return WayInOut(
                code=WayInCode.OVERTIME,
                officers=_named(officers),
                minutes=length,
                at=_at(plan, span),
            )
        case planned.OpenDistrict(officers, district):
            return WayInOut(
                code=WayInCode.DISTRICT,
                officers=_named(officers),
                district=_district(plan, district),
            )
        case planned.MoreDesks(officers, day):
            return WayInOut(code=WayInCode.DESK, officers=_named(officers), day=_day(plan, day))
        case planned.MoreCars(officers, day):
            return WayInOut(code=WayInCode.CAR, officers=_named(officers), day=_day(plan, day))
        case planned.BackFromLeave(officers, span):
            return WayInOut(code=WayInCode.LEAVE, officers=_named(officers), at=_at(plan, span))
        case planned.LaterDeadline(day, by):
            return WayInOut(code=WayInCode.DEADLINE, day=_day(plan, day), days=by)
        case planned.GiveWay(other, moved, span):
            code = WayInCode.GIVE_WAY if moved else WayInCode.GIVE_UP
            return WayInOut(code=code, other=_other(other), at=_at(plan, span))


def _at(plan: Plan, span: Span) -> Stretch:
    day = _day(plan, span.day)
    return Stretch(starts_at=moment_of(day, span.start), ends_at=moment_of(day, span.end))


def _day(plan: Plan, number: int) -> date:
    return plan.first_day + timedelta(days=number)


def _named(officers: Iterable[str]) -> list[Person]:
    experts = db.session.scalars(
        select(Expert).where(Expert.id.in_(map(int, officers))).order_by(Expert.id)
    )
    return [Person.model_validate(expert) for expert in experts]


def _district(plan: Plan, code: str) -> Named | None:
    district = db.session.scalar(
        select(District).where(District.bureau_id == plan.bureau_id, District.code == code)
    )
    return Named.model_validate(district) if district else None


def _other(key: str) -> OtherSurvey:
    found = casework.unplanned_details(db.session, current_account(), [int(key)])
    case = found[int(key)].case
    return OtherSurvey(survey_id=int(key), case_id=case.id, premises=case.premises.name)
