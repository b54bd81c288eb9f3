"""A plan for a whole city is computed in parts, by as many workers as there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from scheduler.dividing import across, divided
from scheduler.instances import plan_from_json, plan_to_json, problem_from_json, problem_to_json
from scheduler.plan import Plan as Answer
from scheduler.problem import Problem
from scheduler.solver import solve
from server.models.part import PlanPart
from server.models.round import Plan
from server.services.planning.failing import said_when_it_fails
from server.services.planning.line import Line, is_to_stop, tell_plan

#: Surveys from which a plan is computed in parts. With as many the parts and a pass across them
#: reach in the same time on one core what the whole does; with more, and on more cores, more.
LARGE = 1_500

#: The share of its time that a plan gives to its parts; the pass across them has the rest.
FOR_PARTS = 0.6

#: Once stopped, surveys of parts that were not reached are given places, and nothing is improved.
#: For six thousand that takes four seconds; longer than this, in seconds, nobody waits.
PUT_TOGETHER = 5.0

#: A part's planner thinks no shorter than this, in seconds.
LEAST_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Done:
    """How many parts of a plan are planned; of none, where it is not computed in parts."""

    parts: int
    of: int


def cut(plan_id: int, problem: Problem, *, seconds: float, workers: int) -> list[PlanPart]:
    """The parts of a large plan, to be written down; of others none.

    So many ``workers`` are at work side by side: each part has the more of the ``seconds``.
    """
    parts = divided(problem) if len(problem.tasks) >= LARGE else []
    if len(parts) < 2:
        return []
    together = seconds * FOR_PARTS * min(workers, len(parts))
    surveys = sum(len(part.tasks) for part in parts)
    return [
        PlanPart(
            plan_id=plan_id,
            number=number,
            seconds=max(LEAST_SECONDS, together * len(part.tasks) / surveys),
            problem=json.loads(problem_to_json(part)),
        )
        for number, part in enumerate(parts)
    ]


def plan_part(
    open_session: Callable[[], Session], plan_id: int, number: int, *, now: Callable[[], datetime]
) -> None:
    """Plan one part, and write its plan down if nobody has yet.

    Nothing is done for a plan that was stopped or has its answer.
    """
    with open_session() as db:
        part = db.scalar(
            select(PlanPart).where(PlanPart.plan_id == plan_id, PlanPart.number == number)
        )
        if part is None or part.result is not None or is_to_stop(db, plan_id):
            return
        seed = db.get_one(Plan, plan_id).seed
        problem = problem_from_json(json.dumps(part.problem))
        seconds, part_id = part.seconds, part.id

    def tell(db: Session, progress: float) -> None:
        db.execute(update(PlanPart).where(PlanPart.id == part_id).values(progress=progress))
        tell_plan(plan_id, db, FOR_PARTS * progress_of(db, plan_id))

    line = Line(open_session, plan_id, seconds, tell)
    with said_when_it_fails(open_session, plan_id, now=now):
        answer = solve(
            problem, seconds=seconds, seed=seed, progress=line.report, cancelled=line.cancelled
        )
        with open_session() as db:
            db.execute(
                update(PlanPart)
                .where(PlanPart.id == part_id, PlanPart.result.is_(None))
                .values(result=json.loads(plan_to_json(answer)), progress=1.0)
            )
            db.commit()


def are_planned(db: Session, plan_id: int) -> bool:
    """Whether nobody has to wait for a part any more: all are planned, or the plan was stopped."""
    done = done_of(db, plan_id)
    return done.parts == done.of or is_to_stop(db, plan_id)


def done_of(db: Session, plan_id: int) -> Done:
    parts, of = db.execute(
        select(func.count(PlanPart.result), func.count()).where(PlanPart.plan_id == plan_id)
    ).one()
    return Done(parts, of)


def numbers_of(db: Session, plan_id: int) -> list[int]:
    """The numbers of a plan's parts, the largest first."""
    numbers = select(PlanPart.number).where(PlanPart.plan_id == plan_id)
    return list(db.scalars(numbers.order_by(PlanPart.number)))


def plan_across(
    open_session: Callable[[], Session],
    plan_id: int,
    problem: Problem,
    *,
    seconds: float,
    seed: int,
    draw: Callable[[Answer], Answer] | None,
) -> Answer:
    """One plan from those of the parts; where the plan was stopped, as good as it is by now."""
    with open_session() as db:
        results = db.scalars(
            select(PlanPart.result)
            .where(PlanPart.plan_id == plan_id, PlanPart.result.is_not(None))
            .order_by(PlanPart.number)
        ).all()
        stopped = is_to_stop(db, plan_id)
    plans = [plan_from_json(json.dumps(result)) for result in results]
    if stopped:
        return across(problem, plans, seconds=PUT_TOGETHER, seed=seed, iterations=0, draw=draw)

    def tell(db: Session, progress: float) -> None:
        tell_plan(plan_id, db, FOR_PARTS + (1 - FOR_PARTS) * progress)

    left = seconds * (1 - FOR_PARTS)
    line = Line(open_session, plan_id, left, tell)
    return across(
        problem,
        plans,
        seconds=left,
        seed=seed,
        draw=draw,
        progress=line.report,
        cancelled=line.cancelled,
    )


def put_away(db: Session, plan_id: int) -> None:
    """The plan has its answer, or failed: its parts are of no use any more. The caller commits."""
    db.execute(delete(PlanPart).where(PlanPart.plan_id == plan_id))


def progress_of(db: Session, plan_id: int) -> float:
    """The mean progress of a plan's parts, by the time they have."""
    mean = func.sum(PlanPart.progress * PlanPart.seconds) / func.sum(PlanPart.seconds)
    return db.scalar(select(mean).where(PlanPart.plan_id == plan_id)) or 0.0
