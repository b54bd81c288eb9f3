"""Carrying out a survey: begin it, answer its points, sign, decide, print."""

from __future__ import annotations

from datetime import datetime

from apiflask import APIBlueprint
from flask import Response

from server.clock import utcnow
from server.models.account import Role
from server.models.survey import Survey
from server.services import (
    breaking_off,
    checklists,
    ending,
    sessions,
    signing,
    surveys,
    verdicts,
)
from server.services.accounts import names_of
from server.services.notifying import tell_result
from server.web.access import current_account, only
from server.web.call_over import tell_call_over
from server.web.db import db
from server.web.documents import record_of
from server.web.expert.payload import (
    Answered,
    AnsweredBefore,
    AnswerIn,
    AnswersQuery,
    History,
    NoteIn,
    Sheet,
    SignatureIn,
    VerdictIn,
)
from server.web.expert.sheet import answers_out, asked_out, remaining_out, sheet_of
from server.web.parts import parts
from server.web.shapes import RecordQuery
from server.web.sockets import tell_survey

blueprint = APIBlueprint("expert_surveys", __name__, url_prefix="/api/v1", tag="Surveys")


@blueprint.get("/surveys/<int:survey_id>")
@only(Role.EXPERT, Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.output(Sheet)
def show_survey(survey_id: int) -> Sheet:
    """The whole sheet: case, script, answers, evidence, and what is still missing."""
    return sheet_of(surveys.for_staff(db.session, survey_id, current_account()))


@blueprint.post("/surveys/<int:survey_id>/start")
@only(Role.EXPERT)
@blueprint.output(Sheet)
def start_survey(survey_id: int) -> Sheet:
    """Begin: the script is pinned to the survey as it is today."""
    survey, by, at = _mine(survey_id)
    surveys.begin(db.session, survey, by=by, at=at)
    checklists.pin(db.session, survey, parts().scripts)
    return _changed(survey)


@blueprint.post("/surveys/<int:survey_id>/answers")
@only(Role.EXPERT)
@blueprint.input(AnswerIn)
@blueprint.output(Answered, status_code=201)
def answer_point(survey_id: int, json_data: AnswerIn) -> Answered:
    """One answer to one point; an earlier one stays readable."""
    survey, by, at = _mine(survey_id)
    surveys.must_be_under_way(survey)
    worked = checklists.answer(
        db.session,
        survey,
        point=json_data.point,
        value=json_data.value,
        note=json_data.note,
        device=json_data.device,
        by=by,
        at=at,
    )
    db.session.commit()
    tell_survey(survey.id, survey.version)
    return Answered(
        answers=answers_out(worked),
        asked=asked_out(worked),
        remaining=remaining_out(worked),
        suggested=worked.run.suggested(),
        score=worked.run.score,
        version=survey.version,
    )


@blueprint.get("/surveys/<int:survey_id>/answers")
@only(Role.EXPERT, Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.input(AnswersQuery, location="query")
@blueprint.output(History)
def show_history(survey_id: int, query_data: AnswersQuery) -> History:
    """Every answer, the oldest first: to what, by whom, when and on what device."""
    survey = surveys.for_staff(db.session, survey_id, current_account())
    given = checklists.history_of(db.session, survey, query_data.point)
    names = names_of(db.session, {one.by for one in given})
    return History(
        answers=[
            AnsweredBefore(
                point=one.point,
                value=one.value,
                note=one.note,
                by=one.by,
                name=names[one.by],
                device=one.device,
                at=one.at,
            )
            for one in given
        ]
    )


@blueprint.post("/surveys/<int:survey_id>/signatures")
@only(Role.EXPERT)
@blueprint.input(SignatureIn)
@blueprint.output(Sheet, status_code=201)
def sign_survey(survey_id: int, json_data: SignatureIn) -> Sheet:
    """A name drawn on this device, and what it stands for."""
    survey, _, at = _mine(survey_id)
    signing.sign_as_officer(
        db.session,
        survey,
        current_account(),
        role=json_data.role,
        name=json_data.name,
        strokes=json_data.strokes,
        at=at,
        finding=json_data.finding,
        stance=json_data.stance,
        reason=json_data.reason,
        seen=json_data.state,
    )
    return _changed(survey)


@blueprint.post("/surveys/<int:survey_id>/verdict")
@only(Role.EXPERT)
@blueprint.input(VerdictIn)
@blueprint.output(Sheet, status_code=201)
def give_verdict(survey_id: int, json_data: VerdictIn) -> Sheet:
    """The lead decides; the call ends, the applicant is told, the case moves on."""
    survey, by, at = _mine(survey_id)
    verdicts.must_lead(db.session, survey, current_account())
    verdict = verdicts.give_verdict(
        db.session,
        survey,
        checklists.worked_of(db.session, survey),
        finding=json_data.finding,
        reason=json_data.reason,
        rectify_by=json_data.rectify_by,
        by=by,
        at=at,
    )
    visit = surveys.visit_of(db.session, survey)
    if visit is not None and (session := sessions.of_visit(db.session, visit)) is not None:
        ending.end_call(db.session, parts().files, session, by=by, at=at)
    tell_result(db.session, verdict, at=at)
    return _changed(survey)


@blueprint.post("/surveys/<int:survey_id>/unreachable")
@only(Role.EXPERT)
@blueprint.input(NoteIn)
@blueprint.output({}, status_code=204)
def nobody_there(survey_id: int, json_data: NoteIn) -> str:
    """Nobody answered, or it could not go on: the case waits for a new time."""
    survey, by, at = _mine(survey_id)
    visit = surveys.visit_of(db.session, survey)
    assert visit is not None  # _mine found the survey through it
    session = breaking_off.break_off(
        db.session, parts().files, visit, by=by, at=at, note=json_data.note
    )
    db.session.commit()
    if session is not None:
        tell_call_over(session)
    tell_survey(survey.id, survey.version)
    return ""


@blueprint.get("/surveys/<int:survey_id>/record.pdf")
@only(Role.EXPERT, Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.input(RecordQuery, location="query")
@blueprint.output({}, content_type="application/pdf")
def show_record(survey_id: int, query_data: RecordQuery) -> Response:
    """The survey record; issued at the first request, the same file ever after."""
    survey = surveys.for_staff(db.session, survey_id, current_account())
    return record_of(survey, query_data.language, by=current_account().sign_in_name)


def _mine(survey_id: int) -> tuple[Survey, str, datetime]:
    account = current_account()
    return (
        surveys.for_expert(db.session, survey_id, account),
        account.sign_in_name,
        utcnow(),
    )


def _changed(survey: Survey) -> Sheet:
    db.session.commit()
    tell_survey(survey.id, survey.version)
    return sheet_of(survey)
