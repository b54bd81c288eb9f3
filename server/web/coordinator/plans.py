"""Plans: ordered, watched, published or discarded."""

from __future__ import annotations

import json
from datetime import timedelta

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.adapters.travel import road_metres
from server.clock import utcnow
from server.errors import BadPayload
from server.models.account import Account, Role
from server.models.bureau import Bureau, District, Mode
from server.models.round import Plan, PlanStatus, Round, RoundStatus
from server.services import casework
from server.services.notifying import invite_applicant
from server.services.planning import answering, computing, drawing, finding, in_parts, standing
from server.services.planning.overrunning import overruns
from server.services.planning.staffing import shifts_of
from server.services.scope import scope_of
from server.web.access import current_account, only
from server.web.coordinator.payload import (
    AbsenceOut,
    Board,
    BoardBureau,
    BoardExpert,
    BoardQuery,
    Figures,
    PlanOrder,
    PlanOut,
    PlanRef,
    PlanRow,
    Plans,
    PublicationQuery,
    PublishedOut,
    ShiftOut,
    TakenOut,
)
from server.web.coordinator.rounds import NO_PLACE, round_out, unplanned_out
from server.web.db import db
from server.web.parts import parts
from server.web.words import language

blueprint = APIBlueprint("coordinator_plans", __name__, url_prefix="/api/v1", tag="Plans")

#: A board shows at most this many days.
MOST_DAYS = 31

GEOJSON = "application/geo+json"
NO_OUTLINES = b'{"type": "FeatureCollection", "features": []}'


@blueprint.post("/plans")
@only(Role.COORDINATOR)
@blueprint.input(PlanOrder)
@blueprint.output(PlanRef, status_code=202)
def order_plan(json_data: PlanOrder) -> PlanRef:
    """Start planning; the answer comes from the jobs process."""
    account = current_account()
    plan = computing.order(
        db.session,
        db.session.get_one(Bureau, account.bureau_id),
        first_day=json_data.first_day,
        last_day=json_data.last_day,
        seconds=json_data.seconds,
        seed=0,
        by=account.sign_in_name,
        at=utcnow(),
        travel=parts().travel,
        calendar=parts().calendar,
        scope=scope_of(account),
    )
    db.session.commit()
    parts().jobs.compute_plan(plan.id)
    return PlanRef.model_validate(plan)


@blueprint.get("/plans")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(Plans)
def list_plans() -> Plans:
    """The newest plans."""
    found = finding.latest(db.session, current_account())
    return Plans(items=[PlanRow.model_validate(plan) for plan in found])


@blueprint.get("/plans/<int:plan_id>")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(PlanOut)
def show_plan(plan_id: int) -> PlanOut:
    """One plan: how far it is, its rounds, and what was left out and why."""
    account = current_account()
    return _plan_out(db.session, finding.one(db.session, plan_id, account), account)


@blueprint.post("/plans/<int:plan_id>/cancellation")
@only(Role.COORDINATOR)
@blueprint.output(PlanRef)
def cancel_plan(plan_id: int) -> PlanRef:
    """Stop thinking; the best plan so far stays."""
    plan = finding.one(db.session, plan_id, current_account())
    computing.cancel(db.session, plan, by=current_account().sign_in_name, at=utcnow())
    db.session.commit()
    return PlanRef.model_validate(plan)


@blueprint.post("/plans/<int:plan_id>/publication")
@only(Role.COORDINATOR)
@blueprint.input(PublicationQuery, location="query")
@blueprint.output(PublishedOut)
def publish_plan(plan_id: int, query_data: PublicationQuery) -> PublishedOut:
    """Promise every appointment, book the officers, invite the applicants.

    A draft of which something does not hold any more is refused as a whole (`plan_outdated`),
    unless the `rest` of it is asked for.
    """
    settings = parts().settings
    plan = finding.one(db.session, plan_id, current_account())
    at = utcnow()
    published = answering.publish(
        db.session,
        plan,
        by=current_account().sign_in_name,
        at=at,
        link_hours_after=settings.join_link_hours_after,
        rest=query_data.rest,
    )
    for invitation in published.invitations:
        invite_applicant(
            db.session,
            invitation.link.session.visit,
            link_url=invitation.url(settings.public_url),
            at=at,
        )
    for round_ in plan.rounds:
        if round_.mode is Mode.ON_SITE and round_.status is RoundStatus.PUBLISHED:
            for visit in round_.visits:
                invite_applicant(db.session, visit, link_url=None, at=at)
    db.session.commit()
    return PublishedOut(
        rounds=published.rounds,
        surveys=published.surveys,
        waiting=published.waiting,
        invitations=len(published.invitations),
    )


@blueprint.delete("/plans/<int:plan_id>")
@only(Role.COORDINATOR)
@blueprint.output(PlanRef)
def discard_plan(plan_id: int) -> PlanRef:
    """Throw a draft away."""
    plan = finding.one(db.session, plan_id, current_account())
    answering.discard(plan, by=current_account().sign_in_name, at=utcnow())
    db.session.commit()
    return PlanRef.model_validate(plan)


