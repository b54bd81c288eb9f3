"""The draft of a survey's record, and its summary in an officer's own words."""

from __future__ import annotations

from apiflask import APIBlueprint

from inspection.record.survey import Language
from server.clock import utcnow
from server.models.account import Role
from server.models.survey import Survey
from server.services import surveys, wording
from server.services.accounts import names_of
from server.services.checklists import worked_of
from server.services.drafting import draft_of
from server.web.access import current_account, only
from server.web.db import db
from server.web.expert.payload import DraftedPointOut, DraftOut, DraftQuery, EditOut, WordsIn
from server.web.sockets import tell_survey

blueprint = APIBlueprint("expert_record", __name__, url_prefix="/api/v1", tag="Surveys")


@blueprint.get("/surveys/<int:survey_id>/draft")
@only(Role.EXPERT, Role.COORDINATOR, Role.SUPERVISOR)
@blueprint.input(DraftQuery, location="query")
@blueprint.output(DraftOut)
def show_draft(survey_id: int, query_data: DraftQuery) -> DraftOut:
    """What the record says at this moment, and who worded what."""
    survey = surveys.for_staff(db.session, survey_id, current_account())
    return _draft(survey, query_data.language)


@blueprint.post("/surveys/<int:survey_id>/words")
@only(Role.EXPERT)
@blueprint.input(WordsIn)
@blueprint.output(DraftOut, status_code=201)
def word_record(survey_id: int, json_data: WordsIn) -> DraftOut:
    """Word the summary; every wording stays readable. Not after the verdict."""
    account = current_account()
    survey = surveys.for_expert(db.session, survey_id, account)
    worked = worked_of(db.session, survey)
    wording.reword(
        db.session,
        survey,
        text=json_data.text,
        drafted=draft_of(db.session, survey, worked, json_data.language).drafted,
        after=json_data.after,
        device=json_data.device,
        by=account.sign_in_name,
        at=utcnow(),
    )
    db.session.commit()
    tell_survey(survey.id, survey.version)
    return _draft(survey, json_data.language)


def _draft(survey: Survey, language: Language) -> DraftOut:
    draft = draft_of(db.session, survey, worked_of(db.session, survey), language)
    names = names_of(db.session, {edit.by for edit in draft.edits})
    return DraftOut(
        drafted=draft.drafted,
        text=draft.text,
        outdated=draft.outdated,
        points=[DraftedPointOut.model_validate(one) for one in draft.points],
        edits=[
            EditOut(
                id=edit.id,
                text=edit.text,
                drafted=edit.drafted,
                name=names[edit.by],
                at=edit.at,
            )
            for edit in draft.edits
        ],
    )
