"""What a coordinator could change so that a survey finds a place after all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.change import Change
from scheduler.changes import changes
from scheduler.instances import plan_from_json
from scheduler.minutes import Span
from scheduler.task import Kind, Mode, Task
from server.errors import MoveRefused, NotFound
from server.models.bureau import ModeRule
from server.models.expert import Absence, AbsenceKind, Expert
from server.models.round import Plan, PlanStatus
from server.models.survey import Survey
from server.services.planning.answering import left_out, question_of
from server.services.planning.staffing import spans_of


def what_lets_in(db: Session, plan: Plan, survey: Survey) -> tuple[Change, ...]:
    """The cheapest changes to a draft that let in a survey it leaves out, each tried out.

    Keys of officers and surveys are ids, days count from the plan's first. Nobody is asked to
    come back from sick leave.

    Raises:
        MoveRefused: the plan is not a draft: what it leaves out waits for the next one.
        NotFound: the plan does not leave the survey out, or nobody knows where it is.
    """
    if plan.status is not PlanStatus.DRAFT:
        raise MoveRefused(f"plan {plan.id} is {plan.status}")
    if survey.id not in left_out(plan):
        raise NotFound(f"survey {survey.id} in what plan {plan.id} leaves out")
    problem = question_of(plan)
    task = next(one for one in problem.tasks if one.key == str(survey.id))
    return changes(
        problem,
        plan_from_json(json.dumps(plan.result)),
        task,
        video=_by_video(survey, task),
        leave=_leave(db, plan),
    )


def _by_video(survey: Survey, task: Task) -> Mode | None:
    """The way by video of an item type that prefers a visit, but does not demand one."""
    item = survey.case.item_type
    if item.modes is ModeRule.ON_SITE or survey.only_on_site:
        return None
    if any(mode.kind is Kind.VIDEO for mode in task.modes):
        return None
    return Mode(Kind.VIDEO, item.minutes_video, frozenset({item.code}))


def _leave(db: Session, plan: Plan) -> dict[str, Sequence[Span]]:
    """By officer, the time away that is neither sickness nor another appointment."""
    length = (plan.last_day - plan.first_day).days + 1
    days = [plan.first_day + timedelta(days=number) for number in range(length)]
    absences = db.scalars(
        select(Absence)
        .join(Expert, Expert.id == Absence.expert_id)
        .where(Expert.bureau_id == plan.bureau_id, Absence.kind != AbsenceKind.SICK)
    )
    found: dict[str, list[Span]] = {}
    for absence in absences:
        spans = spans_of([(absence.starts_at, absence.ends_at)], days)
        found.setdefault(str(absence.expert_id), []).extend(spans)
    return dict(found)
