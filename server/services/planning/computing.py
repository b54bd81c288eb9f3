"""A plan as a durable job: asked for by a coordinator, computed by the worker, shown live."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from scheduler.check import violations
from scheduler.instances import plan_to_json, problem_to_json
from scheduler.plan import Plan as Answer
from scheduler.problem import Problem
from scheduler.solver import solve
from server.adapters.calendar import WorkingDays
from server.adapters.travel import Travel
from server.clock import local_day
from server.errors import BadPayload
from server.models.bureau import Bureau
from server.models.round import Plan, PlanStatus
from server.services.planning import drawing, in_parts
from server.services.planning.answering import question_of, write_rounds
from server.services.planning.asking import ask
from server.services.planning.failing import said_when_it_fails
from server.services.planning.line import Line, tell_plan
from server.services.scope import Scope

#: A month is a campaign; longer plans would be wrong before they are carried out.
MOST_DAYS = 31
MOST_SECONDS = 300.0


def order(
    db: Session,
    bureau: Bureau,
    *,
    first_day: date,
    last_day: date,
    seconds: float,
    seed: int,
    by: str,
    at: datetime,
    travel: Travel,
    calendar: WorkingDays,
    scope: Scope | None = None,
) -> Plan:
    """Write down what is to be planned. The caller commits, then queues the job.

    Within a `scope` the plan is that district's: only its cases are planned, and it is shown
    only to those who see that district.

    The question is fixed here, so that the coordinator hears at once when there is nothing to
    plan, and a job that is carried out twice answers the same. Where the bureau draws its
    experts, the seed is bound in the same transaction.

    Raises:
        BadPayload: days out of order, in the past, or too many.
        NothingToPlan: no survey is waiting, or nobody works.
    """
    if not local_day(at) <= first_day <= last_day < first_day + timedelta(days=MOST_DAYS):
        raise BadPayload("days", cause="days")
    question = ask(
        db,
        bureau,
        first_day=first_day,
        last_day=last_day,
        at=at,
        travel=travel,
        calendar=calendar,
        scope=scope,
    )
    plan = Plan(
        bureau_id=bureau.id,
        district_id=scope.district_id if scope else None,
        first_day=first_day,
        last_day=last_day,
        by=by,
        seconds=min(seconds, MOST_SECONDS),
        seed=seed,
        problem=json.loads(problem_to_json(question.problem)),
        no_place=[survey.id for survey in question.no_place],
        beyond=question.beyond,
    )
    db.add(plan)
    db.flush()
    if bureau.draws_experts:
        drawing.bind(db, bureau, plan, by=by, at=at)
    return plan


def cancel(db: Session, plan: Plan, *, by: str, at: datetime) -> None:
    """Stop thinking. A plan that already has a result keeps the best one found so far."""
    if plan.status is PlanStatus.QUEUED:
        plan.move(PlanStatus.DISCARDED, by=by, at=at)
    else:
        db.execute(update(Plan).where(Plan.id == plan.id).values(cancel_asked=True))


def compute(
    open_session: Callable[[], Session], plan_id: int, *, now: Callable[[], datetime]
) -> None:
    """All of a plan in this process, one part after the other."""
    for number in begin(open_session, plan_id, now=now, workers=1):
        in_parts.plan_part(open_session, plan_id, number, now=now)
    finish(open_session, plan_id, now=now)


def begin(
    open_session: Callable[[], Session],
    plan_id: int,
    *,
    now: Callable[[], datetime],
    workers: int,
) -> list[int]:
    """Take a plan up; the numbers of the parts it is cut into for so many workers, or none.

    Each of `begin`, `in_parts.plan_part` and `finish` is carried out again after a crash, and then
    begins anew and ends the same. No transaction is open while the planner thinks.
    """
    with open_session() as db:
        plan = db.get_one(Plan, plan_id)
        if plan.status is PlanStatus.QUEUED:
            plan.move(PlanStatus.RUNNING, by="system", at=now())
        elif plan.status is not PlanStatus.RUNNING:
            return []  # cancelled before it began, or finished before the crash
        db.commit()
        if numbers := in_parts.numbers_of(db, plan_id):
            return numbers
        problem, seconds = question_of(plan), plan.seconds
    with said_when_it_fails(open_session, plan_id, now=now):
        parts = in_parts.cut(plan_id, problem, seconds=seconds, workers=workers)
        with suppress(IntegrityError), open_session() as db:  # another worker was first
            db.add_all(parts)
            db.commit()
    with open_session() as db:
        return in_parts.numbers_of(db, plan_id)


def finish(
    open_session: Callable[[], Session], plan_id: int, *, now: Callable[[], datetime]
) -> None:
    """Plan across the parts, or what was not cut into any, and write the draft."""
    with open_session() as db:
        plan = db.get_one(Plan, plan_id)
        if plan.status is not PlanStatus.RUNNING:
            in_parts.put_away(db, plan_id)
            db.commit()
            return
        problem, seconds, seed = question_of(plan), plan.seconds, plan.seed
        draw = drawing.before_shown(db, plan, problem)
        think = in_parts.plan_across if in_parts.numbers_of(db, plan_id) else _plan_at_once
    with said_when_it_fails(open_session, plan_id, now=now):
        answer = think(open_session, plan_id, problem, seconds=seconds, seed=seed, draw=draw)
        if broken := violations(problem, answer):
            raise RuntimeError(f"the planner broke a rule: {broken[0]}")
        with suppress(StaleDataError), open_session() as db:  # another worker was first
            plan = db.get_one(Plan, plan_id)
            if plan.status is PlanStatus.RUNNING:
                plan.result = json.loads(plan_to_json(answer))
                plan.progress = 1.0
                shown = drawing.keep(db, plan, draw) if draw else ""
                plan.move(PlanStatus.DRAFT, by="system", at=now(), note=shown)
                write_rounds(db, plan)
                in_parts.put_away(db, plan_id)
            db.commit()


def _plan_at_once(
    open_session: Callable[[], Session],
    plan_id: int,
    problem: Problem,
    *,
    seconds: float,
    seed: int,
    draw: Callable[[Answer], Answer] | None,
) -> Answer:
    line = Line(open_session, plan_id, seconds, partial(tell_plan, plan_id))
    return solve(
        problem,
        seconds=seconds,
        seed=seed,
        draw=draw,
        progress=line.report,
        cancelled=line.cancelled,
    )
