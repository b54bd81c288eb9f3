"""An expert's day: which visits, when, where."""

from __future__ import annotations

from datetime import timedelta

from apiflask import APIBlueprint
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from server.clock import local_day, moment_of, utcnow
from server.models.account import Role
from server.models.case import Case
from server.models.expert import Expert
from server.models.identifiers import mask_name, mask_phone
from server.models.round import Round, Visit
from server.models.session import InspectionSession
from server.models.survey import Survey
from server.services.checklists import progress_of
from server.services.guidance import of_presenter
from server.web.access import current_account, only
from server.web.db import db
from server.web.expert.payload import Day, DayGuidance, DayQuery, DayVisit
from server.web.expert.recused import recused_out

blueprint = APIBlueprint("expert_day", __name__, url_prefix="/api/v1", tag="Surveys")


@blueprint.get("/expert/day")
@only(Role.EXPERT)
@blueprint.input(DayQuery, location="query")
@blueprint.output(Day)
def show_day(query_data: DayQuery) -> Day:
    """The expert's visits of one day (today if none is named), and what they present on it."""
    day = query_data.day or local_day(utcnow())
    expert_id = current_account().expert_id
    visits = db.session.scalars(
        select(Visit)
        .join(Round)
        .where(
            Visit.promised,
            Visit.starts_at >= moment_of(day, 0),
            Visit.starts_at < moment_of(day + timedelta(days=1), 0),
            or_(Round.lead_id == expert_id, Round.second_id == expert_id),
        )
        .options(
            joinedload(Visit.round).joinedload(Round.lead).selectinload(Expert.recusals),
            joinedload(Visit.round).joinedload(Round.second).selectinload(Expert.recusals),
            joinedload(Visit.survey).joinedload(Survey.case).joinedload(Case.premises),
            joinedload(Visit.survey).joinedload(Survey.case).joinedload(Case.applicant),
            joinedload(Visit.survey).joinedload(Survey.case).joinedload(Case.item_type),
        )
        .order_by(Visit.starts_at, Visit.id)
    ).all()
    sessions = {
        session.visit_id: session.id
        for session in db.session.scalars(
            select(InspectionSession).where(
                InspectionSession.visit_id.in_([visit.id for visit in visits])
            )
        )
    }
    presents = of_presenter(db.session, expert_id, day)
    return Day(
        day=day,
        visits=[_visit(visit, sessions.get(visit.id)) for visit in visits],
        guidance=[DayGuidance.model_validate(one) for one in presents],
    )


def _visit(visit: Visit, session_id: int | None) -> DayVisit:
    case = visit.survey.case
    answered, points = progress_of(db.session, visit.survey)
    return DayVisit(
        visit_id=visit.id,
        survey_id=visit.survey_id,
        session_id=session_id,
        mode=visit.round.mode,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        status=visit.survey.status,
        number=case.number,
        premises=case.premises.name,
        address=case.premises.address,
        item_type=case.item_type.name,
        item_type_en=case.item_type.name_en or case.item_type.name,
        applicant=mask_name(case.applicant.contact or case.applicant.name),
        phone=mask_phone(case.applicant.phone),
        longitude=case.premises.longitude,
        latitude=case.premises.latitude,
        role="lead" if visit.round.lead_id == current_account().expert_id else "second",
        recused=recused_out(visit.survey, visit.round),
        answered=answered,
        points=points,
    )
