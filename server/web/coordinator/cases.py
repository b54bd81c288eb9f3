"""Cases, as the coordinator and the supervisor see them: masked in lists, whole in one place."""

from __future__ import annotations

from datetime import date

from apiflask import APIBlueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import local_day, utcnow
from server.models.account import Role
from server.models.bureau import District, ItemType
from server.models.case import Case, CaseStatus
from server.models.expert import Expert
from server.models.identifiers import mask_address, mask_name, mask_phone
from server.models.record import SurveyRecord
from server.models.round import Visit
from server.models.survey import Survey, SurveyStatus
from server.models.verdict import Verdict
from server.services import casework, rechecks, recordings
from server.services.recusals import recused_from
from server.services.scope import scope_of
from server.services.signing import needs_another_crew
from server.web.access import current_account, only
from server.web.coordinator.payload import (
    CaseOut,
    CaseRow,
    Cases,
    CasesQuery,
    DistrictOut,
    Districts,
    EventOut,
    ExpertOut,
    Experts,
    ItemTypeOut,
    ItemTypes,
    NoticeBrief,
    OverviewOut,
    RecordOut,
    SurveyBrief,
    SurveyOut,
    Today,
    VerdictBrief,
    VisitOut,
    WithdrawalIn,
)
from server.web.db import db
from server.web.names import name_of
from server.web.paging import page
from server.web.words import failure, language

blueprint = APIBlueprint("coordinator_cases", __name__, url_prefix="/api/v1", tag="Cases")


@blueprint.get("/overview")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(OverviewOut)
def overview() -> OverviewOut:
    """The figures above the lists."""
    counted = casework.overview(db.session, current_account(), at=utcnow())
    return OverviewOut(
        cases=counted.cases,
        overdue=counted.overdue,
        due_soon=counted.due_soon,
        today=Today(
            video=counted.video_today, on_site=counted.on_site_today, done=counted.done_today
        ),
        notices_failed=counted.notices_failed,
    )


@blueprint.get("/cases")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.input(CasesQuery, location="query")
@blueprint.output(Cases)
def list_cases(query_data: CasesQuery) -> Cases:
    """Cases, most urgent first."""
    chosen = casework.Filter(
        query_data.status, query_data.district, query_data.item_type, query_data.q
    )
    found = page(
        db.session,
        casework.listing(current_account(), chosen),
        (Case.survey_by, Case.id),
        cursor=query_data.cursor,
        limit=query_data.limit,
    )
    today = local_day(utcnow())
    surveys = casework.current_surveys(db.session, found.items)
    visits = casework.current_visits(db.session, list(surveys.values()))
    rows = [_row(case, surveys.get(case.id), visits, today) for case in found.items]
    return Cases(items=rows, next=found.next)


@blueprint.get("/cases/<int:case_id>")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(CaseOut)
def show_case(case_id: int) -> CaseOut:
    """One case with its surveys, notices and timeline."""
    return _whole(case_id)


def _whole(case_id: int) -> CaseOut:
    case = casework.one(db.session, case_id, current_account())
    surveys = casework.surveys_of(db.session, case)
    visits = casework.current_visits(db.session, surveys)
    row = _row(case, surveys[-1] if surveys else None, visits, local_day(utcnow()))
    return CaseOut(
        **row.model_dump(),
        timeline=[
            EventOut(
                at=event.at,
                subject=event.subject,
                came_from=event.came_from,
                to=event.to,
                by=event.by,
                by_name=name_of(event.by),
                note=event.note,
            )
            for event in casework.timeline(db.session, case)
        ],
        surveys=[_survey(db.session, survey, visits.get(survey.id)) for survey in surveys],
        notices=[
            NoticeBrief(
                id=notice.id,
                kind=notice.kind,
                channel=notice.channel,
                to=mask_phone(notice.to),
                status=notice.status,
                sent_at=notice.sent_at,
                error=failure(notice.error, language()),
            )
            for notice in casework.notices_of(db.session, case)
        ],
    )


@blueprint.post("/cases/<int:case_id>/recheck")
@only(Role.COORDINATOR)
@blueprint.output(CaseOut, status_code=201)
def order_recheck(case_id: int) -> CaseOut:
    """What had to be put right was put right: the case waits for a second look."""
    case = casework.one(db.session, case_id, current_account())
    rechecks.order_recheck(db.session, case, by=current_account().sign_in_name, at=utcnow())
    db.session.commit()
    return _whole(case_id)


