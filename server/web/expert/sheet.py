"""The sheet of one survey: everything the call page or the on-site page draws."""

from __future__ import annotations

from sqlalchemy import select

from inspection.checklist.run import Suggested
from server.clock import utcnow
from server.models.account import Role
from server.models.identifiers import mask_phone
from server.models.session import InspectionSession, SessionStatus
from server.models.survey import Survey, SurveyStatus
from server.models.verdict import SignerRole
from server.services import drawings, signing
from server.services import evidence as evidence_of
from server.services.accounts import names_of
from server.services.checklists import Worked, worked_or_preview
from server.services.presence import Side
from server.services.relays import relays_for
from server.services.surveys import crew_of, visit_of
from server.services.verdicts import verdict_of
from server.web.access import current_account
from server.web.db import db
from server.web.expert.payload import (
    AnswerOut,
    May,
    RectificationOut,
    Remaining,
    Sheet,
    SheetCase,
    SheetSession,
    SheetVisit,
    VerdictOut,
)
from server.web.expert.recused import recused_out
from server.web.expert.signatures import signatures_out, unsigned_out
from server.web.frozen import frozen_out
from server.web.observers import observers_of
from server.web.on_picture import camera_out
from server.web.parts import parts
from server.web.photos import evidence_out
from server.web.scripts import script_json
from server.web.shapes import RelayOut


def sheet_of(survey: Survey) -> Sheet:
    """Drawn afresh from the records each time. The page works the same out, and compares."""
    case, crew = survey.case, crew_of(db.session, survey)
    visit = visit_of(db.session, survey)
    assert visit is not None  # crew_of would have refused
    session = db.session.scalar(
        select(InspectionSession).where(InspectionSession.visit_id == visit.id)
    )
    worked = worked_or_preview(db.session, survey, parts().scripts)
    verdict = verdict_of(db.session, survey)
    drawn = drawings.kept_of(db.session, survey)
    under_way = survey.status is SurveyStatus.UNDER_WAY
    now = signing.signed_now(db.session, survey, worked) if worked else None
    own_role = signing.role_of(db.session, survey, current_account())
    recused = recused_out(survey, crew)
    return Sheet(
        id=survey.id,
        mode=crew.mode,
        status=survey.status,
        version=survey.version,
        case=SheetCase(
            number=case.number,
            item_type=case.item_type.name,
            item_type_en=case.item_type.name_en or case.item_type.name,
            premises=case.premises.name,
            address=case.premises.address,
            applicant=case.applicant.name,
            contact=case.applicant.contact,
            phone=mask_phone(case.applicant.phone),
            survey_by=case.survey_by,
        ),
        visit=SheetVisit(
            id=visit.id,
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            lead=crew.lead.name,
            second=crew.second.name if crew.second else None,
        ),
        session=session_out(session) if session else None,
        script=script_json(worked.script) if worked else None,
        answers=answers_out(worked),
        evidence=[
            evidence_out(piece, drawn.get(piece.id, ()))
            for piece in evidence_of.of_survey(db.session, survey)
        ],
        remaining=remaining_out(worked),
        asked=asked_out(worked),
        suggested=worked.run.suggested() if worked else Suggested.INCOMPLETE,
        score=worked.run.score if worked else 0,
        signatures=signatures_out(survey, now),
        unsigned=unsigned_out(survey, worked),
        proposed=now.proposed(worked.run.suggested()) if now and worked else None,
        state=now.digest() if now else "",
        own_role=own_role,
        recused=recused,
        verdict=VerdictOut(
            finding=verdict.finding,
            suggested=verdict.suggested,
            reason=verdict.reason,
            rectify_by=verdict.rectify_by,
            by=verdict.by,
            at=verdict.at,
            rectifications=[
                RectificationOut(point=one.point, text=one.text) for one in verdict.rectifications
            ],
        )
        if verdict
        else None,
        record_ready=verdict is not None,
        may=May(
            start=survey.status is SurveyStatus.SCHEDULED and not recused,
            answer=under_way,
            end=session is not None
            and session.status in (SessionStatus.WAITING, SessionStatus.LIVE),
            verdict=under_way
            and own_role is SignerRole.LEAD
            and worked is not None
            and not worked.run.remaining(),
            sign=under_way,
        ),
    )


def session_out(session: InspectionSession) -> SheetSession:
    present, at = parts().presence, utcnow()
    hindered = present.hindered(session.id)
    return SheetSession(
        id=session.id,
        status=session.status,
        check_code=session.check_code,
        applicant_present=present.quality(session.id, Side.APPLICANT, at=at) is not None,
        expert_present=present.quality(session.id, Side.EXPERT, at=at) is not None,
        applicant_hindered=hindered.by,
        photos_waiting=hindered.waiting,
        point=session.point,
        camera=camera_out(parts().cameras.of(session.id)),
        frozen=frozen_out(drawings.open_of(db.session, session)),
        observers=observers_of(session),
        relays=_relays(session),
    )


def _relays(session: InspectionSession) -> list[RelayOut]:
    """For an expert while the call is open; others read the sheet too, and join nothing."""
    account = current_account()
    is_open = session.status in (SessionStatus.WAITING, SessionStatus.LIVE)
    if account.role is not Role.EXPERT or not is_open:
        return []
    found = relays_for(f"expert-{account.id}", parts().settings, at=utcnow())
    return [RelayOut.model_validate(one) for one in found]


def answers_out(worked: Worked | None) -> dict[str, AnswerOut]:
    if worked is None:
        return {}
    names = names_of(db.session, {given.answer.by for given in worked.run.given.values()})
    return {
        point.name: AnswerOut(
            value=given.answer.value,
            note=given.answer.note,
            mark=worked.run.mark(point),
            by=given.answer.by,
            name=names[given.answer.by],
            at=given.answer.at,
            changes=given.changes,
        )
        for point in worked.run.asked
        if (given := worked.run.given.get(point.name)) is not None
    }


def asked_out(worked: Worked | None) -> list[str]:
    return [point.name for point in worked.run.asked] if worked else []


def remaining_out(worked: Worked | None) -> list[Remaining]:
    return [
        Remaining(point=one.point.name, lacks=list(one.lacks), photos_missing=one.photos_missing)
        for one in (worked.run.remaining() if worked else [])
    ]
