"""Recusals (回避): who must not judge a case's applicant, and why; a survey that goes to others."""

from __future__ import annotations

from collections.abc import Collection

from apiflask import APIBlueprint

from server.clock import utcnow
from server.models.account import Role
from server.models.expert import Recusal
from server.services import breaking_off, casework, recusals, surveys
from server.web.access import current_account, only
from server.web.call_over import tell_call_over
from server.web.coordinator.payload import Person, RecusalIn, RecusalOut, Recusals
from server.web.db import db
from server.web.names import name_of
from server.web.parts import parts
from server.web.sockets import tell_survey

blueprint = APIBlueprint("coordinator_recusals", __name__, url_prefix="/api/v1", tag="Experts")


@blueprint.get("/cases/<int:case_id>/recusals")
@only(Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(Recusals)
def list_recusals(case_id: int) -> Recusals:
    """Those that stand, whichever of the applicant's cases they were recorded in."""
    account = current_account()
    case = casework.one(db.session, case_id, account)
    found = recusals.standing(db.session, case)
    experts = recusals.experts_for(db.session, account, case)
    ours = {expert.id for expert in experts}
    recused = {one.expert_id for one in found}
    return Recusals(
        items=[_out(one, ours) for one in found],
        experts=[
            Person.model_validate(expert)
            for expert in experts
            if expert.active and expert.id not in recused
        ],
    )


@blueprint.post("/cases/<int:case_id>/recusals")
@only(Role.COORDINATOR)
@blueprint.input(RecusalIn)
@blueprint.output(RecusalOut, status_code=201)
def record_recusal(case_id: int, json_data: RecusalIn) -> RecusalOut:
    """The expert judges nothing of this applicant's. What was promised stays until a repair."""
    account = current_account()
    made = recusals.record(
        db.session,
        account,
        casework.one(db.session, case_id, account),
        json_data.expert_id,
        reason=json_data.reason,
        at=utcnow(),
    )
    db.session.commit()
    return _out(made, {made.expert_id})


@blueprint.delete("/cases/<int:case_id>/recusals/<int:recusal_id>")
@only(Role.COORDINATOR)
@blueprint.output({}, status_code=204)
def withdraw_recusal(case_id: int, recusal_id: int) -> str:
    """It was a mistake, or its reason is gone. The history keeps both."""
    account = current_account()
    case = casework.one(db.session, case_id, account)
    recusals.withdraw(db.session, account, case, recusal_id, at=utcnow())
    db.session.commit()
    return ""


@blueprint.post("/surveys/<int:survey_id>/another-crew")
@only(Role.COORDINATOR)
@blueprint.output({}, status_code=204)
def send_another_crew(survey_id: int) -> str:
    """Somebody of the crew was recused after the survey had begun: it waits for other officers.

    Answers and evidence stay; a call is over, and the applicant's link to it closes.
    """
    account = current_account()
    survey = surveys.for_staff(db.session, survey_id, account)
    session = breaking_off.for_another_crew(
        db.session, parts().files, survey, by=account.sign_in_name, at=utcnow()
    )
    db.session.commit()
    if session is not None:
        tell_call_over(session)
    tell_survey(survey.id, survey.version)
    return ""


def _out(one: Recusal, ours: Collection[int]) -> RecusalOut:
    return RecusalOut(
        id=one.id,
        expert=Person.model_validate(one.expert),
        reason=one.reason,
        by=one.by,
        by_name=name_of(one.by),
        at=one.at,
        may_withdraw=one.expert_id in ours,
    )