@blueprint.post("/cases/<int:case_id>/withdrawal")
@only(Role.COORDINATOR)
@blueprint.input(WithdrawalIn)
@blueprint.output(CaseOut, status_code=201)
def withdraw_case(case_id: int, json_data: WithdrawalIn) -> CaseOut:
    """The applicant gave up, or the case came in by mistake."""
    case = casework.one(db.session, case_id, current_account())
    rechecks.withdraw(
        db.session,
        case,
        by=current_account().sign_in_name,
        at=utcnow(),
        note=json_data.note,
    )
    db.session.commit()
    return _whole(case_id)


@blueprint.get("/item-types")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(ItemTypes)
def list_item_types() -> ItemTypes:
    """What this bureau surveys."""
    found = db.session.scalars(
        select(ItemType)
        .where(ItemType.bureau_id == current_account().bureau_id)
        .order_by(ItemType.code)
    )
    return ItemTypes(
        items=[
            ItemTypeOut(
                id=item.id,
                code=item.code,
                name=item.name,
                name_en=item.name_en or item.name,
                has_script=bool(item.script),
            )
            for item in found
        ]
    )


@blueprint.get("/districts")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(Districts)
def list_districts() -> Districts:
    """The bureau's tree of districts, or the part of it that the account sees."""
    found = db.session.scalars(
        select(District)
        .where(District.id.in_(scope_of(current_account()).districts()))
        .order_by(District.code)
    )
    return Districts(
        items=[
            DistrictOut(
                id=node.id,
                parent_id=node.parent_id,
                code=node.code,
                name=node.name,
                name_en=node.name_en or node.name,
                level=node.level,
            )
            for node in found
        ]
    )


@blueprint.get("/experts")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(Experts)
def list_experts() -> Experts:
    """Who can be sent to the districts the account sees."""
    found = db.session.scalars(
        select(Expert)
        .where(scope_of(current_account()).experts(), Expert.active)
        .order_by(Expert.id)
    )
    return Experts(
        items=[
            ExpertOut(
                id=expert.id,
                name=expert.name,
                badge=expert.badge,
                home_district=expert.home_district.name,
                item_types=len(expert.item_types),
            )
            for expert in found
        ]
    )


def _row(case: Case, survey: Survey | None, visits: dict[int, Visit], today: date) -> CaseRow:
    visit = visits.get(survey.id) if survey else None
    district = case.premises.district
    return CaseRow(
        id=case.id,
        number=case.number,
        item_type=case.item_type.name,
        item_type_en=case.item_type.name_en or case.item_type.name,
        premises=case.premises.name,
        address=mask_address(case.premises.address),
        district=district.name if district else "",
        district_en=(district.name_en or district.name) if district else "",
        applicant=mask_name(case.applicant.contact or case.applicant.name),
        status=CaseStatus(case.status),
        accepted_on=case.accepted_on,
        survey_by=case.survey_by,
        days_left=(case.survey_by - today).days,
        survey=SurveyBrief(
            id=survey.id,
            mode=survey.mode,
            status=survey.status,
            starts_at=visit.starts_at if visit else None,
            lead=visit.round.lead.name if visit else None,
        )
        if survey
        else None,
    )


def _survey(session: Session, survey: Survey, visit: Visit | None) -> SurveyOut:
    verdict = session.scalar(select(Verdict).where(Verdict.survey_id == survey.id))
    records = session.scalars(
        select(SurveyRecord).where(SurveyRecord.survey_id == survey.id).order_by(SurveyRecord.id)
    )
    return SurveyOut(
        id=survey.id,
        mode=survey.mode,
        status=survey.status,
        recheck=survey.recheck,
        visit=VisitOut(
            id=visit.id,
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            lead=visit.round.lead.name,
            second=visit.round.second.name if visit.round.second else None,
            recused=[expert.name for expert in recused_from(survey, visit.round.crew)],
            needs_another_crew=survey.status is SurveyStatus.UNDER_WAY
            and needs_another_crew(session, survey),
        )
        if visit
        else None,
        verdict=VerdictBrief(
            finding=verdict.finding,
            by=verdict.by,
            by_name=name_of(verdict.by),
            at=verdict.at,
            rectify_by=verdict.rectify_by,
        )
        if verdict
        else None,
        records=[RecordOut.model_validate(record) for record in records],
        recorded=recordings.there_is_one(session, survey),
    )
