"""What the phone is told: who calls, when, what to show now."""

from __future__ import annotations

from server.clock import utcnow
from server.models.account import Account
from server.models.bureau import Bureau
from server.models.session import ConsentChoice, InspectionSession, JoinLink, SessionStatus
from server.models.survey import SurveyStatus
from server.models.verdict import SignerRole
from server.services import drawings, sessions, signing, verdicts
from server.services.checklists import worked_or_preview
from server.services.presence import Side
from server.services.relays import relays_for
from server.web.applicant.payload import (
    Invitation,
    OfficerOut,
    RectificationText,
    ResultOut,
    Stage,
)
from server.web.callers import csrf_of_link
from server.web.db import db
from server.web.frozen import frozen_for_phone
from server.web.observers import observers_of
from server.web.parts import parts
from server.web.points import point_out
from server.web.scripts import words
from server.web.shapes import BureauOut, RelayOut, Words


def invitation_of(link: JoinLink) -> Invitation:
    """All the phone's pages in one answer."""
    session = link.session
    visit, survey = session.visit, session.visit.survey
    case, crew = survey.case, session.visit.round
    bureau = db.session.get_one(Bureau, session.bureau_id)
    verdict = verdicts.verdict_of(db.session, survey)
    worked = worked_or_preview(db.session, survey, parts().scripts)
    signed = {one.role for one in signing.signatures_of(db.session, survey)}
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
        recorded=session.recorded,
        kept_months=session.kept_months,
        prepare=[Words(**words(text)) for text in (worked.script.prepare if worked else ())],
        expert_present=parts().presence.quality(session.id, Side.EXPERT, at=utcnow()) is not None,
        seen=[_officer(identity) for identity in parts().presence.seats(session.id)],
        point=point_out(session),
        still=parts().stills_asked.of(session.id, at=utcnow()),
        frozen=frozen_for_phone(drawings.open_of(db.session, session)),
        may_sign=survey.status is SurveyStatus.UNDER_WAY,
        signed=SignerRole.APPLICANT in signed,
        result=ResultOut(
            finding=verdict.finding,
            rectify_by=verdict.rectify_by,
            rectifications=[RectificationText(text=one.text) for one in verdict.rectifications],
        )
        if verdict
        else None,
        observers=observers_of(session),
        consent_version=sessions.consent_version(session),
        relays=_relays(session),
    )


def _officer(identity: str) -> OfficerOut | None:
    """Who joins calls by this identity; None for nobody, or nobody of ours."""
    kind, _, number = identity.partition("-")
    if kind != "expert" or not number.isdecimal():
        return None
    account = db.session.get(Account, int(number))
    if account is None or account.expert is None:
        return None
    return OfficerOut(name=account.expert.name, badge=account.expert.badge)


def _relays(session: InspectionSession) -> list[RelayOut]:
    """For whoever may join now, and nobody else."""
    if _stage(session) != "ready" or session.status in (SessionStatus.ENDED, SessionStatus.MISSED):
        return []
    found = relays_for(f"applicant-{session.id}", parts().settings, at=utcnow())
    return [RelayOut.model_validate(one) for one in found]


def _stage(session: InspectionSession) -> Stage:
    consent = sessions.latest_consent(db.session, session)
    if consent is None:
        return "consent"
    if consent.choice is ConsentChoice.ON_SITE:
        return "on_site"
    done = session.visit.survey.status in (SurveyStatus.CONCLUDED, SurveyStatus.VOID)
    return "done" if done else "ready"
