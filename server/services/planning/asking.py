"""From records to the planner's question: who works when, what must be surveyed, how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduler.policy import Policy
from scheduler.problem import Problem
from scheduler.refusals import ProblemRefused
from scheduler.staff import Room
from server.adapters.calendar import WorkingDays
from server.adapters.travel import Travel
from server.clock import moment_of
from server.errors import NothingToPlan, PlanRefused
from server.models.bureau import Bureau
from server.models.bureau import Mode as SurveyMode
from server.models.case import Case, CaseStatus
from server.models.expert import Expert
from server.models.round import Round, RoundStatus, Visit
from server.models.survey import Survey, SurveyStatus
from server.services.planning.elsewhere import set_aside
from server.services.planning.overrunning import overruns
from server.services.planning.staffing import (
    BUREAU_SITE,
    cars_of,
    officers_of,
    still_to_come,
)
from server.services.planning.tasks import (
    district_codes,
    modes_of,
    pinned_of,
    recused_of,
    sites_of,
    task_of,
)
from server.services.scope import Scope

#: Surveys one plan looks at, the most urgent first. A city of some hundred officers carries out six
#: thousand a week; with more than this the coordinator would wait long for the plan to begin.
MOST_SURVEYS = 10_000


@dataclass(frozen=True, slots=True)
class Question:
    """What the planner is asked, and the surveys it cannot even be asked about."""

    problem: Problem
    no_place: tuple[Survey, ...]  # on site only, but nobody knows where: needs coordinates
    beyond: int  # surveys that wait too, but less urgently than one plan can hold


def ask(
    db: Session,
    bureau: Bureau,
    *,
    first_day: date,
    last_day: date,
    at: datetime,
    travel: Travel,
    calendar: WorkingDays,
    scope: Scope | None = None,
) -> Question:
    """Everything that is waiting, and everybody who works, between two days (both included).

    Appointments already published stay where they are: on-site rounds take their officers and
    their car away, video appointments are pinned so that they keep their room. Within a `scope`
    only its surveys wait, only officers who may work there are asked, and what other districts
    were promised takes its time without being told.

    Raises:
        NothingToPlan: no survey is waiting, or nobody works on these days.
        PlanRefused: the records contradict each other.
    """
    days = tuple(first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
    scope = scope or Scope(bureau.id)
    every = list(db.scalars(waiting(scope)))
    surveys, beyond = every[:MOST_SURVEYS], max(0, len(every) - MOST_SURVEYS)
    promised = promised_on(db, bureau, days)
    districts = district_codes(db, bureau)
    sites, places = sites_of(db, bureau, (survey.case.premises for survey in surveys))
    late = overruns(db, bureau.id, at=at)
    on_video = [
        round_ for round_ in promised if still_to_come(round_, at) and not late.hold_up(round_)
    ]
    pinnable, foreign = by_scope(db, scope, on_video)
    taken = [round_ for round_ in promised if round_ not in on_video]
    policy = policy_of(bureau)
    officers = officers_of(db, scope, days, taken, districts, at=at, calendar=calendar, late=late)
    elsewhere = set_aside(foreign, officers, days, policy)
    recused = recused_of(db, surveys)
    tasks, no_place = [], []
    for survey in surveys:
        if modes := modes_of(survey, sites):
            tasks.append(task_of(survey, modes, days, districts, recused))
        else:
            no_place.append(survey)
    if not elsewhere.officers:
        raise NothingToPlan("nobody works on these days", cause="nobody")
    if not surveys:
        raise NothingToPlan("no survey is waiting", cause="no_survey")
    on_site = [round_ for round_ in promised if round_.mode is SurveyMode.ON_SITE]
    officer_keys = {officer.key for officer in elsewhere.officers}
    pinned = [
        task for round_ in pinnable for task in pinned_of(round_, days, districts, officer_keys)
    ]
    desks = max(0, bureau.video_rooms - elsewhere.desks)
    problem = stated(
        days=days,
        officers=elsewhere.officers,
        cars=tuple(cars_of(bureau, on_site, days, late=late)),
        rooms=(Room("desks", BUREAU_SITE, desks),) if desks else (),
        tasks=(*tasks, *pinned, *elsewhere.taken),
        travel=travel.seconds(places),
        policy=policy,
    )
    return Question(problem, tuple(no_place), beyond)


def policy_of(bureau: Bureau) -> Policy:
    """What the bureau has chosen of what the planner can be told."""
    return Policy(
        officers_on_site=bureau.crew_size,
        officers_on_video=bureau.video_officers,
        on_site_grid=bureau.on_site_grid,
    )


def stated(**parts: Any) -> Problem:
    """Raises: PlanRefused: the records contradict each other; names the thing and why."""
    try:
        return Problem(**parts)
    except ProblemRefused as nonsense:
        raise PlanRefused(
            str(nonsense), cause=str(nonsense.code), thing=nonsense.thing
        ) from nonsense


def waiting(scope: Scope) -> Select[Survey]:
    """Surveys nobody was promised a time for, the most urgent first."""
    return (
        select(Survey)
        .join(Case)
        .where(
            scope.surveys(),
            Survey.status == SurveyStatus.OPEN,
            Case.status == CaseStatus.RECEIVED,
        )
        .options(
            joinedload(Survey.case).joinedload(Case.premises),
            joinedload(Survey.case).joinedload(Case.item_type),
        )
        .order_by(Case.survey_by, Survey.id)
    )


def promised_on(db: Session, bureau: Bureau, days: Sequence[date]) -> list[Round]:
    """Rounds that were published and are not over, by anybody's scope."""
    why_away = selectinload(Expert.absences), selectinload(Expert.recusals)
    return list(
        db.scalars(
            select(Round)
            .where(
                Round.bureau_id == bureau.id,
                Round.status.in_((RoundStatus.PUBLISHED, RoundStatus.UNDER_WAY)),
                Round.leaves_at < moment_of(days[-1], 24 * 60),
                Round.back_at > moment_of(days[0], 0),
            )
            .options(
                joinedload(Round.lead).options(*why_away),
                joinedload(Round.second).options(*why_away),
                selectinload(Round.visits)
                .joinedload(Visit.survey)
                .joinedload(Survey.case)
                .joinedload(Case.item_type),
                selectinload(Round.visits)
                .joinedload(Visit.survey)
                .joinedload(Survey.case)
                .joinedload(Case.premises),
            )
        )
    )


def by_scope(db: Session, scope: Scope, rounds: Sequence[Round]) -> tuple[list[Round], list[Round]]:
    """Those the scope may know of, by their surveys and their crew, and the others."""
    if scope.is_whole:
        return list(rounds), []
    ids = [round_.id for round_ in rounds]
    ours = set(db.scalars(select(Round.id).where(Round.id.in_(ids), scope.rounds())))
    experts = {None, *db.scalars(select(Expert.id).where(scope.experts()))}
    known: list[Round] = []
    foreign: list[Round] = []
    for round_ in rounds:
        crew_is_known = {round_.lead_id, round_.second_id} <= experts
        (known if round_.id in ours and crew_is_known else foreign).append(round_)
    return known, foreign
