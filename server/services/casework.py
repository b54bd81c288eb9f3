"""The coordinator's view of cases: lists, figures, one case with all that happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from server.clock import local_day, moment_of
from server.errors import NotFound
from server.models.account import Account
from server.models.applicant import Applicant, Premises
from server.models.bureau import Mode
from server.models.case import Case, CaseStatus
from server.models.expert import Booking, Expert, Recusal
from server.models.lifecycle import Event
from server.models.notice import Notice, NoticeStatus
from server.models.observer import Observer
from server.models.round import Plan, Round, RoundStatus, Visit
from server.models.session import InspectionSession
from server.models.survey import Survey, SurveyStatus
from server.services.scope import Scope, districts_below, scope_of

#: Cases whose survey should be made within these days are shown as due soon.
SOON = timedelta(days=2)
WAITING = (CaseStatus.RECEIVED, CaseStatus.PLANNED, CaseStatus.NOTIFIED, CaseStatus.SURVEYING)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; empty means everything."""

    status: CaseStatus | None = None
    district_id: int | None = None
    item_type_id: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures above the list."""

    cases: dict[CaseStatus, int]
    overdue: int
    due_soon: int
    video_today: int
    on_site_today: int
    done_today: int
    notices_failed: int


def listing(account: Account, chosen: Filter) -> Select[Case]:
    """The cases this account may see, most urgent first; the edge cuts it into pages."""
    query = (
        select(Case)
        .join(Case.premises)
        .join(Case.applicant)
        .join(Case.item_type)
        .where(scope_of(account).cases())
        .options(
            contains_eager(Case.premises).joinedload(Premises.district),
            contains_eager(Case.applicant),
            contains_eager(Case.item_type),
        )
    )
    if chosen.status is not None:
        query = query.where(Case.status == chosen.status)
    if chosen.item_type_id is not None:
        query = query.where(Case.item_type_id == chosen.item_type_id)
    if chosen.district_id is not None:
        query = query.where(Premises.district_id.in_(districts_below(chosen.district_id)))
    if words := chosen.words.strip():
        pattern = f"%{_escape(words)}%"
        query = query.where(
            or_(
                *(
                    column.like(pattern, escape="\\")
                    for column in (Case.number, Premises.name, Premises.address, Applicant.name)
                )
            )
        )
    return query


def overview(db: Session, account: Account, *, at: datetime) -> Overview:
    """Counted afresh at every call: never a figure the list below does not bear out."""
    today = local_day(at)
    begins, ends = moment_of(today, 0), moment_of(today, 24 * 60)
    scope = scope_of(account)
    seen = select(Case.id).where(scope.cases())
    by_status = db.execute(
        select(Case.status, func.count()).where(Case.id.in_(seen)).group_by(Case.status)
    ).all()
    waiting = and_(Case.id.in_(seen), Case.status.in_(WAITING))
    today_visits = (
        select(func.count())
        .select_from(Visit)
        .join(Visit.round)
        .join(Visit.survey)
        .where(
            Visit.promised,
            Visit.starts_at >= begins,
            Visit.starts_at < ends,
            Survey.case_id.in_(seen),
        )
    )

    def count(query: Select[int]) -> int:
        return db.scalar(query) or 0

    return Overview(
        cases={**dict.fromkeys(CaseStatus, 0), **{row[0]: row[1] for row in by_status}},
        overdue=count(select(func.count()).where(waiting, Case.survey_by < today)),
        due_soon=count(
            select(func.count()).where(
                waiting, Case.survey_by >= today, Case.survey_by <= today + SOON
            )
        ),
        video_today=count(today_visits.where(Round.mode == Mode.VIDEO)),
        on_site_today=count(today_visits.where(Round.mode == Mode.ON_SITE)),
        done_today=count(today_visits.where(Survey.status == SurveyStatus.CONCLUDED)),
        notices_failed=count(
            select(func.count()).where(scope.notices(), Notice.status == NoticeStatus.FAILED)
        ),
    )


def urgent(db: Session, account: Account, *, at: datetime) -> int:
    """Cases without an appointment although they are due, or were."""
    due = Case.survey_by <= local_day(at) + SOON
    waiting = Case.status == CaseStatus.RECEIVED
    query = select(func.count()).select_from(Case).where(scope_of(account).cases(), waiting, due)
    return db.scalar(query) or 0


def one(db: Session, case_id: int, account: Account) -> Case:
    """Raises: NotFound: no such case, or outside the account's bureau or district."""
    case = db.scalar(listing(account, Filter()).where(Case.id == case_id))
    if case is None:
        raise NotFound(f"case {case_id}")
    return case


def current_surveys(db: Session, cases: Sequence[Case]) -> dict[int, Survey]:
    """By case, its newest survey."""
    newest = (
        select(func.max(Survey.id))
        .where(Survey.case_id.in_([case.id for case in cases]))
        .group_by(Survey.case_id)
    )
    return {
        survey.case_id: survey for survey in db.scalars(select(Survey).where(Survey.id.in_(newest)))
    }


