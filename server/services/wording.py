"""The record's summary in an officer's own words, each wording kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import ChangedMeanwhile
from server.models.record import RecordEdit
from server.models.survey import Survey
from server.services.surveys import must_be_under_way


def reword(
    db: Session,
    survey: Survey,
    *,
    text: str,
    drafted: str,
    after: int,
    device: str,
    by: str,
    at: datetime,
) -> None:
    """Put an officer's words in the place of the draft; empty: the draft again.

    `drafted` is the draft at this moment, `after` the id of the last edit that the officer saw,
    0 for none. The same words again change nothing. The caller commits.

    Raises:
        ChangedMeanwhile: somebody else has worded it since.
        MoveRefused: the survey is not under way.
    """
    must_be_under_way(survey)
    edits = edits_of(db, survey)
    words = "" if text.strip() == drafted else text.strip()
    if words == words_of(db, survey):
        return
    if after != (edits[-1].id if edits else 0):
        raise ChangedMeanwhile(f"survey {survey.id}: the record was worded anew", cause="words")
    db.add(
        RecordEdit(survey_id=survey.id, text=words, drafted=drafted, by=by, device=device, at=at)
    )
    db.flush()


def edits_of(db: Session, survey: Survey) -> list[RecordEdit]:
    """All of them, in the order in which they were made."""
    found = select(RecordEdit).where(RecordEdit.survey_id == survey.id).order_by(RecordEdit.id)
    return list(db.scalars(found))


def words_of(db: Session, survey: Survey) -> str:
    """The officer's words that count; empty where the draft does."""
    edits = edits_of(db, survey)
    return edits[-1].text if edits else ""
