"""Surveys become the planner's tasks: how they may be made, where, by when, and by whom not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduler.task import Kind, Mode, Pin, Task
from server.adapters.travel import Place
from server.clock import local_day, local_minute
from server.models.applicant import Premises
from server.models.bureau import Bureau, District, DistrictLevel, ModeRule
from server.models.bureau import Mode as SurveyMode
from server.models.expert import Recusal, RecusalStatus
from server.models.round import Round
from server.models.survey import Survey

#: A survey that should have been done already counts as much as three others, one due within
#: these many days as two.
OVERDUE_PRIORITY, SOON_PRIORITY, SOON = 3, 2, timedelta(days=2)


def district_codes(db: Session, bureau: Bureau) -> dict[int, str]:
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


def sites_of(
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


def modes_of(survey: Survey, sites: dict[int, int]) -> tuple[Mode, ...]:
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


def task_of(
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


def pinned_of(
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


def recused_of(db: Session, surveys: Sequence[Survey]) -> dict[int, frozenset[str]]:
    """By applicant, the experts who must not judge them (回避)."""
    applicants = {survey.case.applicant_id for survey in surveys}
    found: dict[int, set[str]] = {}
    for recusal in db.scalars(select(Recusal).where(Recusal.status == RecusalStatus.RECORDED)):
        if recusal.applicant_id in applicants:
            found.setdefault(recusal.applicant_id, set()).add(str(recusal.expert_id))
    return {applicant: frozenset(experts) for applicant, experts in found.items()}
