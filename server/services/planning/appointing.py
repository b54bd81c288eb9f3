"""An offer is taken: one survey that waits is promised a time, and nobody else's is moved.

In the steps of a repair (`repairing`), of which it is the smallest: asked anew of that day alone,
since what was offered may be gone, and promised only if nothing was promised meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.minutes import Span
from scheduler.task import Kind, Task
from server.adapters.calendar import WorkingDays
from server.clock import local_day, local_minute, moment_of
from server.errors import DoubleBooked, NothingToPlan, OfferTaken, PlanOutdated
from server.models.bureau import Bureau, Mode
from server.models.survey import Survey
from server.services.planning import adopting, repairing
from server.services.planning.adopting import Promised
from server.services.planning.keeping import left_as_they_are
from server.services.planning.offering import must_wait
from server.services.planning.repairing import Proposal, Question
from server.services.scope import Scope


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was offered, and is wanted."""

    mode: Mode
    starts_at: datetime


def ask(
    db: Session,
    survey: Survey,
    chosen: Chosen,
    *,
    at: datetime,
    calendar: WorkingDays,
    scope: Scope,
) -> Question:
    """Whether the survey can be made then and in that way, beside everything promised that day.

    Raises:
        MoveRefused: the survey has an appointment, or is over.
        OfferTaken: it could not be made then, even if nothing else were promised.
        BadPayload: the day is over.
    """
    must_wait(survey.id, survey.status, survey.case.status)
    day = local_day(chosen.starts_at)
    if chosen.starts_at != moment_of(day, local_minute(chosen.starts_at)):
        raise OfferTaken("not a whole minute")
    if local_day(at) <= survey.case.survey_by < day:
        raise OfferTaken("after the last day for the survey")
    try:
        question = repairing.ask(
            db,
            db.get_one(Bureau, survey.bureau_id),
            first_day=day,
            last_day=day,
            at=at,
            calendar=calendar,
            scope=scope,
            beside=[survey],
        )
    except NothingToPlan as nobody:
        raise OfferTaken("nobody works that day any more") from nobody
    tasks = tuple(
        _only_then(task, chosen) if task.key == str(survey.id) else task
        for task in question.problem.tasks
    )
    return replace(question, problem=replace(question.problem, tasks=tasks))


def settle(question: Question, survey_id: int) -> tuple[Question, Proposal]:
    """The plan of that day with the appointment in it, and what it answers. Needs no records.

    Raises:
        OfferTaken: somebody else was given the time.
    """
    proposal = repairing.think(question, seconds=0)
    if broken := {*proposal.moved, *proposal.lost}:
        question = left_as_they_are(question, broken)
        proposal = repairing.think(question, seconds=0)
    if proposal.added != (str(survey_id),) or proposal.moved or proposal.lost:
        raise OfferTaken(f"survey {survey_id} fits no more")
    return question, proposal


def promise(
    db: Session,
    survey: Survey,
    question: Question,
    proposal: Proposal,
    *,
    by: str,
    at: datetime,
    link_hours_after: float,
    scope: Scope,
) -> Promised:
    """Promise it as settled. The caller tells the applicant and commits.

    Raises:
        OfferTaken: promises or leave have changed since it was asked.
    """
    made = repairing.propose(
        db, survey.bureau_id, question, proposal, by=by, district_id=scope.district_id
    )
    made.created_at = at
    try:
        adopted = adopting.adopt(db, made, by=by, at=at, link_hours_after=link_hours_after)
    except (PlanOutdated, DoubleBooked) as changed:
        raise OfferTaken(str(changed), cause="meanwhile") from changed
    (promised,) = adopted.added
    return promised


def _only_then(task: Task, chosen: Chosen) -> Task:
    modes = tuple(one for one in task.modes if one.kind is Kind(chosen.mode))
    if not modes:
        raise OfferTaken(f"survey {task.key} is not made {chosen.mode}")
    start = local_minute(chosen.starts_at)
    return replace(task, modes=modes, windows=(Span(0, start, start + modes[0].minutes),))
