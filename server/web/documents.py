"""Issued documents as downloads."""

from __future__ import annotations

from flask import Response

from inspection.record.survey import Language
from server.clock import utcnow
from server.models.survey import Survey
from server.services import reporting
from server.web.db import db
from server.web.parts import parts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def record_of(survey: Survey, language: str, *, by: str) -> Response:
    """The issued PDF as a download. The first request issues it."""
    wanted = Language(language)
    record = reporting.issued_record(db.session, survey, wanted)
    if record is None:
        db.begin_writing()
        record = reporting.issue(
            db.session, parts().files, survey, language=wanted, by=by, at=utcnow()
        )
        db.session.commit()
    return Response(
        parts().files.open(record.sha256),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="record-{survey.id}-{language}.pdf"'},
    )
