"""Who of a crew must not judge the applicant: told before anybody starts, signs or decides."""

from __future__ import annotations

from server.models.round import Round
from server.models.survey import Survey, SurveyStatus
from server.services.recusals import recused_in
from server.web.expert.payload import RecusedOut


def recused_out(survey: Survey, crew: Round) -> list[RecusedOut]:
    """Nobody once the survey is over: what was decided stands."""
    if survey.status not in (SurveyStatus.SCHEDULED, SurveyStatus.UNDER_WAY):
        return []
    return [
        RecusedOut(role="lead" if one.id == crew.lead_id else "second", name=one.name)
        for one in recused_in(crew.crew, survey.case)
    ]
