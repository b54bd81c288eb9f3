"""Adjusting what was published (调整方案): what is asked, thought about, proposed.

In steps, because no transaction may be open while others answer or the planner thinks: `ask`
reads, `with_ways` and `think` need no records, `propose` writes; `adopting` carries it out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.agenda import Agenda
from scheduler.check import violations
from scheduler.explain import why_no_place
from scheduler.instances import plan_from_json, plan_to_json, problem_to_json
from scheduler.plan import DeskVisit, Plan, Stop, Trip
from scheduler.problem import Problem
from scheduler.replan import repair
from scheduler.staff import Room
from scheduler.task import Kind, Mode, Task
from server.adapters.calendar import WorkingDays
from server.adapters.travel import Place, StraightLine, Travel
from server.clock import local_day, local_minute
from server.errors import BadPayload, CannotBeThere, NothingToPlan, PlanRefused
from server.models.bureau import Bureau
from server.models.bureau import Mode as SurveyMode
from server.models.case import Case
from server.models.round import Plan as PlanRecord
from server.models.round import PlanStatus, Round, Visit
from server.models.survey import Survey
from server.services import promises
from server.services.planning.asking import by_scope, policy_of, promised_on, stated, waiting
from server.services.planning.computing import MOST_DAYS
from server.services.planning.elsewhere import set_aside
from server.services.planning.overrunning import Overruns, overruns
from server.services.planning.staffing import (
    BUREAU_SITE,
    cars_of,
    officers_of,
    still_to_come,
)
from server.services.planning.standing import (
    confirmed_among,
    is_broken,
    may_change,
    still_to_make,
)
from server.services.planning.steadying import steadied
from server.services.planning.tasks import (
    SOON,
    district_codes,
    modes_of,
    recused_of,
    sites_of,
    task_of,
)
from server.services.planning.wishing import Wish, why_not_there, wished
from server.services.scope import Scope

#: A promise that was given weighs more than any three surveys that wait.
PROMISED_PRIORITY = 10

#: The most urgent cases a repair looks for a place for; more of them are a plan of their own.
MOST_URGENT = 50

#: How long the planner thinks while the coordinator waits.
SECONDS = 0.3

ROOM = "desks"


@dataclass(frozen=True, slots=True)
class Question:
    """``before`` is what was promised and may change, as the planner would have said it.

    ``promises`` is what the bureau's promises counted when they were read.
    """

    first_day: date
    last_day: date
    problem: Problem  # as the crow flies, until it is asked `with_ways`
    places: tuple[Place, ...]
    before: Plan
    promises: int
    no_place: tuple[int, ...] = ()  # asked about, on site only, and nobody knows where


@dataclass(frozen=True, slots=True)
class Proposal:
    """The plan as it would go on, and by survey what that changes; see `scheduler.replan`."""

    after: Plan
    moved: tuple[str, ...]
    other_crew: tuple[str, ...]
    lost: tuple[str, ...]
    added: tuple[str, ...]


def ask(
    db: Session,
    bureau: Bureau,
    *,
    first_day: date,
    last_day: date,
    at: datetime,
    calendar: WorkingDays,
    scope: Scope | None = None,
    wish: Wish | None = None,
    beside: Sequence[Survey] | None = None,
) -> Question:
    """What was promised for these days, what changed since, and what has become urgent.

    Promises that may not change (`standing.may_change`), and those outside the `scope`, just take
    their officers' time, their car or their desk. Surveys that wait are asked about only if they
    are due. A `wish` is an appointment the coordinator wants at another time, or in other hands.
    Where a time is looked for `beside` everything promised, for these surveys and no others, what
    nobody can keep any more is left for a repair to settle.

    Raises:
        BadPayload: days out of order, in the past, or too many.
        NothingToPlan: nothing was promised that may change, and nothing is urgent; or nobody works.
        CannotBeThere: the wish breaks a rule.
    """
    many = (last_day - first_day).days >= MOST_DAYS
    if many or not local_day(at) <= first_day <= last_day:
        raise BadPayload("days", cause="days")
    known_promises = promises.as_of_now(db, bureau.id)
    days = tuple(first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
    scope = scope or Scope(bureau.id)
    rounds = promised_on(db, bureau, days)
    late = overruns(db, bureau.id, at=at)
    changing = _changing(db, scope, rounds, days, late, at=at)
    if beside is None:
        due = Case.survey_by <= local_day(at) + SOON
        asked = db.scalars(waiting(scope).where(due).limit(MOST_URGENT)).all()
    else:
        changing = [round_ for round_ in changing if not is_broken(round_, late)]
        asked = beside
    settled = set(rounds).difference(changing)
    fixed = [round_ for round_ in rounds if round_ in settled]
    visits = [visit for round_ in changing for visit in still_to_make(round_)]
    surveys = [*(visit.survey for visit in visits), *asked]
    if not surveys:
        raise NothingToPlan("nothing may change and nothing is urgent", cause="nothing_to_repair")

    districts = district_codes(db, bureau)
    sites, places = sites_of(db, bureau, (survey.case.premises for survey in surveys))
    recused = recused_of(db, surveys)
    tasks = [_promised_task(visit, days, districts, recused, sites) for visit in visits]
    no_place = []
    for survey in asked:
        if modes := modes_of(survey, sites):
            tasks.append(task_of(survey, modes, days, districts, recused))
        else:
            no_place.append(survey.id)
    at_desks = [round_ for round_ in fixed if still_to_come(round_, at)]
    # to the minute: who is not told of a shift would be shifted again by the next repair
    policy = replace(policy_of(bureau), leeway_minutes=0)
    officers = officers_of(
        db,
        scope,
        days,
        [round_ for round_ in fixed if not still_to_come(round_, at)],
        districts,
        at=at,
        calendar=calendar,
        late=late,
    )
    held = set_aside(at_desks, officers, days, policy)
    if not held.officers:
        raise NothingToPlan("nobody works on these days", cause="nobody")
    if wish is not None:
        tasks = wished(wish, tasks, visits, held.officers, days, policy)
    desks = max(0, bureau.video_rooms - held.desks)
    try:
        problem = stated(
            days=days,
            officers=held.officers,
            cars=tuple(
                cars_of(bureau, [r for r in fixed if r.mode is SurveyMode.ON_SITE], days, late=late)
            ),
            rooms=(Room(ROOM, BUREAU_SITE, desks),) if desks else (),
            tasks=(*tasks, *held.taken),
            travel=StraightLine().seconds(places),
            policy=policy,
        )
    except PlanRefused as refused:
        if wish is None:
            raise
        raise CannotBeThere(str(refused), cause="taken") from refused  # two promises at once
    before = _as_planned(changing, {task.key: task for task in tasks}, days)
    return Question(
        first_day, last_day, problem, tuple(places), before, known_promises, tuple(no_place)
    )


def with_ways(question: Question, travel: Travel) -> Question:
    """The same question with the driving times that `travel` knows."""
    known = replace(question.problem, travel=travel.seconds(question.places))
    return replace(question, problem=known)


def think(question: Question, *, seconds: float = SECONDS, seed: int = 0) -> Proposal:
    """The smallest change that works, and why a survey is left out of it. Needs no records.

    Raises:
        CannotBeThere: what the coordinator wishes would take a time that is promised for good,
            or there is no time for the way.
    """
    problem, before = question.problem, question.before
    pinned = {task.key for task in problem.tasks if task.pinned is not None}
    found = repair(problem, before.without(pinned), seconds=seconds, seed=seed)
    after = steadied(before, found.plan)
    if violations(problem, after, before):
        after = found.plan
        if broken := violations(problem, after, before):
            raise RuntimeError(f"the planner broke a rule: {broken[0]}")
    tasks = {task.key: task for task in problem.tasks}
    agenda = Agenda(problem, after)
    reasons = tuple(why_no_place(problem, agenda, tasks[left.task]) for left in after.unplanned)
    promised, proposed = before.appointments(), after.appointments()
    for left in reasons:
        if left.task in pinned and left.task in promised:
            raise CannotBeThere(left.task, cause=why_not_there(problem, tasks[left.task]))
    moved, other_crew = list(found.moved), list(found.other_crew)
    for key in pinned & promised.keys():  # what was wished for, the planner was not told of before
        was, now = promised[key], proposed[key]
        if (was.mode, was.day, was.start) != (now.mode, now.day, now.start):
            moved.append(key)
        elif was.officers != now.officers:
            other_crew.append(key)
    return Proposal(
        after=replace(after, unplanned=reasons),
        moved=tuple(moved),
        other_crew=tuple(other_crew),
        lost=found.lost,
        added=tuple(key for key in found.added if key.isdecimal() and key not in promised),
    )


def propose(
    db: Session,
    bureau_id: int,
    question: Question,
    proposal: Proposal,
    *,
    by: str,
    district_id: int | None = None,
) -> PlanRecord:
    """Keep the proposal for the coordinator to look at. Nothing is promised. The caller commits.

    What the same coordinator was proposed before and did not answer is forgotten.
    """
    unanswered = select(PlanRecord).where(
        PlanRecord.bureau_id == bureau_id,
        PlanRecord.by == by,
        PlanRecord.made_from.is_not(None),
        PlanRecord.status == PlanStatus.DRAFT,
    )
    for old in db.scalars(unanswered):
        db.delete(old)
    made = PlanRecord(
        bureau_id=bureau_id,
        district_id=district_id,
        first_day=question.first_day,
        last_day=question.last_day,
        by=by,
        seconds=SECONDS,
        progress=1.0,
        status=PlanStatus.DRAFT,
        problem=json.loads(problem_to_json(question.problem)),
        result=json.loads(plan_to_json(proposal.after)),
        no_place=list(question.no_place),
        made_from=question.promises,
        changes={
            "before": json.loads(plan_to_json(question.before)),
            "moved": list(proposal.moved),
            "other_crew": list(proposal.other_crew),
            "lost": list(proposal.lost),
            "added": list(proposal.added),
        },
    )
    db.add(made)
    db.flush()
    return made


def before_of(made: PlanRecord) -> Plan:
    """What was promised before the repair."""
    return plan_from_json(json.dumps(made.changes["before"]))


def proposal_of(made: PlanRecord) -> Proposal:
    """The proposal as it was stored."""
    return Proposal(
        after=plan_from_json(json.dumps(made.result)),
        moved=tuple(made.changes["moved"]),
        other_crew=tuple(made.changes["other_crew"]),
        lost=tuple(made.changes["lost"]),
        added=tuple(made.changes["added"]),
    )


def _changing(
    db: Session,
    scope: Scope,
    rounds: Sequence[Round],
    days: Sequence[date],
    late: Overruns,
    *,
    at: datetime,
) -> list[Round]:
    """Rounds that may change and that lie in the scope with every stop and all of their crew."""
    known, _ = by_scope(db, scope, rounds)
    reaching = set(
        db.scalars(
            select(Visit.round_id).where(
                Visit.round_id.in_([round_.id for round_ in known]), ~scope.visits()
            )
        )
    )
    confirmed = confirmed_among(db, known)
    return [
        round_
        for round_ in known
        if round_.id not in reaching
        and local_day(round_.leaves_at) in days
        and may_change(round_, confirmed, late, at=at)
    ]


def _promised_task(
    visit: Visit,
    days: Sequence[date],
    districts: dict[int, str],
    recused: dict[int, frozenset[str]],
    sites: dict[int, int],
) -> Task:
    """The survey of a promise: the way promised stays open to it, as long as promised."""
    survey, promised = visit.survey, _mode_promised(visit, sites)
    others = tuple(mode for mode in modes_of(survey, sites) if mode.kind is not promised.kind)
    task = task_of(survey, (promised, *others), days, districts, recused)
    day = (local_day(visit.starts_at) - days[0]).days
    return replace(
        task,
        priority=PROMISED_PRIORITY,
        deadline=None if task.deadline is None else max(task.deadline, day),
    )


def _mode_promised(visit: Visit, sites: dict[int, int]) -> Mode:
    minutes = int((visit.ends_at - visit.starts_at).total_seconds()) // 60
    types = frozenset({visit.survey.case.item_type.code})
    if visit.round.mode is SurveyMode.VIDEO:
        return Mode(Kind.VIDEO, minutes, types)
    site = sites.get(visit.survey.case.premises_id, BUREAU_SITE)
    return Mode(Kind.ON_SITE, minutes, types, site=site)


def _as_planned(rounds: Sequence[Round], tasks: dict[str, Task], days: Sequence[date]) -> Plan:
    """Rounds in the planner's words. Everybody is promised the first way of their task."""
    trips, desk_visits = [], []
    for round_ in rounds:
        day = (local_day(round_.leaves_at) - days[0]).days
        visits = [visit for visit in still_to_make(round_) if str(visit.survey_id) in tasks]
        if round_.mode is SurveyMode.ON_SITE:
            trips.append(_trip(round_, visits, day))
        else:
            desk_visits += [_desk_visit(round_, visit, day) for visit in visits]
    return Plan(
        tuple(sorted(trips, key=lambda trip: (trip.day, trip.depart, trip.car))),
        tuple(sorted(desk_visits, key=lambda visit: (visit.day, visit.start, visit.task))),
    )


def _trip(round_: Round, visits: Sequence[Visit], day: int) -> Trip:
    officers = [str(key) for key in (round_.lead_id, round_.second_id) if key is not None]
    return Trip(
        car=str(round_.car),
        officers=tuple(officers),
        day=day,
        depart=local_minute(round_.leaves_at),
        back=local_minute(round_.back_at),
        stops=tuple(
            Stop(
                task=str(visit.survey_id),
                mode=0,
                arrive=local_minute(visit.starts_at),
                start=local_minute(visit.starts_at),
                end=local_minute(visit.ends_at),
            )
            for visit in visits
        ),
        travel_seconds=round_.travel_seconds,
    )


def _desk_visit(round_: Round, visit: Visit, day: int) -> DeskVisit:
    return DeskVisit(
        task=str(visit.survey_id),
        mode=0,
        lead=str(round_.lead_id),
        second=str(round_.second_id) if round_.second_id else None,
        room=ROOM,
        day=day,
        start=local_minute(visit.starts_at),
        end=local_minute(visit.ends_at),
    )
