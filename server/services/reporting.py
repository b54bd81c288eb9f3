"""The record of a survey (踏勘记录): stored data in, an issued PDF out."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspection.record import survey as sheet
from inspection.record.draft import Facts, summary
from inspection.record.render import render
from server.adapters.files import FileStore
from server.errors import EvidenceDamaged, RecordNotReady
from server.models.bureau import Bureau
from server.models.evidence import Evidence
from server.models.identifiers import mask_identifier, mask_phone
from server.models.record import SurveyRecord
from server.models.survey import Survey
from server.models.verdict import Rectification, Verdict
from server.services import drawings
from server.services import evidence as evidence_of
from server.services.accounts import names_of
from server.services.checklists import Worked, worked_of
from server.services.printed import facts_of, said
from server.services.signing import device_of, signatures_of
from server.services.verdicts import verdict_of
from server.services.wording import edits_of

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
    case = survey.case
    english = language is sheet.Language.EN
    drawn = drawings.kept_of(db, survey)
    facts = facts_of(db, survey, worked, pieces, language, ended_at=verdict.at)
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
        premises=facts.premises,
        mode=facts.mode,
        started_at=facts.started_at or verdict.at,
        ended_at=verdict.at,
        officers=facts.officers,
        observers=facts.observers,
        script=sheet.Script(facts.script, worked.script.version, worked.script.sha256),
        points=facts.points,
        evidence=tuple(
            sheet.Evidence(
                number=f"{piece.number:03}",
                point=_label(worked, piece.point, language),
                source=sheet.Source(piece.source),
                taken_at=piece.taken_at,
                received_at=piece.received_at,
                size=piece.bytes,
                sha256=piece.sha256,
                thumbnail=files.open(piece.thumbnail_sha256),
                drawn=tuple(
                    sheet.Drawn(drawing.shown_at, files.open(drawing.thumbnail_sha256))
                    for drawing in drawn.get(piece.id, ())
                    if drawing.thumbnail_sha256
                ),
            )
            for piece in pieces
        ),
        finding=sheet.Finding(verdict.finding),
        summary=_summary(db, survey, facts, language),
        opinion=verdict.reason,
        rectifications=tuple(
            sheet.Rectification(
                _label(worked, one.point, language), _rectify(worked, one, language)
            )
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
                dissent=signature.reason,
                device_of=device_of(db, survey, signature),
                signed=signature.signed_sha256,
            )
            for signature in signatures_of(db, survey)
        ),
        made_at=at,
    )


def _summary(db: Session, survey: Survey, facts: Facts, language: sheet.Language) -> sheet.Summary:
    """As an officer worded it, whatever the record's language; else as it is drafted."""
    edits = edits_of(db, survey)
    if not edits or not edits[-1].text:
        return sheet.Summary(summary(facts, language))
    drafts = [number for number, edit in enumerate(edits) if not edit.text]
    own = edits[drafts[-1] + 1 :] if drafts else edits
    names = names_of(db, {edit.by for edit in own})
    newest = {edit.by: edit.at for edit in own}
    return sheet.Summary(
        edits[-1].text,
        tuple(
            sheet.Wording(names[by], at)
            for by, at in sorted(newest.items(), key=lambda one: one[1])
        ),
    )


def _label(worked: Worked, name: str, language: sheet.Language) -> str:
    point = worked.script.point(name)
    return said(point.label, language) if point else name


def _rectify(worked: Worked, one: Rectification, language: sheet.Language) -> str:
    """As it was decided; in English the pinned script's own translation of it."""
    point = worked.script.point(one.point)
    english = language is sheet.Language.EN and point is not None
    return said(point.rectify, language) if english and point else one.text