@blueprint.get("/board")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.input(BoardQuery, location="query")
@blueprint.output(Board)
def board(query_data: BoardQuery) -> Board:
    """Who works when, and all rounds, of some days.

    To a district its own stops, and when its officers' time is taken elsewhere.
    """
    account = current_account()
    first, last = query_data.first, query_data.last
    if not first <= last < first + timedelta(days=MOST_DAYS):
        raise BadPayload("days", cause="days")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    bureau = db.session.get_one(Bureau, account.bureau_id)
    seen = casework.rounds_between(db.session, account, first, last, plan_id=query_data.plan)
    experts = casework.experts_on_board(db.session, account, seen.rounds)
    taken = casework.taken_elsewhere(db.session, account, experts, first, last)
    at = utcnow()
    late = overruns(db.session, account.bureau_id, at=at)
    published = any(round_.status is not RoundStatus.DRAFT for round_ in seen.rounds)
    return Board(
        days=days,
        experts=[
            BoardExpert(
                id=expert.id,
                name=expert.name,
                shifts=[
                    ShiftOut(day=days[span.day], begins=span.start, ends=span.end)
                    for span in shifts_of(expert, days, parts().calendar)
                ],
                absences=[AbsenceOut.model_validate(absence) for absence in expert.absences],
                elsewhere=[TakenOut.model_validate(one) for one in taken.get(expert.id, [])],
            )
            for expert in experts
        ],
        rounds=[
            round_out(
                round_,
                partial=round_.id in seen.partial,
                broken=standing.broken_in(round_, late) if round_.back_at > at else (),
            )
            for round_ in seen.rounds
        ],
        bureau=BoardBureau.model_validate(bureau),
        urgent=casework.urgent(db.session, account, at=at) if published else 0,
    )


@blueprint.get("/board/map")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output({}, content_type=GEOJSON)
def board_map() -> Response:
    """District outlines of the bureau (GeoJSON, WGS-84), or none; `name_en` where a district has
    the same code."""
    bureau = db.session.get_one(Bureau, current_account().bureau_id)
    outlines = parts().settings.maps_folder / f"{bureau.code}.geojson"
    found = json.loads(outlines.read_bytes() if outlines.is_file() else NO_OUTLINES)
    ours = select(District.code, District.name_en).where(District.bureau_id == bureau.id)
    english = {one.code: one.name_en for one in db.session.execute(ours)}
    for feature in found.get("features", []):
        if name := english.get(str((feature.get("properties") or {}).get("code"))):
            feature["properties"]["name_en"] = name
    return Response(json.dumps(found, ensure_ascii=False), mimetype=GEOJSON)


def _plan_out(session: Session, plan: Plan, account: Account) -> PlanOut:
    rounds = list(
        session.scalars(
            select(Round)
            .where(Round.plan_id == plan.id)
            .options(*casework.round_details(scope_of(account)))
            .order_by(Round.leaves_at, Round.id)
        )
    )
    reasons = answering.left_out(plan)
    reasons |= {key: [{"cause": NO_PLACE}] for key in plan.no_place}
    found = casework.unplanned_details(session, account, list(reasons))
    left_out = [unplanned_out(survey, reasons[key], language()) for key, survey in found.items()]
    done = in_parts.done_of(session, plan.id)
    answered = plan.status in (PlanStatus.DRAFT, PlanStatus.PUBLISHED, PlanStatus.DISCARDED)
    return PlanOut(
        id=plan.id,
        status=plan.status,
        first_day=plan.first_day,
        last_day=plan.last_day,
        by=plan.by,
        created_at=plan.created_at,
        progress=plan.progress,
        seconds=plan.seconds,
        parts=done.of,
        parts_planned=done.parts,
        error=plan.error,
        beyond=plan.beyond,
        commitment=draw.commitment if (draw := drawing.find(session, plan)) else None,
        figures=_figures(plan, rounds, len(left_out)) if answered else Figures.nothing(),
        rounds=[round_out(round_) for round_ in rounds],
        unplanned=sorted(left_out, key=lambda row: (row.survey_by, row.survey_id)),
    )


def _figures(plan: Plan, rounds: list[Round], unplanned: int) -> Figures:
    if plan.status is PlanStatus.PUBLISHED:  # what was left out then, or adjusted since, is no more
        rounds = [round_ for round_ in rounds if round_.status is not RoundStatus.CANCELLED]
    minutes: dict[int, float] = {}
    for round_ in rounds:
        for expert in filter(None, (round_.lead_id, round_.second_id)):
            length = (round_.back_at - round_.leaves_at).total_seconds() / 60
            minutes[expert] = minutes.get(expert, 0) + length
    planned = sum(len(round_.visits) for round_ in rounds)
    travel = sum(round_.travel_seconds for round_ in rounds)
    return Figures(
        to_plan=planned + unplanned,
        planned=planned,
        unplanned=unplanned,
        trips=sum(round_.mode is Mode.ON_SITE for round_ in rounds),
        video=sum(round_.mode is Mode.VIDEO for round_ in rounds),
        travel_minutes=round(travel / 60),
        km=round(road_metres(travel) / 1000),
        minutes_most=round(max(minutes.values(), default=0)),
        minutes_least=round(min(minutes.values(), default=0)),
    )
