"""What the phone is told: who calls, when, what to show now."""

from __future__ import annotations

from server.clock import utcnow
from server.models.bureau import Bureau
from server.models.session import ConsentChoice, InspectionSession, JoinLink
from server.models.survey import SurveyStatus
from server.models.verdict import SignerRole
from server.services import sessions, verdicts
from server.services.checklists import worked_or_preview
from server.services.presence import Side
from server.web.applicant.payload import (
    BureauOut,
    Invitation,
    OfficerOut,
    RectificationText,
    ResultOut,
    Stage,
)
from server.web.callers import csrf_of_link
from server.web.db import db
from server.web.parts import parts
from server.web.points import point_out
from server.web.scripts import words
from server.web.shapes import Words


def invitation_of(link: JoinLink) -> Invitation:
    """All the phone's pages in one answer."""
    session = link.session
    visit, survey = session.visit, session.visit.survey
    case, crew = survey.case, session.visit.round
    bureau = db.session.get_one(Bureau, session.bureau_id)
    verdict = verdicts.verdict_of(db.session, survey)
    worked = worked_or_preview(db.session, survey, parts().scripts)
    signed = {one.role for one in verdicts.signatures_of(db.session, survey)}
    return Invitation(
        csrf=csrf_of_link(link),
        session_id=session.id,
        status=session.status,
        stage=_stage(session),
        bureau=BureauOut(
            name=bureau.name, name_en=bureau.name_en or bureau.name, phone=bureau.phone
        ),
        officer=OfficerOut(name=crew.lead.name, badge=crew.lead.badge),
        premises=case.premises.name,
        item_type=case.item_type.name,
        item_type_en=case.item_type.name_en or case.item_type.name,
        starts_at=visit.starts_at,
        minutes=int((visit.ends_at - visit.starts_at).total_seconds()) // 60,
        check_code=session.check_code,
        prepare=[Words(**words(text)) for text in (worked.script.prepare if worked else ())],
        expert_present=parts().presence.quality(session.id, Side.EXPERT, at=utcnow()) is not None,
        point=point_out(session),
        may_sign=survey.status is SurveyStatus.UNDER_WAY,
        signed=SignerRole.APPLICANT in signed,
        result=ResultOut(
            finding=verdict.finding,
            rectify_by=verdict.rectify_by,
            rectifications=[RectificationText(text=one.text) for one in verdict.rectifications],
        )
        if verdict
        else None,
        consent_version=sessions.CONSENT_VERSION,
    )


def _stage(session: InspectionSession) -> Stage:
    consent = sessions.latest_consent(db.session, session)
    if consent is None:
        return "consent"
    if consent.choice is ConsentChoice.ON_SITE:
        return "on_site"
    done = session.visit.survey.status in (SurveyStatus.CONCLUDED, SurveyStatus.VOID)
    return "done" if done else "ready"
