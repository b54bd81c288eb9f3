"""A plan as a durable job: asked for by a coordinator, computed by the worker, shown live."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scheduler.check import violations
from scheduler.instances import plan_to_json, problem_to_json
from scheduler.solver import Progress, solve
from server.adapters.calendar import WorkingDays
from server.adapters.travel import Travel
from server.clock import local_day
from server.errors import BadPayload
from server.models.bureau import Bureau
from server.models.round import Plan, PlanStatus
from server.services.planning import drawing
from server.services.planning.answering import question_of, write_rounds
from server.services.planning.asking import ask
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
    """The worker's part. Carried out again after a crash it begins anew and ends the same.

    No transaction is open while the planner thinks.
    """
    with open_session() as db:
        plan = db.get_one(Plan, plan_id)
        if plan.status is PlanStatus.QUEUED:
            plan.move(PlanStatus.RUNNING, by="system", at=now())
        elif plan.status is not PlanStatus.RUNNING:
            return  # cancelled before it began, or finished before the crash
        db.commit()
        problem = question_of(plan)
        seconds, seed = plan.seconds, plan.seed
        draw = drawing.before_shown(db, plan, problem)
    line = _Line(open_session, plan_id, seconds)
    try:
        answer = solve(
            problem,
            seconds=seconds,
            seed=seed,
            draw=draw,
            progress=line.report,
            cancelled=line.cancelled,
        )
        if broken := violations(problem, answer):
            raise RuntimeError(f"the planner broke a rule: {broken[0]}")
    except Exception as failure:  # whatever it is, the coordinator must not wait for ever
        with open_session() as db:
            plan = db.get_one(Plan, plan_id)
            plan.error = f"{type(failure).__name__}: {failure}"
            plan.move(PlanStatus.FAILED, by="system", at=now())
            db.commit()
        raise
    with open_session() as db:
        plan = db.get_one(Plan, plan_id)
        if plan.status is PlanStatus.RUNNING:
            plan.result = json.loads(plan_to_json(answer))
            plan.progress = 1.0
            shown = drawing.keep(db, plan, draw) if draw else ""
            plan.move(PlanStatus.DRAFT, by="system", at=now(), note=shown)
            write_rounds(db, plan)
        db.commit()


class _Line:
    """The line between the job and the coordinator's page: progress out, "stop" in.

    The planner asks hundreds of times a second; the database is asked every quarter of one.
    """

    SECONDS = 0.25

    def __init__(self, open_session: Callable[[], Session], plan_id: int, seconds: float) -> None:
        self._open_session = open_session
        self._plan_id = plan_id
        self._seconds = seconds
        self._progress = 0.0
        self._stop = False
        self._next = 0.0

    def report(self, progress: Progress) -> None:
        self._progress = min(1.0, progress.seconds / self._seconds)
        self._exchange()

    def cancelled(self) -> bool:
        self._exchange()
        return self._stop

    def _exchange(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self.SECONDS
        with self._open_session() as db:
            db.execute(update(Plan).where(Plan.id == self._plan_id).values(progress=self._progress))
            self._stop = (
                db.scalar(select(Plan.cancel_asked).where(Plan.id == self._plan_id)) or False
            )
            db.commit()
