"""From records to the planner's question: who works when, what must be surveyed, how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from scheduler.policy import Policy
from scheduler.problem import Problem
from scheduler.refusals import ProblemRefused
from scheduler.staff import Room
from scheduler.task import Kind, Mode, Pin, Task
from server.adapters.calendar import WorkingDays
from server.adapters.travel import Place, Travel
from server.clock import local_day, local_minute, moment_of
from server.errors import NothingToPlan, PlanRefused
from server.models.applicant import Premises
from server.models.bureau import Bureau, District, DistrictLevel, ModeRule
from server.models.bureau import Mode as SurveyMode
from server.models.case import Case, CaseStatus
from server.models.expert import Expert, Recusal
from server.models.round import Round, RoundStatus, Visit
from server.models.survey import Survey, SurveyStatus
from server.services.planning.elsewhere import set_aside
from server.services.planning.staffing import (
    BUREAU_SITE,
    cars_of,
    officers_of,
    still_to_come,
)
from server.services.scope import Scope

#: A survey that should have been done already counts as much as three others, one due within
#: these many days as two.
OVERDUE_PRIORITY, SOON_PRIORITY, SOON = 3, 2, timedelta(days=2)

#: Surveys one plan looks at, the most urgent first: more would not be carried out within the days
#: one plan is made for, and driving times grow with the square of the number.
MOST_SURVEYS = 3_000


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
    waiting = _waiting(db, scope)
    surveys, beyond = waiting[:MOST_SURVEYS], max(0, len(waiting) - MOST_SURVEYS)
    promised = _promised(db, bureau, days)
    districts = _district_codes(db, bureau)
    sites, places = _sites(db, bureau, (survey.case.premises for survey in surveys))
    on_video = [round_ for round_ in promised if still_to_come(round_, at)]
    pinnable, foreign = _by_scope(db, scope, on_video)
    taken = [round_ for round_ in promised if round_ not in on_video]
    policy = Policy(officers_on_site=bureau.crew_size, officers_on_video=bureau.video_officers)
    officers = officers_of(db, scope, days, taken, districts, at=at, calendar=calendar)
    elsewhere = set_aside(foreign, officers, days, policy)
    recused = _recused(db, surveys)
    tasks, no_place = [], []
    for survey in surveys:
        if modes := _modes(survey, sites):
            tasks.append(_task(survey, modes, days, districts, recused))
        else:
            no_place.append(survey)
    if not elsewhere.officers:
        raise NothingToPlan("nobody works on these days", cause="nobody")
    if not surveys:
        raise NothingToPlan("no survey is waiting", cause="no_survey")
    on_site = [round_ for round_ in promised if round_.mode is SurveyMode.ON_SITE]
    officer_keys = {officer.key for officer in elsewhere.officers}
    pinned = [
        task for round_ in pinnable for task in _pinned(round_, days, districts, officer_keys)
    ]
    desks = max(0, bureau.video_rooms - elsewhere.desks)
    problem = _stated(
        days=days,
        officers=elsewhere.officers,
        cars=tuple(cars_of(bureau, on_site, days)),
        rooms=(Room("desks", BUREAU_SITE, desks),) if desks else (),
        tasks=(*tasks, *pinned, *elsewhere.taken),
        travel=travel.seconds(places),
        policy=policy,
    )
    return Question(problem, tuple(no_place), beyond)


def _stated(**parts: Any) -> Problem:
    """Raises: PlanRefused: the records contradict each other; names the thing and why."""
    try:
        return Problem(**parts)
    except ProblemRefused as nonsense:
        raise PlanRefused(
            str(nonsense), cause=str(nonsense.code), thing=nonsense.thing
        ) from nonsense


def _waiting(db: Session, scope: Scope) -> list[Survey]:
    return list(
        db.scalars(
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
    )


def _promised(db: Session, bureau: Bureau, days: Sequence[date]) -> list[Round]:
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
                joinedload(Round.lead),
                joinedload(Round.second),
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


def _by_scope(
    db: Session, scope: Scope, rounds: Sequence[Round]
) -> tuple[list[Round], list[Round]]:
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


def _district_codes(db: Session, bureau: Bureau) -> dict[int, str]:
    """For every node the code of the district or zone it lies in: streets belong to theirs."""
    nodes = {
        node.id: node
        for node in db.scalars(select(District).where(District.bureau_id == bureau.id))
    }

    def code(node: District) -> str:
        while node.level in (DistrictLevel.STREET, DistrictLevel.COMMUNITY) and node.parent_id:
            node = nodes[node.parent_id]
        return node.code

    return {key: code(node) for key, node in nodes.items()}


def _sites(
    db: Session, bureau: Bureau, premises: Iterable[Premises]
) -> tuple[dict[int, int], list[Place]]:
    """A number for every place: 0 is the bureau, one for each premises somewhere known.

    Premises without coordinates count as in the middle of those known in their district: good
    enough to send a crew the right way, and the import warned of it.
    """
    middles = _middles(db, bureau)
    numbers: dict[int, int] = {}
    places = [(bureau.longitude, bureau.latitude)]
    for one in premises:
        if one.id in numbers:
            continue
        known = one.longitude is not None and one.latitude is not None
        place = (one.longitude, one.latitude) if known else middles.get(one.district_id)
        if place is not None:
            numbers[one.id] = len(places)
            places.append((float(place[0] or 0), float(place[1] or 0)))
    return numbers, places


def _middles(db: Session, bureau: Bureau) -> dict[int | None, Place]:
    """By district, the middle of its premises with coordinates."""
    found = db.execute(
        select(Premises.district_id, func.avg(Premises.longitude), func.avg(Premises.latitude))
        .where(Premises.bureau_id == bureau.id, Premises.longitude.is_not(None))
        .group_by(Premises.district_id)
    )
    return {district: (east, north) for district, east, north in found}


def _modes(survey: Survey, sites: dict[int, int]) -> tuple[Mode, ...]:
    """The ways this survey may be made.

    An item type that prefers a visit gets one wherever somebody knows the way; one that prefers
    video leaves the choice to the planner.
    """
    item = survey.case.item_type
    types = frozenset({item.code})
    site = sites.get(survey.case.premises_id)
    may_visit = site is not None and (item.modes is not ModeRule.VIDEO or survey.only_on_site)
    must_visit = survey.only_on_site or (item.preferred is SurveyMode.ON_SITE and may_visit)
    ways = []
    if item.modes is not ModeRule.ON_SITE and not must_visit:
        ways.append(Mode(Kind.VIDEO, item.minutes_video, types))
    if may_visit:
        ways.append(Mode(Kind.ON_SITE, item.minutes_on_site, types, site=site))
    return tuple(ways)


def _task(
    survey: Survey,
    modes: tuple[Mode, ...],
    days: Sequence[date],
    districts: dict[int, str],
    recused: dict[int, frozenset[str]],
) -> Task:
    last, case = survey.case.survey_by, survey.case
    overdue = last < days[0]
    return Task(
        key=str(survey.id),
        district=districts.get(case.premises.district_id or 0, ""),
        modes=modes,
        deadline=None if overdue or last >= days[-1] else (last - days[0]).days,
        priority=OVERDUE_PRIORITY if overdue else SOON_PRIORITY if last - days[0] <= SOON else 1,
        recused=recused.get(case.applicant_id, frozenset()),
    )


def _pinned(
    round_: Round, days: Sequence[date], districts: dict[int, str], officers: set[str]
) -> list[Task]:
    crew = {str(round_.lead_id)} | ({str(round_.second_id)} if round_.second_id else set())
    if not crew <= officers:
        return []  # somebody has fallen ill since: the coordinator sees it on the board
    return [
        Task(
            key=str(visit.survey_id),
            district=districts.get(visit.survey.case.premises.district_id or 0, ""),
            modes=(
                Mode(
                    Kind.VIDEO,
                    int((visit.ends_at - visit.starts_at).total_seconds()) // 60,
                    frozenset({visit.survey.case.item_type.code}),
                    officers=len(crew),
                ),
            ),
            pinned=Pin(
                0,
                frozenset(crew),
                (local_day(visit.starts_at) - days[0]).days,
                local_minute(visit.starts_at),
            ),
        )
        for visit in round_.visits
        if visit.promised and local_day(visit.starts_at) in days
    ]


def _recused(db: Session, surveys: Sequence[Survey]) -> dict[int, frozenset[str]]:
    """By applicant, the experts who must not judge them (回避)."""
    applicants = {survey.case.applicant_id for survey in surveys}
    found: dict[int, set[str]] = {}
    for recusal in db.scalars(select(Recusal)):
        if recusal.applicant_id in applicants:
            found.setdefault(recusal.applicant_id, set()).add(str(recusal.expert_id))
    return {applicant: frozenset(experts) for applicant, experts in found.items()}
