"""From the planner's answer to rounds: draft, publish, discard."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.instances import plan_from_json, problem_from_json
from scheduler.problem import Problem
from server.errors import PlanOutdated
from server.models.base import Json
from server.models.bureau import Bureau, Mode
from server.models.round import Plan, PlanStatus, Round, RoundStatus
from server.services import promises
from server.services.planning.promising import book, desk_round, promise, trip_round
from server.services.sessions import Invitation, invite, open_session


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing a plan brought about; the invitations still have to be sent."""

    rounds: int
    surveys: int
    invitations: tuple[Invitation, ...]


def write_rounds(db: Session, plan: Plan) -> None:
    """Draft rounds from a plan's stored result; appointments that were pinned stay where they are.

    The caller commits.
    """
    answer = plan_from_json(json.dumps(plan.result))
    problem = question_of(plan)
    pinned = {task.key for task in problem.tasks if task.pinned is not None}
    for trip in answer.trips:
        db.add(trip_round(plan, trip))
    for visit in answer.desk_visits:
        if visit.task not in pinned:
            db.add(desk_round(plan, visit))
    db.flush()


def publish(
    db: Session, plan: Plan, *, by: str, at: datetime, link_hours_after: float
) -> Published:
    """Promise every appointment of a draft: all of them, or none.

    Officers are booked, sessions opened, and a join link made for each video survey. The caller
    sends the invitations and commits.

    Raises:
        PlanOutdated: a survey of the plan was scheduled, withdrawn or changed meanwhile, or its
            car or desk was given to another plan.
        DoubleBooked: an officer has been given another appointment in that time.
        MoveRefused: the plan is not a draft.
    """
    plan.move(PlanStatus.PUBLISHED, by=by, at=at)
    promises.changed(db, plan.bureau_id)  # two publications take turns: each sees the other's
    _still_free(db, plan, at=at)
    surveys = 0
    invitations: list[Invitation] = []
    for round_ in plan.rounds:
        if round_.leaves_at < at:
            raise PlanOutdated("a round would have left already", cause="past")
        round_.move(RoundStatus.PUBLISHED, by=by, at=at)
        book(db, round_)
        for visit in round_.visits:
            promise(visit, round_.mode, by=by, at=at)
            surveys += 1
            if round_.mode is Mode.VIDEO:
                session = open_session(db, visit)
                invitations.append(invite(db, session, hours_after=link_hours_after, at=at))
    db.flush()
    return Published(len(plan.rounds), surveys, tuple(invitations))


def left_out(plan: Plan) -> dict[int, list[Json]]:
    """By id, the surveys the planner found no place for, with its reasons."""
    surveys = [left for left in plan.result.get("unplanned", []) if left["task"].isdecimal()]
    return {int(left["task"]): left["reasons"] for left in surveys}


def question_of(plan: Plan) -> Problem:
    """What the planner was asked, as it was stored."""
    return problem_from_json(json.dumps(plan.problem))


def discard(plan: Plan, *, by: str, at: datetime) -> None:
    """Raises: MoveRefused: the plan was published; take its rounds back one by one."""
    plan.move(PlanStatus.DISCARDED, by=by, at=at)
    for round_ in plan.rounds:
        round_.move(RoundStatus.CANCELLED, by=by, at=at)


def _still_free(db: Session, plan: Plan, *, at: datetime) -> None:
    """Cars and desks are the bureau's: a plan made at the same time may have taken them.

    Raises: PlanOutdated: it has. Officers are watched over by the database itself.
    """
    bureau = db.get_one(Bureau, plan.bureau_id)
    others = db.scalars(
        select(Round).where(
            Round.bureau_id == plan.bureau_id,
            Round.plan_id != plan.id,
            Round.status.in_((RoundStatus.PUBLISHED, RoundStatus.UNDER_WAY)),
            Round.back_at > min((round_.leaves_at for round_ in plan.rounds), default=at),
        )
    ).all()
    for round_ in plan.rounds:
        beside = [
            other
            for other in (*others, *plan.rounds)
            if other.leaves_at < round_.back_at and round_.leaves_at < other.back_at
        ]
        if round_.mode is Mode.ON_SITE:
            if any(o is not round_ and o.car == round_.car is not None for o in beside):
                raise PlanOutdated(f"car {round_.car} was given away", cause="car_taken")
        elif _desks(beside, round_.leaves_at) > bureau.video_rooms:
            raise PlanOutdated("a desk was given away", cause="desk_taken")


def _desks(rounds: Iterable[Round], moment: datetime) -> int:
    """How many desks video rounds take at a moment."""
    return sum(
        round_.mode is Mode.VIDEO and round_.leaves_at <= moment < round_.back_at
        for round_ in rounds
    )
