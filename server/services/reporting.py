"""The record of a survey (踏勘记录): stored data in, an issued PDF out."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspection.checklist.point import AnswerKind, Mark, Point, Severity, Text
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
from server.models.verdict import Rectification, Verdict
from server.services import evidence as evidence_of
from server.services.checklists import Worked, worked_of
from server.services.surveys import crew_of
from server.services.verdicts import signatures_of, verdict_of

#: Signatures are drawn in a box three times as wide as high; strokes are shares of each side.
SIGNATURE_SHAPE = 3.0


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
    labels = {point.name: _said(point.label, language) for point in worked.script.points}
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
        script=sheet.Script(
            _said(worked.script.title, language), worked.script.version, worked.script.sha256
        ),
        points=tuple(_points(worked, pieces, language)),
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
            sheet.Rectification(labels.get(one.point, one.point), _rectify(worked, one, language))
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
                    tuple(
                        tuple((x * SIGNATURE_SHAPE, y) for x, y in line)
                        for line in json.loads(signature.strokes)
                    )
                ),
            )
            for signature in signatures_of(db, survey)
        ),
        made_at=at,
    )


def _points(worked: Worked, pieces: list[Evidence], language: sheet.Language) -> list[sheet.Point]:
    """Every point that was asked and judges something, in script order."""
    results = {
        Mark.MET: sheet.Result.PASS,
        Mark.UNMET: sheet.Result.FAIL,
        Mark.NOT_APPLICABLE: sheet.Result.NOT_APPLICABLE,
    }
    shown: dict[str, list[str]] = {}
    for piece in pieces:
        shown.setdefault(piece.point, []).append(f"{piece.number:03}")
    groups = {group.name: _said(group.label, language) for group in worked.script.groups}
    printed = []
    for point in worked.run.asked:
        mark, given = worked.run.mark(point), worked.run.given.get(point.name)
        if mark is None or given is None:
            continue
        printed.append(
            sheet.Point(
                number=str(point.number),
                section=groups.get(point.group, ""),
                check=_said(point.label, language),
                standard=_said(point.standard, language),
                result=results[mark],
                answer=_in_words(point, given.answer.value, language),
                note=given.answer.note,
                key=point.severity is Severity.KEY,
                evidence=tuple(shown.get(point.name, ())),
            )
        )
    return printed


def _said(text: Text | None, language: sheet.Language) -> str:
    if text is None:
        return ""
    return text.en if language is sheet.Language.EN else text.zh


def _in_words(point: Point, value: str, language: sheet.Language) -> str:
    """A measured figure with its unit, or the option chosen; a plain pass or fail says nothing."""
    match point.kind:
        case AnswerKind.PASS_FAIL_NA:
            return ""
        case AnswerKind.NUMBER:
            return f"{value} {_said(point.unit, language)}".strip()
        case AnswerKind.CHOICE:
            chosen = next(choice for choice in point.choices if choice.name == value)
            return _said(chosen.label, language)


def _rectify(worked: Worked, one: Rectification, language: sheet.Language) -> str:
    """As it was decided; in English the pinned script's own translation of it."""
    point = worked.script.point(one.point)
    english = language is sheet.Language.EN and point is not None
    return _said(point.rectify, language) if english and point else one.text


def _moved_at(db: Session, survey: Survey, to: SurveyStatus) -> datetime | None:
    return db.scalar(
        select(Event.at)
        .where(Event.subject == Survey.SUBJECT, Event.subject_id == survey.id, Event.to == to)
        .order_by(Event.id)
        .limit(1)
    )