def current_visits(db: Session, surveys: Sequence[Survey]) -> dict[int, Visit]:
    """By survey, the visit it is promised (or was made in)."""
    return {
        visit.survey_id: visit
        for visit in db.scalars(
            select(Visit)
            .where(Visit.survey_id.in_([survey.id for survey in surveys]), Visit.promised)
            .options(
                joinedload(Visit.round).joinedload(Round.lead),
                joinedload(Visit.round).joinedload(Round.second),
            )
        )
    }


def surveys_of(db: Session, case: Case) -> list[Survey]:
    return list(db.scalars(select(Survey).where(Survey.case_id == case.id).order_by(Survey.id)))


def timeline(db: Session, case: Case) -> list[Event]:
    """Everything that happened to a case, oldest first: to its surveys, who observed them, and who
    must not judge its applicant."""
    surveys = select(Survey.id).where(Survey.case_id == case.id)
    observers = (
        select(Observer.id)
        .join(Observer.session)
        .join(InspectionSession.visit)
        .where(Visit.survey_id.in_(surveys))
    )
    recusals = select(Recusal.id).where(Recusal.applicant_id == case.applicant_id)
    return list(
        db.scalars(
            select(Event)
            .where(
                or_(
                    and_(Event.subject == Case.SUBJECT, Event.subject_id == case.id),
                    and_(Event.subject == Survey.SUBJECT, Event.subject_id.in_(surveys)),
                    and_(Event.subject == Observer.SUBJECT, Event.subject_id.in_(observers)),
                    and_(Event.subject == Recusal.SUBJECT, Event.subject_id.in_(recusals)),
                )
            )
            .order_by(Event.id)
        )
    )


def notices_of(db: Session, case: Case) -> list[Notice]:
    return list(db.scalars(select(Notice).where(Notice.case_id == case.id).order_by(Notice.id)))


@dataclass(frozen=True, slots=True)
class BoardRounds:
    """Rounds with the stops somebody may see; `partial` are ids of those with others besides."""

    rounds: list[Round]
    partial: frozenset[int]


def rounds_between(
    db: Session, account: Account, first: date, last: date, *, plan_id: int | None = None
) -> BoardRounds:
    """Published rounds of some days, and the draft ones of one plan the account may see."""
    scope = scope_of(account)
    wanted: ColumnElement[bool] = Round.status.in_(
        (RoundStatus.PUBLISHED, RoundStatus.UNDER_WAY, RoundStatus.FINISHED)
    )
    if plan_id is not None:
        theirs = select(Plan.id).where(Plan.id == plan_id, scope.plans())
        wanted = or_(wanted, Round.plan_id.in_(theirs))
    found = db.scalars(
        select(Round)
        .where(
            scope.rounds(),
            wanted,
            Round.leaves_at >= moment_of(first, 0),
            Round.leaves_at < moment_of(last, 24 * 60),
        )
        .options(*round_details(scope))
        .order_by(Round.leaves_at, Round.id)
    ).all()
    beyond = select(Visit.round_id).where(
        Visit.round_id.in_([round_.id for round_ in found]), ~scope.visits()
    )
    return BoardRounds(list(found), frozenset(db.scalars(beyond)))


def experts_on_board(db: Session, account: Account, rounds: Sequence[Round]) -> list[Expert]:
    """Who may work in what the account sees, and whoever comes to it all the same."""
    crews = {expert for one in rounds for expert in (one.lead_id, one.second_id) if expert}
    return list(
        db.scalars(
            select(Expert)
            .where(
                Expert.bureau_id == account.bureau_id,
                Expert.active,
                or_(scope_of(account).experts(), Expert.id.in_(crews)),
            )
            .order_by(Expert.id)
        )
    )


def taken_elsewhere(
    db: Session, account: Account, experts: Sequence[Expert], first: date, last: date
) -> dict[int, list[Booking]]:
    """By expert, the time that rounds the account does not see have taken: when, not for what."""
    found: dict[int, list[Booking]] = {}
    for booking in db.scalars(
        select(Booking)
        .join(Round, Round.id == Booking.round_id)
        .where(
            Booking.expert_id.in_([expert.id for expert in experts]),
            Booking.starts_at < moment_of(last, 24 * 60),
            Booking.ends_at > moment_of(first, 0),
            ~scope_of(account).rounds(),
        )
        .order_by(Booking.starts_at)
    ):
        found.setdefault(booking.expert_id, []).append(booking)
    return found


def round_details(scope: Scope) -> tuple[ExecutableOption, ...]:
    """What drawing a round needs, loaded in a fixed number of queries; only stops in the scope."""
    stops = selectinload(Round.visits.and_(scope.visits()))
    to_case = stops.joinedload(Visit.survey).joinedload(Survey.case)
    return (
        joinedload(Round.lead).selectinload(Expert.recusals),
        joinedload(Round.second).selectinload(Expert.recusals),
        to_case.joinedload(Case.premises),
        to_case.joinedload(Case.item_type),
    )


def unplanned_details(
    db: Session, account: Account, survey_ids: Sequence[int]
) -> dict[int, Survey]:
    return {
        survey.id: survey
        for survey in db.scalars(
            select(Survey)
            .where(Survey.id.in_(survey_ids), scope_of(account).surveys())
            .options(
                joinedload(Survey.case).joinedload(Case.premises),
                joinedload(Survey.case).joinedload(Case.item_type),
            )
        )
    }


def _escape(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
