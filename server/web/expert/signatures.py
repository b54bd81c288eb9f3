"""Signatures as the sheet shows them: what each stands for, and whose are missing."""

from __future__ import annotations

from server.models.survey import Survey, SurveyStatus
from server.models.verdict import SignerRole
from server.services import signing
from server.services.checklists import Worked
from server.services.surveys import crew_of
from server.web.db import db
from server.web.expert.payload import SignatureOut, UnsignedOut


def signatures_out(survey: Survey, now: signing.Signed | None) -> list[SignatureOut]:
    """None where there is no script to answer."""
    if now is None:
        return []
    return [
        SignatureOut(
            role=one.role,
            name=one.name,
            at=one.at,
            finding=one.finding,
            stance=one.stance,
            reason=one.reason,
            device_of=signing.device_of(db.session, survey, one),
            stale=now.is_stale(one),
        )
        for one in now.signatures.values()
    ]


def unsigned_out(survey: Survey, worked: Worked | None) -> list[UnsignedOut]:
    """Nobody before the survey began, nor after its verdict."""
    if worked is None or survey.status is not SurveyStatus.UNDER_WAY:
        return []
    crew = crew_of(db.session, survey)
    names = {SignerRole.LEAD: crew.lead.name, SignerRole.SECOND: crew.second and crew.second.name}
    return [
        UnsignedOut(role=one.role, name=names[one.role] or "", why=one.why)
        for one in signing.unsigned(db.session, survey, worked)
    ]
