"""Who of a crew must not judge the applicant: told before anybody starts, signs or decides."""

from __future__ import annotations

from server.models.round import Round
from server.models.survey import Survey
from server.services.recusals import recused_from
from server.web.expert.payload import RecusedOut


def recused_out(survey: Survey, crew: Round) -> list[RecusedOut]:
    return [
        RecusedOut(role="lead" if one.id == crew.lead_id else "second", name=one.name)
        for one in recused_from(survey, crew.crew)
    ]
