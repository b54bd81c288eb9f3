"""When somebody could come (可约时段), and taking one of these times."""

from __future__ import annotations

from apiflask import APIBlueprint

from server.clock import utcnow
from server.errors import NotFound
from server.models.account import Role
from server.models.survey import Survey
from server.services import casework
from server.services.notifying import invite_applicant
from server.services.planning import appointing, offering
from server.services.planning.appointing import Chosen
from server.services.planning.repairing import with_ways
from server.services.scope import scope_of
from server.web.access import current_account, only
from server.web.coordinator.payload import (
    AppointmentOut,
    ChosenIn,
    OfferOut,
    OffersOut,
    Person,
)
from server.web.db import db
from server.web.parts import parts

blueprint = APIBlueprint("coordinator_offers", __name__, url_prefix="/api/v1", tag="Offers")


@blueprint.get("/surveys/<int:survey_id>/offers")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(OffersOut)
def list_offers(survey_id: int) -> OffersOut:
    """Of the next working days, the best time of each morning and afternoon that is still free.

    Nobody else's appointment moves for it. Nothing is promised yet.
    """
    scope = scope_of(current_account())
    asked = offering.about(db.session, survey_id, scope)
    db.session.rollback()  # nobody waits for a transaction while a plan is read
    found = parts().held_plans.offers(asked, scope, at=utcnow())
    return OffersOut(
        days=list(found.days),
        items=[OfferOut.model_validate(offered) for offered in found.items],
    )


@blueprint.post("/surveys/<int:survey_id>/appointment")
@only(Role.COORDINATOR)
@blueprint.input(ChosenIn)
@blueprint.output(AppointmentOut, status_code=201)
def make_appointment(survey_id: int, json_data: ChosenIn) -> AppointmentOut:
    """Promise the survey a time that was offered, and tell the applicant."""
    account, at, settings = current_account(), utcnow(), parts().settings
    scope, by = scope_of(account), account.sign_in_name
    question = appointing.ask(
        db.session,
        _survey(survey_id),
        Chosen(json_data.mode, json_data.starts_at),
        at=at,
        calendar=parts().calendar,
        scope=scope,
    )
    db.session.rollback()  # nobody waits for a transaction while others answer
    question = with_ways(question, parts().travel)
    question, proposal = appointing.settle(question, survey_id)
    promised = appointing.promise(
        db.session,
        _survey(survey_id),
        question,
        proposal,
        by=by,
        at=at,
        link_hours_after=settings.join_link_hours_after,
        scope=scope,
    )
    link = promised.invitation.url(settings.public_url) if promised.invitation else None
    invite_applicant(db.session, promised.visit, link_url=link, at=at)
    db.session.commit()
    visit = promised.visit
    return AppointmentOut(
        mode=visit.round.mode,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        lead=Person.model_validate(visit.round.lead),
        second=Person.model_validate(visit.round.second) if visit.round.second else None,
    )


def _survey(survey_id: int) -> Survey:
    """Raises: NotFound: no such survey, or outside what the account sees."""
    found = casework.unplanned_details(db.session, current_account(), [survey_id])
    if survey_id not in found:
        raise NotFound(f"survey {survey_id}")
    return found[survey_id]
