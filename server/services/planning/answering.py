"""From the planner's answer to rounds: draft, publish, discard."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.instances import plan_from_json, problem_from_json
from scheduler.problem import Problem
from server.errors import DoubleBooked, PlanOutdated
from server.models.base import Json
from server.models.bureau import Mode
from server.models.round import Plan, PlanStatus, RoundStatus
from server.services import promises
from server.services.planning.holding import OFFICER_TAKEN, Outdated, outdated, waits
from server.services.planning.promising import book, desk_round, promise, trip_round
from server.services.sessions import Invitation, invite, open_session


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing a plan brought about; the invitations still have to be sent."""

    rounds: int
    surveys: int
    waiting: int  # surveys of the draft that go on waiting
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
    db: Session,
    plan: Plan,
    *,
    by: str,
    at: datetime,
    link_hours_after: float,
    rest: bool = False,
) -> Published:
    """Promise every appointment of a draft: all of them, or none. With ``rest``, what does not hold
    any more is left out and goes on waiting; a round that loses some of its visits keeps its
    times and its way.

    Officers are booked, sessions opened, and a join link made for each video survey. The caller
    sends the invitations and commits.

    Raises:
        PlanOutdated: a survey of the plan was scheduled, withdrawn or changed meanwhile, or its
            car, desk or officer was given to another; of the ``rest``, nothing is left.
        DoubleBooked: an officer has been given another appointment in that time.
        MoveRefused: the plan is not a draft.
    """
    plan.move(PlanStatus.PUBLISHED, by=by, at=at)
    promises.changed(db, plan.bureau_id)  # two publications take turns: each sees the other's
    drafted = sum(waits(visit) for round_ in plan.rounds for visit in round_.visits)
    for one in list(outdated(db, plan, at=at)):
        if not rest:
            words = f"round {one.round.id} does not hold"
            if one.cause == OFFICER_TAKEN:
                raise DoubleBooked(words)
            raise PlanOutdated(words, cause=one.cause)
        _leave_out(db, one, by=by, at=at)
    rounds = [round_ for round_ in plan.rounds if round_.status is RoundStatus.DRAFT]
    if not rounds and plan.rounds:
        raise PlanOutdated("nothing of it holds", cause="nothing_left")
    surveys = 0
    invitations: list[Invitation] = []
    for round_ in rounds:
        round_.move(RoundStatus.PUBLISHED, by=by, at=at)
        book(db, round_)
        for visit in round_.visits:
            promise(visit, round_.mode, by=by, at=at)
            surveys += 1
            if round_.mode is Mode.VIDEO:
                session = open_session(db, visit)
                invitations.append(invite(db, session, hours_after=link_hours_after, at=at))
    db.flush()
    return Published(len(rounds), surveys, drafted - surveys, tuple(invitations))


def _leave_out(db: Session, one: Outdated, *, by: str, at: datetime) -> None:
    if not one.visits:
        one.round.move(RoundStatus.CANCELLED, by=by, at=at, note=one.cause)
    for visit in one.visits:
        one.round.visits.remove(visit)
        db.delete(visit)


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
