"""The record of a survey (踏勘记录): stored data in, an issued PDF out."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspection.checklist.run import Mark
from inspection.record import survey as sheet
from inspection.record.render import render
from server.adapters.files import FileStore
from server.errors import EvidenceDamaged, RecordNotReady
from server.models.bureau import Bureau
from server.models.evidence import Evidence
from server.models.identifiers import mask_identifier, mask_phone
from server.models.lifecycle import Event
from server.models.record import SurveyRecord
from server.models.survey import Survey, SurveyStatus
from server.models.verdict import Verdict
from server.services import evidence as evidence_of
from server.services.checklists import Worked, worked_of
from server.services.surveys import crew_of
from server.services.verdicts import signatures_of, verdict_of


def issue(
    db: Session,
    files: FileStore,
    survey: Survey,
    *,
    language: sheet.Language,
    by: str,
    at: datetime,
) -> SurveyRecord:
    """The record as PDF, kept in the file store. Asked for again, the one issued comes back.

    Every original is read and compared with its digest before anything is printed about it.

    Raises:
        RecordNotReady: there is no verdict yet.
        EvidenceDamaged: an original is missing or has changed; nothing is issued.
    """
    if (issued := issued_record(db, survey, language)) is not None:
        return issued
    verdict = verdict_of(db, survey)
    if verdict is None:
        raise RecordNotReady(f"survey {survey.id} has no verdict")
    pieces = evidence_of.of_survey(db, survey)
    if damaged := evidence_of.broken(files, pieces):
        raise EvidenceDamaged(
            f"survey {survey.id}", numbers=", ".join(f"{piece.number:03}" for piece in damaged)
        )
    worked = worked_of(db, survey)
    pdf = render(_contents(db, files, survey, verdict, pieces, worked, language, at))
    record = SurveyRecord(
        survey_id=survey.id,
        language=str(language),
        sha256=files.put(pdf),
        bytes=len(pdf),
        at=at,
        by=by,
    )
    db.add(record)
    db.flush()
    return record


def issued_record(db: Session, survey: Survey, language: sheet.Language) -> SurveyRecord | None:
    return db.scalar(
        select(SurveyRecord).where(
            SurveyRecord.survey_id == survey.id, SurveyRecord.language == str(language)
        )
    )


def _contents(
    db: Session,
    files: FileStore,
    survey: Survey,
    verdict: Verdict,
    pieces: list[Evidence],
    worked: Worked,
    language: sheet.Language,
    at: datetime,
) -> sheet.SurveyRecord:
    bureau = db.get_one(Bureau, survey.bureau_id)
    case, crew = survey.case, crew_of(db, survey)
    english = language is sheet.Language.EN
    lang = str(language)
    officers = [
        sheet.Officer(crew.lead.name, sheet.Role.LEAD, crew.lead.badge),
        *(
            [sheet.Officer(crew.second.name, sheet.Role.SECOND, crew.second.badge)]
            if crew.second
            else []
        ),
    ]
    premises = case.premises
    position = (
        f"{premises.longitude:.6f}, {premises.latitude:.6f} (WGS-84)"
        if premises.longitude is not None and premises.latitude is not None
        else ""
    )
    labels = {point.name: point.label[lang] for point in worked.script.points}
    return sheet.SurveyRecord(
        number=f"{case.number}-{survey.id}",
        language=language,
        bureau=bureau.name_en if english else bureau.name,
        case=sheet.Case(
            case.number, (case.item_type.name_en if english else "") or case.item_type.name
        ),
        applicant=sheet.Applicant(
            case.applicant.name,
            mask_identifier(case.applicant.identifier),
            mask_phone(case.applicant.phone),
        ),
        premises=sheet.Premises(premises.name, premises.address, position),
        mode=sheet.Mode(survey.mode or ""),
        started_at=_moved_at(db, survey, SurveyStatus.UNDER_WAY) or verdict.at,
        ended_at=verdict.at,
        officers=tuple(officers),
        script=sheet.Script(worked.script.title[lang], worked.script.version, worked.script.sha256),
        points=tuple(_points(worked, pieces, lang)),
        evidence=tuple(
            sheet.Evidence(
                number=f"{piece.number:03}",
                point=labels.get(piece.point, piece.point),
                source=sheet.Source(piece.source),
                taken_at=piece.taken_at,
                received_at=piece.received_at,
                size=piece.bytes,
                sha256=piece.sha256,
                thumbnail=files.open(piece.thumbnail_sha256),
            )
            for piece in pieces
        ),
        finding=sheet.Finding(verdict.finding),
        opinion=verdict.reason,
        rectifications=tuple(
            sheet.Rectification(labels.get(one.point, one.point), one.text)
            for one in verdict.rectifications
        ),
        rectify_by=verdict.rectify_by,
        statement="",
        signatures=tuple(
            sheet.Signature(
                signature.name,
                sheet.Role(signature.role),
                signature.at,
                sheet.Strokes(
                    tuple(tuple((x, y) for x, y in line) for line in json.loads(signature.strokes))
                ),
            )
            for signature in signatures_of(db, survey)
        ),
        made_at=at,
    )


def _points(worked: Worked, pieces: list[Evidence], lang: str) -> list[sheet.Point]:
    results = {
        Mark.MET: sheet.Result.PASS,
        Mark.UNMET: sheet.Result.FAIL,
        Mark.NOT_APPLICABLE: sheet.Result.NOT_APPLICABLE,
    }
    shown: dict[str, list[str]] = {}
    for piece in pieces:
        shown.setdefault(piece.point, []).append(f"{piece.number:03}")
    return [
        sheet.Point(
            number=str(number),
            section=point.group_label[lang],
            check=point.label[lang],
            standard=point.standard[lang],
            result=results[worked.mark(point.name)],
            answer=worked.in_words(point.name, lang),
            note=worked.note(point.name),
            key=point.key,
            evidence=tuple(shown.get(point.name, ())),
        )
        for number, point in enumerate(worked.relevant(), start=1)
    ]


def _moved_at(db: Session, survey: Survey, to: SurveyStatus) -> datetime | None:
    return db.scalar(
        select(Event.at)
        .where(Event.subject == Survey.SUBJECT, Event.subject_id == survey.id, Event.to == to)
        .order_by(Event.id)
        .limit(1)
    )
