"""How the experts of a plan were drawn: the record by which anybody can draw again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from apiflask import APIBlueprint
from sqlalchemy import select

from scheduler.draw import PROTOCOL, label
from scheduler.plan import Lot
from server.models.account import Role
from server.models.case import Case
from server.models.expert import Expert
from server.models.round import Plan
from server.models.survey import Survey
from server.services.planning import drawing, finding
from server.services.scope import scope_of
from server.web.access import current_account, only
from server.web.coordinator.payload import DrawOut, LotOut, OtherDraw, Person
from server.web.db import db

blueprint = APIBlueprint("coordinator_draws", __name__, url_prefix="/api/v1", tag="Plans")


@blueprint.get("/plans/<int:plan_id>/draw")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(DrawOut)
def show_draw(plan_id: int) -> DrawOut:
    """The record of a plan's fair draw: the commitment at once, the seed when the plan is made."""
    account = current_account()
    plan = finding.one(db.session, plan_id, account)
    draw = drawing.one(db.session, plan)
    return DrawOut(
        protocol=PROTOCOL,
        plan_id=plan.id,
        status=plan.status,
        by=plan.by,
        created_at=plan.created_at,
        commitment=draw.commitment,
        seed=drawing.shown_seed(plan, draw),
        lots=_lots(plan, drawing.lots_of(plan)),
        others=[
            OtherDraw(
                plan_id=other.id,
                status=other.status,
                by=other.by,
                created_at=other.created_at,
                commitment=its.commitment,
            )
            for other, its in drawing.others(db.session, plan, scope_of(account))
        ],
    )


def _lots(plan: Plan, lots: Iterable[Lot]) -> list[LotOut]:
    lots = tuple(lots)
    surveys = {int(key) for lot in lots for key in lot.surveys}
    found = select(Survey.id, Case.number).join(Survey.case).where(Survey.id.in_(surveys))
    numbers = {row.id: row.number for row in db.session.execute(found)}
    experts = {int(key) for lot in lots for key in lot.candidates}
    people = {
        str(expert.id): Person.model_validate(expert)
        for expert in db.session.scalars(select(Expert).where(Expert.id.in_(experts)))
    }
    turns: Counter[int] = Counter()
    told = []
    for lot in lots:
        turns[lot.day] += 1
        told.append(
            LotOut(
                label=label(plan.first_day + timedelta(days=lot.day), turns[lot.day]),
                surveys=[int(key) for key in lot.surveys],
                cases=[numbers[int(key)] for key in lot.surveys if int(key) in numbers],
                candidates=[people[key] for key in lot.candidates],
                drawn=people[lot.drawn],
            )
        )
    return told
